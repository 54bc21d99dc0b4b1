"""Random circuits with structure: of the families that people write, repeated, computed back, rewired and respelled.

`structured` draws one from a generator, so that a seed is enough to see it again. A circuit that is drawn gate by gate
has no Toffoli that comes back, no flip between two of them and no layer twice, and the passes look for exactly those.
This module does not know the meaning of a circuit; `matrix` in random_circuits.py does.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from ionqdsl.ir.angle import Angle, radians, turns
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op

Rows = list[Op]
Family = Callable[[random.Random, int], Rows]
Twist = Callable[[random.Random, int, Rows], Rows]

_INVERSES = {"s": "si", "t": "ti", "v": "vi"}
_INVERSES |= {after: before for before, after in _INVERSES.items()}


def structured(draw: random.Random, width: int = 0, families: int = 0) -> FlatCircuit:
    """A circuit on two to five qubits, or so many, of one to three parts, or so many; most with a twist."""
    width = width or draw.choice((2, 3, 3, 4, 4, 4, 5, 5))
    rows: Rows = []
    for _ in range(families or draw.randint(1, 3)):
        part = draw.choice(FAMILIES)(draw, width)
        for twist in draw.sample(TWISTS, draw.choice((0, 1, 1, 2))):
            part = twist(draw, width, part)
        rows += part
    if draw.random() < 0.5:  # so that values and phases of the rest are seen
        rows = _layer(draw, width) + rows + _layer(draw, width)
    return FlatCircuit(width, rows=rows, origins=[None] * len(rows))


def inverse(rows: Rows) -> Rows:
    """The rows that undo these."""
    return [
        op._replace(gate=_INVERSES.get(op.gate, op.gate), angles=tuple(-angle for angle in op.angles))
        for op in reversed(rows)
    ]


# --- pieces ----------------------------------------------------------------------------------------------------------


def _wires(draw: random.Random, width: int, most: int) -> list[int]:
    return draw.sample(range(width), min(width, most))


def _angle(draw: random.Random) -> Angle:
    """Exact or decimal, of a Clifford gate or not."""
    kind = draw.randrange(5)
    if kind == 0:
        return turns(Fraction(draw.randint(-8, 8), draw.choice((4, 8, 16))))
    return (
        turns(Fraction(draw.randint(-7, 7), 24)),
        radians("1.5707963267948966"),
        radians(str(draw.randint(-30, 30) / 10)),
        Angle(0, draw.uniform(-3, 3)),
    )[kind - 1]


def _layer(draw: random.Random, width: int) -> Rows:
    gate = draw.choice(("h", "rx", "ry"))
    return [Op(gate, (wire,), () if gate == "h" else (turns(Fraction(3 * wire + 2, 40)),)) for wire in range(width)]


def _flip(wires: list[int], draw: random.Random | None = None, gate: str = "x", *angles: Angle) -> Rows:
    """A gate on the last wire under the others, some of which must be 0 if there is a generator to choose them."""
    controls = wires[:-1]
    negative = [Op("x", (wire,)) for wire in controls if draw is not None and draw.random() < 0.4]
    if gate == "x" and len(controls) == 1:
        return [*negative, Op("cnot", tuple(wires)), *negative]
    return [*negative, Op(gate, tuple(wires), angles, len(controls)), *negative]


def _ladder(angle: Angle, letters: dict[int, str]) -> Rows:
    """The exponential of a Pauli product, by cnots onto its last wire."""
    turned = [Op({"X": "h", "Y": "v"}[letter], (wire,)) for wire, letter in letters.items() if letter != "Z"]
    wires = [*letters]
    down = [Op("cnot", pair) for pair in pairwise(wires)]
    return [*turned, *down, Op("rz", (wires[-1],), (angle,)), *reversed(down), *inverse(turned)]


def _letters(draw: random.Random, width: int, most: int = 4, letters: str = "XYZ") -> dict[int, str]:
    return {wire: draw.choice(letters) for wire in _wires(draw, width, draw.randint(1, most))}


# --- families --------------------------------------------------------------------------------------------------------


def network(draw: random.Random, width: int) -> Rows:
    """Reversible logic, with controls that must be 0."""
    rows: Rows = []
    for _ in range(draw.randint(2, 8)):
        wires = _wires(draw, width, draw.choice((1, 2, 2, 3, 3, 3, 4)))
        if len(wires) > 1 and draw.random() < 0.1:
            rows.append(Op("swap", tuple(wires), (), len(wires) - 2))
        else:
            rows += _flip(wires, draw)
    return rows


def adder(draw: random.Random, width: int) -> Rows:
    """The carries of a ripple adder (Cuccaro and others 2004) on consecutive triples of wires, with its way back."""
    if width < 3:
        return network(draw, width)
    up: Rows = []
    order = _wires(draw, width, width)
    for a, b, c in zip(order[:-2:2], order[1:-1:2], order[2::2], strict=True):
        up += [Op("cnot", (c, b)), Op("cnot", (c, a)), *_flip([a, b, c])]
    middle = [Op("cnot", (order[-1], order[0]))] if draw.random() < 0.5 else []
    return up + middle + inverse(up)


def grover(draw: random.Random, width: int) -> Rows:
    """Rounds of a marked value and of the mean."""
    wires, rows = _wires(draw, width, width), []
    marked = [Op("x", (wire,)) for wire in wires if draw.random() < 0.5]
    around: Rows = [Op("h", (wire,)) for wire in wires]
    flips: Rows = [Op("x", (wire,)) for wire in wires]
    flip = _flip(wires, None, "z")
    for _ in range(draw.randint(1, 2)):
        rows += [*marked, *flip, *marked, *around, *flips, *flip, *flips, *around]
    return around + rows


def multiplexer(draw: random.Random, width: int) -> Rows:
    """A rotation, or a function, chosen by the value of other wires."""
    wires = _wires(draw, width, draw.choice((2, 3, 3, 4)))
    gate = draw.choice(("ry", "rz", "rx", "x", "z", "p", "h"))
    rows: Rows = []
    for _ in range(min(4, 2 ** (len(wires) - 1))):
        rows += _flip(wires, draw, gate, *([_angle(draw)] if gate in ("ry", "rz", "rx", "p") else []))
    return rows


def fourier(draw: random.Random, width: int) -> Rows:
    wires, rows = _wires(draw, width, width), []
    for k, wire in enumerate(wires):
        rows.append(Op("h", (wire,)))
        rows += [Op("p", (other, wire), (turns(Fraction(1, 4 << j)),), 1) for j, other in enumerate(wires[k + 1 :])]
    swaps = [Op("swap", (a, b)) for a, b in zip(wires[: width // 2], reversed(wires), strict=False)]
    return rows + swaps * draw.randint(0, 1)


def trotter(draw: random.Random, width: int) -> Rows:
    """Steps of couplings on a chain or a ring, and of fields; some are symmetric."""
    chain = [(q, q + 1) for q in range(width - 1)]
    pairs = chain + ([(width - 1, 0)] if width > 2 and draw.random() < 0.4 else [])
    groups: list[Rows] = []
    for gate in draw.sample(("xx", "yy", "zz"), draw.randint(1, 3)):
        angle = _angle(draw)
        groups.append([Op(gate, pair, (angle,)) for pair in pairs])
    for gate in draw.sample(("rx", "rz", "ry"), draw.randint(0, 2)):
        angle = _angle(draw)
        groups.append([Op(gate, (wire,), (angle,)) for wire in range(width)])
    step = [op for group in groups for op in group]
    if draw.random() < 0.3:
        step += [op for group in reversed(groups) for op in reversed(group)]
    return step * draw.randint(1, 3)


def ansatz(draw: random.Random, width: int) -> Rows:
    rows: Rows = []
    coupling = draw.choice(("cnot", "cz", "crx", "swapped"))
    pairs = [(q, q + 1) for q in range(width - 1)]
    for _ in range(draw.randint(1, 3)):
        rows += [Op(gate, (wire,), (_angle(draw),)) for wire in range(width) for gate in ("ry", "rz")]
        for pair in pairs:
            if coupling == "crx":
                rows.append(Op("rx", pair, (_angle(draw),), 1))
            elif coupling == "swapped":
                rows += [Op("xx", pair, (angle := _angle(draw),)), Op("yy", pair, (angle,))]
            else:
                rows.append(Op("cnot", pair) if coupling == "cnot" else Op("z", pair, (), 1))
    return rows


def syndromes(draw: random.Random, width: int) -> Rows:
    """Products measured by the last wires in turn, and an error between two rounds."""
    rows: Rows = []
    for _ in range(draw.randint(1, 2)):
        for ancilla in range(max(1, width - 2), width):
            letters = _letters(draw, ancilla)
            checks = [Op(letter.lower(), (ancilla, wire), (), 1) for wire, letter in letters.items()]
            rows += [Op("h", (ancilla,)), *checks, Op("h", (ancilla,))]
        rows.append(Op("rx", (draw.randrange(width),), (_angle(draw),)))
    return rows


def clifford_t(draw: random.Random, width: int) -> Rows:
    share = draw.choice((0.0, 0.1, 0.4))
    rows: Rows = []
    for _ in range(draw.randint(4, 30)):
        if draw.random() < share:
            rows.append(Op(draw.choice(("t", "ti")), (draw.randrange(width),)))
        elif draw.random() < 0.5:
            rows.append(Op(draw.choice(("h", "s", "x", "v", "y", "z")), (draw.randrange(width),)))
        else:
            pair = tuple(draw.sample(range(width), 2))
            rows.append(Op("cnot", pair) if draw.random() < 0.6 else Op("z", pair, (), 1))
    return rows


def parities(draw: random.Random, width: int) -> Rows:
    """Phases of parities between flips: diagonal but for the flips."""
    rows: Rows = []
    for _ in range(draw.randint(4, 16)):
        if draw.random() < 0.4:
            wire = (draw.randrange(width),)
            gate = draw.choice(("t", "ti", "s", "x", "rz"))
            rows.append(Op(gate, wire, (_angle(draw),) if gate == "rz" else ()))
        else:
            rows.append(Op("cnot", tuple(draw.sample(range(width), 2))))
    return rows


def products(draw: random.Random, width: int) -> Rows:
    """Exponentials of Pauli products; few letters make many of them commute."""
    letters = draw.choice(("XYZ", "XYZ", "XZ", "Z", "XY"))
    angles = [_angle(draw) for _ in range(2)]
    return [
        op for _ in range(draw.randint(1, 6)) for op in _ladder(draw.choice(angles), _letters(draw, width, 4, letters))
    ]


def preparation(draw: random.Random, width: int) -> Rows:
    """A state of one excitation, or of two values."""
    wires = _wires(draw, width, width)
    if draw.random() < 0.3:
        return [Op("h", tuple(wires[:1])), *(Op("cnot", pair) for pair in pairwise(wires))]
    rows: Rows = [Op("x", tuple(wires[:1]))]
    for a, b in pairwise(wires):
        rows += [Op("ry", (a, b), (_angle(draw),), 1), Op("cnot", (b, a))]
    return rows


def used(draw: random.Random, width: int) -> Rows:
    """A value that is computed on the last wire, used and computed back, with flips in between."""
    if width < 3:
        return network(draw, width)
    value = [row for _ in range(draw.randint(1, 2)) for row in _flip([*_wires(draw, width - 1, 2), width - 1], draw)]
    gate = draw.choice(("z", "ry", "cnot", "x", "p"))
    other = draw.randrange(width - 1)
    if gate in ("ry", "p"):
        use = [Op(gate, (width - 1, other), (_angle(draw),), 1)]
    elif gate == "z":
        use = [Op("z", (width - 1,))]
    else:
        use = [Op("cnot", (width - 1, other))] if gate == "cnot" else [Op("x", (width - 1,))]
    return [*value, *use, *(inverse(value) if draw.random() < 0.7 else value)]


FAMILIES: tuple[Family, ...] = (
    network, network, adder, grover, multiplexer, fourier, trotter, ansatz, syndromes, clifford_t, parities, products,
    preparation, used, used,
)  # fmt: skip


# --- twists ----------------------------------------------------------------------------------------------------------


def repeated(draw: random.Random, width: int, rows: Rows) -> Rows:
    return rows * draw.choice((2, 2, 3)) if len(rows) < 40 else rows


def back(draw: random.Random, width: int, rows: Rows) -> Rows:
    """With its inverse after something else."""
    wire = (draw.randrange(width),)
    between = [Op("x", wire), Op("h", wire), Op("rz", wire, (_angle(draw),)), Op("t", wire)]
    return [*rows, *draw.sample(between, draw.randint(0, 2)), *inverse(rows)] if len(rows) < 60 else inverse(rows)


def rewired(draw: random.Random, width: int, rows: Rows) -> Rows:
    """The same again on other wires."""
    to = draw.sample(range(width), width)
    moved = [op.on(to) for op in rows]
    return rows + moved if len(rows) < 40 else moved


def nudged(draw: random.Random, width: int, rows: Rows) -> Rows:
    """One row less or more."""
    rows = rows[:]
    place = draw.randrange(len(rows) + 1)
    if draw.random() < 0.5 and rows:
        del rows[place - 1]
    else:
        rows[place:place] = [Op(draw.choice(("x", "x", "z", "h", "t", "v")), (draw.randrange(width),))]
    return rows


def turned(draw: random.Random, width: int, rows: Rows) -> Rows:
    """In other bases, wire by wire."""
    around = [Op(draw.choice(("h", "v", "s", "x")), (wire,)) for wire in range(width) if draw.random() < 0.6]
    return [*around, *rows, *inverse(around)]


def cut(draw: random.Random, width: int, rows: Rows) -> Rows:
    """With a barrier."""
    rows = rows[:]
    rows.insert(draw.randrange(len(rows) + 1), Op(BARRIER, tuple(_wires(draw, width, draw.randint(1, width)))))
    return rows


def kept(draw: random.Random, width: int, rows: Rows) -> Rows:
    """With a verbatim block of one row."""
    place = draw.randrange(len(rows) or 1)
    return [
        op._replace(pinned=draw.randint(1, 10**6)) if k == place and op.gate != BARRIER else op
        for k, op in enumerate(rows)
    ]


def blurred(draw: random.Random, width: int, rows: Rows) -> Rows:
    """With the angles as decimals, of few digits or of all."""
    digits = draw.choice((3, 8, 12, 17))
    return [
        op._replace(angles=tuple(radians(f"{float(angle.in_radians()):.{digits}g}") for angle in op.angles))
        for op in rows
    ]


def wound(draw: random.Random, width: int, rows: Rows) -> Rows:
    """With some angles many turns further on."""
    further = [turns(draw.choice((0, 0, 1, 10**6)) * 2) for _ in rows]
    return [
        op._replace(angles=tuple(angle + more for angle in op.angles)) for op, more in zip(rows, further, strict=True)
    ]


def respelled(draw: random.Random, width: int, rows: Rows) -> Rows:
    """In the gates of another compiler."""
    chance = draw.choice((0.3, 1.0))
    return [each for op in rows for each in (_respelled(draw, op) if draw.random() < chance else [op])]


def _respelled(draw: random.Random, op: Op) -> Rows:
    if op.pinned:
        return [op]
    a, *_, b = op.qubits if len(op.qubits) > 1 else (op.qubits * 2)
    quarter = turns(Fraction(1, 4))
    if op.gate == "x" and op.controls == 2:
        return toffoli(*op.qubits)
    if op.gate == "cnot":
        return draw.choice(([Op("h", (b,)), Op("z", (a, b), (), 1), Op("h", (b,))], [Op("x", (a, b), (), 1)]))
    if op.gate == "swap" and not op.controls:
        return [Op("cnot", (a, b)), Op("cnot", (b, a)), Op("cnot", (a, b))]
    if op.gate == "h" and not op.controls:
        return [Op("rz", (a,), (quarter,)), Op("rx", (a,), (quarter,)), Op("rz", (a,), (quarter,))]
    if op.gate in ("s", "t", "ti", "z") and not op.controls:
        return [Op("rz", (a,), (turns(Fraction({"s": 2, "t": 1, "ti": -1, "z": 4}[op.gate], 8)),))]
    if op.gate in ("xx", "yy", "zz") and not op.controls:
        return _ladder(op.angles[0], dict.fromkeys(op.qubits, op.gate[0].upper()))
    return [op]


def toffoli(a: int, b: int, c: int) -> Rows:
    """The usual fifteen gates of a Toffoli (Nielsen and Chuang, figure 4.9)."""
    text = f"h{c} cx{b}{c} ti{c} cx{a}{c} t{c} cx{b}{c} ti{c} cx{a}{c} t{b} t{c} h{c} cx{a}{b} t{a} ti{b} cx{a}{b}"
    return [Op("cnot" if "cx" in word else word[:-1], tuple(map(int, word.lstrip("cxhti")))) for word in text.split()]


TWISTS: tuple[Twist, ...] = (
    repeated,
    back,
    rewired,
    nudged,
    nudged,
    turned,
    cut,
    kept,
    blurred,
    wound,
    respelled,
    respelled,
)
