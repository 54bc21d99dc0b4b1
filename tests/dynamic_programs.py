"""Random programs with measurements and resets in the middle, and their exact distributions by an engine of its own.

`text(seed)` is a program; `distribution(circuit)` gives the probability of every record (the outcomes of its slots, by
name) together with the final outcomes of all qubits. The engine follows every branch with one state vector a branch and
knows nothing of barriers, frames or deferral.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Slot
from ionqdsl.simulation.statevector import apply

ONE = ("h", "x", "y", "z", "s", "t", "sx", "rx({})", "ry({})", "rz({})")
TWO = ("cnot", "cz", "swap", "xx({})", "yy({})", "zz({})", "cp({})", "iswap", "ctrl @ ry({})")
WIDE = (
    "qubit q[12], t\nh q\nregister m = measure q\nregister k = measure t\n"
    "if m[0] and m[1] and m[2] and m[3] and m[4] and m[5] {\n"
    "  if not m[6] and m[7] and m[8] and m[9] and m[10] and m[11] { if k[0] { swap t, q[0] } }\n}\n"
    "if m[3] and not m[11] { x t }\nreset q\nh q\n"
)
"""Conditions on 13 outcomes, more than one `if` may look at, and on two bits of a register of twelve."""
Outcome = tuple[tuple[tuple[str, int], ...], str]


class Gates(NamedTuple):
    """The gates of random programs, with places for angles, and the angles."""

    one: tuple[str, ...]
    two: tuple[str, ...]
    angles: tuple[str, ...] = ("pi", "pi/2", "-pi/4", "pi/3", "0.3", "1.1", "-2.2")
    gateset: str = "qis"

    def drawn(self, draw: random.Random, wires: tuple[int, ...]) -> str:
        """A gate on one or two qubits."""
        angle = draw.choice(self.angles)
        gate = draw.choice(self.one if len(wires) == 1 else self.two).format(angle)
        return f"{gate} {', '.join(f'q[{wire}]' for wire in wires)}"


ANY = Gates(ONE, TWO)
CLIFFORD = Gates(
    ("h", "x", "y", "z", "s", "si", "v", "rx(pi/2)", "rz(-pi/2)"),
    ("cnot", "cz", "swap", "iswap", "xx(pi/2)", "zz(-pi/2)"),
)
NATIVE = Gates(("gpi2({})",), ("ms(0, {})",), ("0", "0.25", "0.1", "0.7"), "native")


def text(
    seed: int,
    has_branches: bool = False,
    most: int = 14,
    has_blocks: bool = True,
    *,
    gates: Gates = ANY,
    widths: tuple[int, int] = (2, 4),
    least: int = 4,
    most_slots: int | None = None,
) -> str:
    """A program on two to four qubits, or other numbers: from the least to the most statements."""
    draw = random.Random(seed)
    width = draw.randint(*widths)
    lines = [f"qubit q[{width}]"] if gates.gateset == "qis" else [f"gateset {gates.gateset}", f"qubit q[{width}]"]
    slots = 0
    body: list[str] = []
    for _ in range(draw.randint(least, most)):
        kind = draw.random()
        a, b = draw.sample(range(width), 2)
        if kind < 0.3:
            body.append(gates.drawn(draw, (a,)))
        elif kind < 0.6:
            body.append(gates.drawn(draw, (a, b)))
        elif kind < 0.8:
            if slots != most_slots:
                body.append(f"m[{slots}] = measure q[{a}]")
                slots += 1
        elif kind < 0.92:
            body.append(f"reset q[{a}]")
        elif kind < 0.95 and has_blocks:
            body.append(f"verbatim {{ {gates.drawn(draw, (a,))}; {gates.drawn(draw, (a, b))} }}")
        elif kind < 0.97:
            body.append(f"barrier q[{a}], q[{b}]")
        if has_branches and slots and draw.random() < 0.3:
            body.append(_branch(draw, slots, width, gates))
    if not slots:
        body.append("m[0] = measure q[0]")
        body.append(gates.drawn(draw, (0,)))
        slots = 1
    lines.append(f"register m[{slots}]")
    if draw.random() < 0.5:
        chosen = draw.sample(range(width), draw.randint(1, width))
        body.append("register out = " + ", ".join(f"q[{q}]" for q in chosen))
    return "\n".join(lines + body) + "\n"


def _branch(draw: random.Random, slots: int, width: int, gates: Gates) -> str:
    """A gate or two that depend on outcomes."""
    one, other = draw.randrange(slots), draw.randrange(slots)
    condition = draw.choice(
        ["m[{0}]", "not m[{0}]", "m[{0}] and not m[{1}]", "m[{0}] == m[{1}]", "m[{0}] + m[{1}] > 0", "m[{0}] or m[{1}]"]
    ).format(one, other)
    a, b = draw.sample(range(width), 2)
    then = f"{gates.drawn(draw, (a,))}; {gates.drawn(draw, (a, b))}"
    return f"if {condition} {{ {then} }}" + (f" else {{ {gates.drawn(draw, (b,))} }}" if draw.random() < 0.3 else "")


def distribution(circuit: FlatCircuit) -> dict[Outcome, float]:
    """The probability of each record and final outcome, from |0...0>."""
    start = np.zeros((1, 1 << circuit.width), dtype=np.complex128)
    start[0, 0] = 1
    branches: list[tuple[dict[Slot, int], np.ndarray]] = [({}, start)]
    for op in circuit.rows:
        following: list[tuple[dict[Slot, int], np.ndarray]] = []
        for record, state in branches:
            if op.gate == BARRIER:
                following.append((record, state))
            elif op.gate in (MEASURE, RESET):
                following += _split(op.qubits[0], op.slot, record, state, circuit.width)
            elif all(record[slot] == bit for slot, bit in op.when):
                state = state.copy()
                apply(state, op._replace(when=()))
                following.append((record, state))
            else:
                following.append((record, state))
        branches = following
    found: dict[Outcome, float] = defaultdict(float)
    for record, state in branches:
        key = tuple(sorted((f"{slot.register}[{slot.place}]", bit) for slot, bit in record.items()))
        for number, share in enumerate(np.abs(state[0]) ** 2):
            if share > 1e-14:
                found[key, format(number, f"0{circuit.width}b")] += float(share)
    return dict(found)


def _split(
    qubit: int, slot: Slot | None, record: dict[Slot, int], state: np.ndarray, width: int
) -> list[tuple[dict[Slot, int], np.ndarray]]:
    """The branches of a measurement, or of a reset, which turns the 1 back."""
    parts = []
    for bit in (0, 1):
        shaped = state.reshape(1, 1 << qubit, 2, -1)
        part = np.zeros_like(shaped)
        part[:, :, bit if slot is not None else 0] = shaped[:, :, bit]
        if np.vdot(part, part).real > 1e-15:
            parts.append(({**record, slot: bit} if slot is not None else record, part.reshape(1, -1)))
    return parts


def outcomes(circuit: FlatCircuit) -> dict[tuple[str, ...], float]:
    """The joint distribution of the named registers, in order, and of all qubits at the end."""
    found: dict[tuple[str, ...], float] = defaultdict(float)
    for (record, final), share in distribution(circuit).items():
        bits = dict(record)
        said = [
            "".join(
                "0" if slot is None else final[slot] if isinstance(slot, int) else str(bits[f"{name}[{slot.place}]"])
                for slot in slots
            )
            for name, slots in circuit.registers
        ]
        found[*said, final] += share
    return dict(found)


def registers(circuit: FlatCircuit) -> dict[tuple[str, ...], float]:
    """The joint distribution of the named registers alone."""
    found: dict[tuple[str, ...], float] = defaultdict(float)
    for key, share in outcomes(circuit).items():
        found[key[:-1]] += share
    return dict(found)


def far(one: Mapping[tuple[str, ...], float], other: Mapping[tuple[str, ...], float]) -> float:
    """The total variation distance."""
    return sum(abs(one.get(key, 0.0) - other.get(key, 0.0)) for key in {**one, **other}) / 2


WIDE_ANY = Gates(
    (*ONE[:7], "rx({})", "ry({})", "rz({})"), ("cnot", "cz", "swap", "xx({})", "yy({})", "zz({})", "cp({})")
)


def wide_text(seed: int, width: int = 24, layers: int = 3, is_clifford: bool = False) -> str:
    """A program on many qubits: layers of gates, each followed by measurements and resets of a quarter of them."""
    draw = random.Random(f"wide {seed}")
    gates = CLIFFORD if is_clifford else WIDE_ANY
    slots = 0
    body: list[str] = []
    for _ in range(layers):
        body += [gates.drawn(draw, (q,)) for q in draw.sample(range(width), 2 * width // 3)]
        for _ in range(2 * width // 3):
            a = draw.randrange(width - 1)
            near = (a, a + 1) if draw.random() < 0.7 else tuple(draw.sample(range(width), 2))
            body.append(gates.drawn(draw, near))
        for q in draw.sample(range(width), width // 4):
            kind = draw.random()
            if kind < 0.75:
                body.append(f"m[{slots}] = measure q[{q}]")
                slots += 1
            if kind > 0.55:
                body.append(f"reset q[{q}]")
    body += [gates.drawn(draw, (q,)) for q in draw.sample(range(width), width // 2)]
    return (
        "\n".join([f"qubit q[{width}]", f"register m[{max(slots, 1)}]", *body, *["m[0] = measure q[0]"] * (not slots)])
        + "\n"
    )


def chain_text(seed: int, width: int = 24) -> str:
    """A wide program in which few qubits are in the past of each outcome: turns, pairs, measurements, turns, pairs."""
    draw = random.Random(f"chain {seed}")
    lines = [f"qubit q[{width}]", f"register m[{width // 2}]"]
    lines += [f"ry(0.{draw.randint(2, 9)}) q[{q}]; rz(0.{draw.randint(2, 9)}) q[{q}]" for q in range(width)]
    for slot, q in enumerate(range(0, width, 2)):
        lines.append(f"xx(0.{draw.randint(3, 9)}) q[{q}], q[{q + 1}]")
        lines.append(f"m[{slot}] = measure q[{q}]")
        lines += [f"reset q[{q}]"] * (slot % 3 == 1) + [f"if m[{slot}] {{ ry(1.1) q[{q + 1}] }}"] * (slot % 3 == 2)
        lines.append(f"rx(0.{draw.randint(3, 9)}) q[{q}]; ry(0.{draw.randint(3, 9)}) q[{q + 1}]")
    lines += [f"zz(0.{draw.randint(3, 9)}) q[{q}], q[{q + 1}]; h q[{q}]" for q in range(1, width - 1, 2)]
    return "\n".join(lines) + "\n"
