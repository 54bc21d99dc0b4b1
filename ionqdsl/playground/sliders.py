"""Turns parameters into sliders: which ones a program has, their values and their ranges.

Takes a program, and returns it with as many parameters open as possible, values, and descriptions for the page. An open
parameter is bound in the compiled circuit; one that the program's shape depends on (`range(n)`) cannot stay open, and a
new value means a new compilation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

import ionqdsl.pipeline as stages
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir import symbolic
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import Energy, LoweredProgram
from ionqdsl.ir.symbols import exact
from ionqdsl.language import syntax
from ionqdsl.language.parse import parse
from ionqdsl.record import changed

MOST = 64
"""The number of sliders on the page."""
MOST_TRIED = 8
"""Parameters whose values are removed one by one, where the program needs some of them."""


def opened(source: Source, program: LoweredProgram) -> LoweredProgram:
    """The program with the values of its parameters removed, or unchanged if it needs them.

    The values are blanked in the text, so that all places stay the same.
    """
    if program.energy is not None:
        return changed(program, parameters={name: (span, None) for name, (span, _) in program.parameters.items()})
    own = [item for item in parse(source).file.items if isinstance(item, syntax.Param) and item.value is not None]
    if not own:
        return program
    if free := _without(source, own, program):
        return free
    best, blanked = program, list[syntax.Param]()
    for item in own[:MOST_TRIED] if len(own) > 1 else ():
        if free := _without(source, [*blanked, item], best):
            best, blanked = free, [*blanked, item]
    return best


def _without(source: Source, items: list[syntax.Param], program: LoweredProgram) -> LoweredProgram | None:
    """The program without the values of these parameters; None if it needs one of them."""
    text = source.text
    for item in items:
        start, end = item.declarator.span.end, item.span.end
        text = text[:start] + " " * (end - start) + text[end:]
    try:
        free, _ = stages.load(Source(text, source.name))
    except CompileError:
        return None
    return free if [one.name for one in free.runs] == [one.name for one in program.runs] else None


def played(program: LoweredProgram) -> LoweredProgram:
    """The program, with the ansatz of its energy as its circuit and `params` as the values of parameters."""
    energy = program.energy
    if energy is None:
        return program
    own = [Angle(0, exact(value)) for value in energy.params or ()]
    if len(own) != len(energy.parameters):  # an error that the results report
        own = []
    place = energy.span or program.span
    assert place is not None
    parameters = {name: (place, value) for name, value in zip_longest(energy.parameters, own)}
    return changed(program, runs=[energy.ansatz], parameters=parameters)


def with_params(program: LoweredProgram, energy: Energy, moved: Mapping[str, float]) -> LoweredProgram:
    """The program of an energy as it was read, with other `params` if sliders moved and it has one point."""
    if moved and not program.energies:
        energy = changed(energy, params=tuple(values_of(program, moved)[name] for name in energy.parameters))
    return changed(program, runs=[], energy=energy)


def values_of(program: LoweredProgram, moved: Mapping[str, float]) -> dict[str, float]:
    """A number for every parameter: the page's, the program's own, or an initial one, as `--set` would take it."""
    is_native = all(circuit.gateset == "native" for circuit in program.runs)
    return {name: moved.get(name, _number(value, is_native)) for name, (_, value) in program.parameters.items()}


def _number(value: Angle | None, is_native: bool) -> float:
    if value is None:
        return 0.125 if is_native else math.pi / 4
    if not value.turns:
        return float(value.radians)
    return value.in_turns() if is_native else value.in_radians()


def sliders(program: LoweredProgram, free: LoweredProgram, moved: Mapping[str, float]) -> list[dict[str, Any]]:
    """The data of each slider.

    `own` is the value in the program, if any; `binds` says that moving the slider compiles nothing again.
    """
    is_native = all(circuit.gateset == "native" for circuit in program.runs)
    rows = []
    for name, value in list(values_of(program, moved).items())[:MOST]:
        own, binds = program.parameters[name][1], free.parameters[name][1] is None
        plain = None if own is None else _number(own, is_native)
        slider = {"name": name, "value": value, "own": plain, "binds": binds}
        if not binds and own is not None and not own.turns and float(own.radians).is_integer():  # most likely a count
            rows.append({**slider, "low": 0.0, "high": max(8.0, 2 * value), "step": 1, "unit": ""})
            continue
        reach, step, unit = (1.0, 0.005, "turn") if is_native else (math.pi, math.pi / 180, "rad")
        low, high = -reach * _times(-value / reach), reach * _times(value / reach)
        rows.append({**slider, "low": low, "high": high, "step": step, "unit": unit})
    return rows


def _times(far: float) -> int:
    """The factor by which a value exceeds the usual range, with room beyond it."""
    return 1 if far <= 1 else math.ceil(1.5 * far)


def texts(program: LoweredProgram, values: Mapping[str, float]) -> dict[str, str]:
    """Values in the form of `--set`: `theta` -> `0.3`, and `th` -> `[0.3, 0.4]` for an array."""
    result: dict[str, str] = {}
    arrays = {name.partition("[")[0] for name in values if "[" in name}
    for name, value in values.items():
        if "[" not in name:
            result[name] = _text(value)
    whole = values_of(program, values)
    for array in arrays:
        parts = [_text(value) for name, value in whole.items() if name.partition("[")[0] == array]
        result[array] = f"[{', '.join(parts)}]"
    return result


def _text(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def bound(circuit: FlatCircuit, values: Mapping[str, float]) -> FlatCircuit:
    """The circuit with values for its parameters. Raises CompileError if an expression has no value for them."""
    return symbolic.bind(circuit, values, partial=False, declared=values) if circuit.symbols else circuit
