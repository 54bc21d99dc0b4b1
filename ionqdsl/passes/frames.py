"""Rows being written for an ion trap, and the frame every wire is in.

Recipes and native rows go in, native rows come out: a rotation about z is no pulse but shifts the phases of the later
pulses on its wire. What the source did so far equals the rows written, followed by rz(frame) on every wire and the
phase. Where a frame must end (before a pinned row, or at the end) it becomes two pulses.

Formulas: gpi(p) rz(f) = rz(f) gpi(p - f), likewise gpi2 and each phase of ms; zz commutes with rz; and
rz(f) = gpi(f/2) gpi(0), all in turns (docs.ionq.com, "getting started with native gates").
"""

from __future__ import annotations

from functools import lru_cache

from ionqdsl.angle import HALF_TURN, ZERO, Angle
from ionqdsl.circuit import Circuit, Op, shared
from ionqdsl.passes.recipes import Recipe, folded_phase, recipe
from ionqdsl.source import Span
from ionqdsl.targets import Target
from ionqdsl.verify import in_range

_PHASES = {"gpi": 1, "gpi2": 1, "ms": 2, "zz_native": 0, "nop": 0}
"""How many of a native gate's angles are phases of its operands; they come first."""


class Frames:
    """The rows written so far, with origins and phase, and `frames[q]`, an angle of rotation about z (modulo 2 turns).

    `blame[q]` is where the frame of a wire comes from.
    """

    def __init__(self, circuit: Circuit, target: Target) -> None:
        self.circuit = circuit
        self.target = target
        self.rows: list[Op] = []
        self.origins: list[Span | None] = []
        self.phase = circuit.phase
        self.frames = [ZERO] * circuit.width
        self.blame: list[Span | None] = [None] * circuit.width

    def keep(self, op: Op, origin: Span | None) -> None:
        """Writes a row as it is: a fence, or one that the frames of its wires have been ended for."""
        self.rows.append(op)
        self.origins.append(origin)

    def pin(self, op: Op, origin: Span | None, block: tuple[int, ...]) -> None:
        """Writes a row of a verbatim block exactly as it is; the first one ends the frames of the block's wires."""
        for qubit in block:
            self.end(qubit)
        self.keep(op, origin)

    def native(self, op: Op, origin: Span | None) -> None:
        """Writes a native row of the target, its phases shifted by the frames, its angle folded if out of range."""
        if not in_range(op, self.target):
            self.play(recipe(op.gate, op.angles, 0, self.target), op, origin)
            return
        phases = _PHASES[op.gate]
        if any(self.frames[qubit] for qubit in op.qubits[:phases]):
            shifted = [_shifted(angle, self.frames[q]) for angle, q in zip(op.angles, op.qubits[:phases], strict=False)]
            op = shared(op.gate, op.qubits, (*shifted, *op.angles[phases:]), 0, op.pinned)
        self.keep(op, origin)

    def play(self, steps: Recipe, op: Op, origin: Span | None) -> None:
        """Writes a recipe on the wires of the row it was made for."""
        frames, qubits = self.frames, op.qubits
        for step in steps.rows:
            wires = tuple([qubits[position] for position in step.qubits])
            if step.gate == "rz":
                (wire,) = wires
                frames[wire] = _added(frames[wire], step.angles[0])
                self.blame[wire] = origin
                continue
            phases = _PHASES[step.gate]
            shifted = [_shifted(angle, frames[wire]) for angle, wire in zip(step.angles, wires[:phases], strict=False)]
            self.keep(shared(step.gate, wires, (*shifted, *step.angles[phases:]), 0, op.pinned), origin)
        if steps.phase:
            self.phase += steps.phase

    def end(self, qubit: int) -> None:
        """Turns the frame of a wire into two pulses, or none where it is the identity."""
        frame, self.frames[qubit] = self.frames[qubit], ZERO
        if not frame:
            return
        if not frame.terms and frame.in_turns() % 1 == 0:
            if frame.in_turns() % 2:
                self.phase += HALF_TURN
            return
        self.keep(shared("gpi", (qubit,), (ZERO,)), self.blame[qubit])
        self.keep(shared("gpi", (qubit,), (folded_phase(frame / 2),)), self.blame[qubit])

    def finished(self, preserve: str) -> Circuit:
        """The native circuit. Under `unitary` frames become pulses; otherwise the Z measurement cannot see them."""
        if preserve == "unitary":
            for qubit in range(len(self.frames)):
                self.end(qubit)
        return self.circuit.replace(rows=self.rows, origins=self.origins, phase=self.phase.reduced(), gateset="native")


def verbatim_blocks(circuit: Circuit, target: Target) -> dict[int, tuple[int, ...]]:
    """The blocks that stay exactly as written, with their wires: those of nothing but the target's own gates."""
    wires: dict[int, dict[int, None]] = {}
    translated = set()
    for op in circuit.rows:
        if op.pinned:
            wires.setdefault(op.pinned, {}).update(dict.fromkeys(op.qubits))
            if op.gate not in target.gates or op.controls:
                translated.add(op.pinned)
    return {block: tuple(qubits) for block, qubits in wires.items() if block not in translated}


@lru_cache(maxsize=1 << 16)
def _shifted(phase: Angle, frame: Angle) -> Angle:
    return folded_phase(phase - frame) if frame else phase


@lru_cache(maxsize=1 << 16)
def _added(frame: Angle, angle: Angle) -> Angle:
    """The sum modulo 2 turns, the period of rz."""
    return (frame + angle).reduced(2)
