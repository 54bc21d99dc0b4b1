"""Compiles the circuits of one job together and does shared work once; next to it, their results as one object.

Takes circuits, targets and options; returns for each circuit its compiled form, warnings and a report. Equal circuits
are compiled once. For a large sweep only a template is compiled, and bound at all points in one vectorised step, unless
that would cost interactions: at a special value (a zero rotation, a quarter turn), or if two points compiled on their
own show that numbers allow more than parameters do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ionqdsl import passes
from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.points import Family, FamilyPoint
from ionqdsl.ir.symbolic import parameters
from ionqdsl.ir.targets import Target
from ionqdsl.passes.cost import cost_of
from ionqdsl.record import changed
from ionqdsl.workers import Workers

Compiled = tuple[FlatCircuit, list[Diagnostic], passes.Report]

LARGE = 20_000
"""Sweeps of up to this many rows in all are compiled point by point: a second or two, and the best result per point."""

SPECIAL = 1e-9
"""An angle this close to a multiple of a quarter turn, in quarter turns, counts as one."""


class Batch:
    """The circuits of a job, and the work that they share. Nothing is shared if the passes are watched."""

    def __init__(
        self,
        circuits: Sequence[FlatCircuit],
        options: Options,
        watch: Callable[[str, FlatCircuit], None] | None = None,
        progress: Callable[[str], None] | None = None,
        workers: Workers | None = None,
    ) -> None:
        self.circuits = circuits  # kept alive: rows and families are identified by `id`
        self.options = options
        self.watch = watch
        self.progress = progress
        self.workers = workers or Workers()
        self.sizes: dict[int, int] = {}
        for circuit in circuits:
            if isinstance(circuit, FamilyPoint):
                self.sizes[id(circuit.family)] = self.sizes.get(id(circuit.family), 0) + len(circuit)
        self._alone: dict[Any, int] = {}
        self._families: dict[tuple[int, str], dict[int, Compiled]] = {}

    def results(self, targets: Sequence[Target]) -> Iterator[Compiled | CompileError]:
        """Every circuit compiled for its target, or the errors in it, in order.

        A warning goes only to the first circuit that has it.
        """
        shares = self.watch is None and len(self.circuits) > 1
        bound: list[Compiled | None] = []
        like: list[int] = []  # for each circuit, the first that is compiled as it is
        for number, target in enumerate(targets):
            bound.append(self._by_template(number, target) if shares else None)
            like.append(self._like(number, target) if shares and bound[-1] is None else number)
        calls = [
            (self.circuits[number], target, self.options)
            for number, target in enumerate(targets)
            if bound[number] is None and like[number] == number
        ]
        searching: passes.Progress | None = None

        def here(circuit: FlatCircuit, target: Target, options: Options) -> Compiled | CompileError:
            return attempted(circuit, target, options, self.watch, searching, self.workers)

        are_long = any(passes.level_of(*call).number == 3 for call in calls)
        stream = self.workers.each(attempted, calls, here, are_long and self.watch is None)
        compiled: dict[int, Compiled | CompileError] = {}
        for number, circuit in enumerate(self.circuits):
            searching = self._told(circuit.name, number)
            if self.watch is not None:
                self.watch("", circuit)
            one: Compiled | CompileError | None = bound[number]
            if one is None and like[number] == number:
                one = compiled[number] = next(stream)
            elif one is None:
                one = _again(compiled[like[number]], circuit.name)
            yield one

    def _by_template(self, number: int, target: Target) -> Compiled | None:
        """A circuit from its compiled template, None if it has none, or may be better alone."""
        circuit = self.circuits[number]
        if not isinstance(circuit, FamilyPoint) or not self._has_template(circuit, target):
            return None
        key = id(circuit.family), target.name
        if key not in self._families:
            self._families[key] = by_template(circuit.family, target, self.options)
        compiled = self._families[key].get(circuit.index)
        return None if compiled is None else _renamed(compiled, circuit.name)

    def _like(self, number: int, target: Target) -> int:
        """The number of the first circuit that compiles to the same result: its own, if there is no earlier one."""
        circuit = self.circuits[number]
        own = circuit.width, circuit.gateset, circuit.registers, circuit.phase, circuit.wires, circuit.inputs
        rows = tuple(map(id, circuit.rows))  # equal rows are almost always one object
        first = self._alone.setdefault((target.name, own, rows), number)
        return first if self.circuits[first].origins == circuit.origins else number

    def _told(self, name: str, number: int) -> passes.Progress | None:
        """Reports which circuit is being compiled, and returns the function that reports how far a search is."""
        tell, count = self.progress, len(self.circuits)
        if tell is None:
            return None
        where = f"compiling {name}" + (f", {number + 1} of {count}" if count > 1 else "")
        tell(where)

        def searching(share: float, two_qubit_gates: int) -> None:
            tell(f"{where}: {share:.0%} of the effort, {two_qubit_gates} two-qubit gates")

        return searching

    def _has_template(self, point: FamilyPoint, target: Target) -> bool:
        level = passes.level_of(point.family.template, target, self.options).number
        is_plain = target.two_qubit_gate is not None and 0 < level < 3 and not self.options.verify
        return is_plain and self.sizes[id(point.family)] > LARGE


def attempted(
    circuit: FlatCircuit,
    target: Target,
    options: Options,
    watch: Callable[[str, FlatCircuit], None] | None = None,
    progress: passes.Progress | None = None,
    workers: Workers | None = None,
) -> Compiled | CompileError:
    """A compiled circuit, or its error: the others of its job have errors of their own."""
    try:
        return passes.transpile(circuit, target, options, watch=watch, progress=progress, workers=workers)
    except CompileError as error:
        return error


def _renamed(compiled: Compiled, name: str) -> Compiled:
    circuit, warnings, report = compiled
    return circuit.replace(name=name), warnings, changed(report, circuit=name)


def _again(compiled: Compiled | CompileError, name: str) -> Compiled | CompileError:
    """The same for another circuit, without the warnings."""
    if isinstance(compiled, CompileError):
        return compiled
    circuit, _, report = compiled
    return _renamed((circuit, [], report), name)


def by_template(family: Family, target: Target, options: Options) -> dict[int, Compiled]:
    """The compiled circuits of all points except special ones; none if points alone have fewer interactions."""
    compiled, warnings, report = passes.transpile(family.template, target, options)
    if not family.columns.keys() >= {*parameters(compiled)}:
        return {}  # other parameters have no value either
    ordinary = _ordinary(family, compiled)
    bound = bind_all(family, compiled, ordinary, target, options)
    for place in {0, len(ordinary) // 2} if ordinary else ():
        alone, _, _ = passes.transpile(FamilyPoint(family, ordinary[place], family.template.name), target, options)
        if cost_of(alone).two_qubit_gates < cost_of(bound[place]).two_qubit_gates:
            return {}
    once = iter([warnings])
    return {point: (circuit, next(once, []), report) for point, circuit in zip(ordinary, bound, strict=True)}


def _ordinary(family: Family, compiled: FlatCircuit) -> list[int]:
    """The points at which no rotation and no interaction is by a multiple of a quarter turn."""
    import numpy as np

    slots = {angle: None for op in dict.fromkeys(family.template.rows) for angle in op.angles if angle.terms}
    slots |= {op.angles[-1]: None for op in dict.fromkeys(compiled.rows) if len(op.angles) != 1 and op.angles[-1].terms}
    quarters = 4 * family.angles(list(slots))
    near = np.abs(quarters - np.round(quarters)) < SPECIAL
    return [int(point) for point in np.flatnonzero(~near.any(axis=1))]


def bind_all(
    family: Family, compiled: FlatCircuit, points: Sequence[int], target: Target, options: Options
) -> list[FlatCircuit]:
    """A compiled template bound at some points, its angles as floats in turns and in the machine's range."""
    import numpy as np

    from ionqdsl.passes.fold_angles import fold_angles  # late: it brings most of the passes for pulses

    slots: dict[tuple[Angle, bool], int] = {}  # an angle, and whether an interaction has it
    plan: dict[Op, tuple[list[int], list[int]]] = {}  # a row's positions, and the slot of each of its angles or -1
    for position, op in enumerate(compiled.rows):
        if not any(angle.terms for angle in op.angles):
            continue
        if op not in plan:
            last = len(op.angles) - 1 if op.gate == target.two_qubit_gate else -1
            keys = [(angle, place == last) for place, angle in enumerate(op.angles)]
            plan[op] = [], [slots.setdefault(key, len(slots)) if key[0].terms else -1 for key in keys]
        plan[op][0].append(position)
    table = family.angles([*(angle for angle, _ in slots), compiled.phase])[list(points)]
    interactions = [slot for (_, is_interaction), slot in slots.items() if is_interaction]
    phases = [slot for (_, is_interaction), slot in slots.items() if not is_interaction]
    table[:, phases] -= np.where(np.abs(table[:, phases]) > 1, np.ceil(table[:, phases] - 0.5), 0)
    turns, low = table[:, interactions], float(target.low)
    fits = ((turns > low if low < 0 else turns >= low) & (turns <= float(target.high))).all(axis=1)
    setting = passes.PassContext(target, options)
    result = []
    for values, is_inside in zip(table.tolist(), fits.tolist(), strict=True):
        bound_angles = [Angle(value) for value in values]
        rows = list(compiled.rows)
        for op, (positions, where) in plan.items():
            angles = tuple(
                [angle if slot < 0 else bound_angles[slot] for slot, angle in zip(where, op.angles, strict=True)]
            )
            row = Op(op.gate, op.qubits, angles, op.controls, op.pinned)
            for position in positions:
                rows[position] = row
        circuit = compiled.replace(rows=rows, phase=bound_angles[-1])
        result.append(circuit if is_inside else fold_angles(circuit, setting))
    return result
