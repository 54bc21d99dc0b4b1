"""Writes native rows while keeping the frame of every wire.

Takes rows with at most one control and writes native rows: a rotation about z is not a pulse but shifts the phases of
later pulses on its wire. The source so far equals the rows written, followed by rz(frame) on every wire and the phase.
A frame that must end (before a pinned row, or at the end) becomes two pulses.

Formulas: gpi(p) rz(f) = rz(f) gpi(p - f), likewise gpi2 and each phase of ms; zz commutes with rz; and
rz(f) = gpi(f/2) gpi(0), all in turns (docs.ionq.com, "getting started with native gates").
"""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op, shared
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.targets import Target
from ionqdsl.passes.native.recipes import Recipe, folded_phase, recipe
from ionqdsl.verify import in_range


class Frames:
    """The rows written so far, with origins and phase, and `frames[q]`, an angle of rotation about z (modulo 2 turns).

    `blame[q]` is the origin of the frame of wire q.
    """

    def __init__(self, circuit: FlatCircuit, target: Target) -> None:
        self.circuit = circuit
        self.target = target
        self.rows: list[Op] = []
        self.origins: list[Span | None] = []
        self.frames = [ZERO] * circuit.width
        self.blame: list[Span | None] = [None] * circuit.width
        self.phases: Counter[Angle] = Counter()
        self.recipes: dict[tuple[str, tuple[Angle, ...], int], Recipe] = {}

    def keep(self, op: Op, origin: Span | None) -> None:
        """Writes a row as it is: a barrier, or a row before which the frames of its wires have been ended."""
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
            self.play(op, origin)
        else:
            self.shift(op, origin)

    def shift(self, op: Op, origin: Span | None) -> None:
        """Writes a native row in range, its phases shifted by the frames."""
        is_shifted = GATES[op.gate].phases and any(self.frames[qubit] is not ZERO for qubit in op.qubits)
        self.keep(self._shifted(op.gate, op.qubits, op.angles, op) if is_shifted else op, origin)

    def play(self, op: Op, origin: Span | None) -> None:
        """Writes the recipe of a row."""
        key = op.gate, op.angles, op.controls
        steps = self.recipes.get(key)
        if steps is None:
            steps = self.recipes[key] = recipe(*key, self.target)
        qubits = op.qubits
        for step in steps.rows:
            wires = (qubits[step.qubits[0]],) if len(step.qubits) == 1 else tuple([qubits[i] for i in step.qubits])
            if step.gate == "rz":
                (wire,) = wires
                self.frames[wire] = _added(self.frames[wire], step.angles[0])
                self.blame[wire] = origin
            else:
                self.keep(self._shifted(step.gate, wires, step.angles, op), origin)
        if steps.phase:
            self.phases[steps.phase] += 1

    def _shifted(self, gate: str, wires: tuple[int, ...], angles: tuple[Angle, ...], source: Op) -> Op:
        """A native row with the frames of its wires subtracted from its phases."""
        frames, count = self.frames, GATES[gate].phases
        if count == 1:
            angles = (_without(angles[0], frames[wires[0]]), *angles[1:])
        elif count == 2:
            angles = (_without(angles[0], frames[wires[0]]), _without(angles[1], frames[wires[1]]), *angles[2:])
        return shared(gate, wires, angles, 0, source.pinned)

    def end(self, qubit: int) -> None:
        """Turns the frame of a wire into two pulses, or none if it is the identity."""
        frame, self.frames[qubit] = self.frames[qubit], ZERO
        if not frame:
            return
        if not frame.terms and frame.in_turns() % 1 == 0:
            self.phases[Angle(frame.turns / 2)] += 1  # a whole turn is -1
            return
        self.keep(shared("gpi", (qubit,), (ZERO,)), self.blame[qubit])
        self.keep(shared("gpi", (qubit,), (folded_phase(frame / 2),)), self.blame[qubit])

    def finished(self, preserve: str) -> FlatCircuit:
        """The native circuit. Frames become pulses if phases of outcomes stay; otherwise no measurement sees them."""
        if fixes_phases(preserve):
            for qubit in range(len(self.frames)):
                self.end(qubit)
        phase = sum((angle * times for angle, times in self.phases.items()), self.circuit.phase).reduced()
        return self.circuit.replace(rows=self.rows, origins=self.origins, phase=phase, gateset="native")


def verbatim_blocks(circuit: FlatCircuit, target: Target) -> dict[int, tuple[int, ...]]:
    """The blocks that stay exactly as written, with their wires: those with only the target's own gates."""
    wires: dict[int, dict[int, None]] = {}
    translated = set()
    for op in circuit.rows:
        if op.pinned:
            wires.setdefault(op.pinned, {}).update(dict.fromkeys(op.qubits))
            if op.gate not in NOT_GATES and (op.gate not in target.gates or op.controls):
                translated.add(op.pinned)
    return {block: tuple(qubits) for block, qubits in wires.items() if block not in translated}


def _without(phase: Angle, frame: Angle) -> Angle:
    """The phase less the frame, folded; floats avoid the cache, since no two of them are alike."""
    if frame is ZERO or not frame:
        return phase
    if type(frame.turns) is float and not (frame.terms or phase.terms or phase.radians):
        turns = float(phase.turns) - frame.turns
        return Angle(turns - math.ceil(turns - 0.5))
    return _known_without(phase, frame)


@lru_cache(maxsize=1 << 16)
def _known_without(phase: Angle, frame: Angle) -> Angle:
    return folded_phase(phase - frame)


def _added(frame: Angle, angle: Angle) -> Angle:
    """The sum modulo 2 turns, the period of rz."""
    if type(frame.turns) is float and not (frame.terms or angle.terms):
        return Angle((frame.turns + float(angle.turns)) % 2)
    return _known_sum(frame, angle)


@lru_cache(maxsize=1 << 16)
def _known_sum(frame: Angle, angle: Angle) -> Angle:
    return (frame + angle).reduced(2)
