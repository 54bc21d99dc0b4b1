"""Random gates under controls, on which the compiled kernel and its reference must agree."""

from __future__ import annotations

import random

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, Op
from ionqdsl.passes.release_controls import in_python, in_the_kernel

GATES = ("x", "y", "z", "h", "s", "si", "t", "ti", "v", "vi", "rx", "ry", "rz", "p", "swap")
INVERSES = {"s": "si", "si": "s", "t": "ti", "ti": "t", "v": "vi", "vi": "v"}


def gate(draw: random.Random, wires: list[int], controls: list[int]) -> Op:
    """A gate under these controls and up to two others."""
    name = draw.choice(GATES)
    operands = draw.sample(wires, 2 if name == "swap" else 1)
    rest = [wire for wire in wires if wire not in operands]
    own = [*controls, *draw.sample(rest, draw.randint(0, min(2, len(rest))))]
    draw.shuffle(own)
    angles = (Angle(0, draw.choice((0.3, -0.3, 0.7))),) if name in ("rx", "ry", "rz", "p") else ()
    return Op(name, (*own, *operands), angles, len(own))


def inverse(op: Op) -> Op:
    """The row that undoes another."""
    return op._replace(gate=INVERSES.get(op.gate, op.gate), angles=tuple(-angle for angle in op.angles))


def block(draw: random.Random, depth: int, wires: list[int], controls: list[int]) -> list[Op]:
    """Gates mostly under the controls, and gates around others, which come back, sometimes in the wrong order."""
    rows: list[Op] = []
    for _ in range(draw.randint(1, 4)):
        if not depth or draw.random() < 0.5:
            rows.append(gate(draw, wires, controls if draw.random() < 0.85 else []))
            continue
        around = [gate(draw, wires, controls) for _ in range(draw.randint(1, 3))]
        back = [inverse(op) for op in reversed(around)]
        if draw.random() < 0.3:
            draw.shuffle(back)
        rows += [*around, *block(draw, depth - 1, wires, controls), *back]
    return rows


def compare_releases(draw: random.Random) -> None:
    """Both release the same rows from the same controls, between rows that nothing passes too."""
    width = draw.randint(3, 7)
    spread = draw.choice([1, 1, 50])
    rows: list[Op] = []
    for _ in range(draw.randint(1, 4)):
        controls = draw.sample(range(width), draw.randint(1, width - 2))
        rows += block(draw, draw.randint(1, 3), [wire for wire in range(width) if wire not in controls], controls)
        own = draw.sample(range(width), 2)
        blocked = (
            Op(BARRIER, tuple(own)),
            Op("ms", tuple(own), (Angle(), Angle(), Angle(0.25))),
            Op("zz", tuple(own), (Angle(0.25),)),
            gate(draw, [*range(width)], []),
        )
        rows.insert(draw.randrange(len(rows) + 1), draw.choice(blocked))
    rows = [op.on([spread * wire for wire in range(width)]) for op in rows]
    assert in_the_kernel(rows) == in_python(rows)
