"""Compiles circuits whose gates depend on outcomes, for the noise of a machine on this computer.

Takes a circuit and the options of a compilation; returns it in the machine's gates, with its measurements, resets and
conditions where they were. Each stretch of gates between them is compiled by itself and keeps its unitary, so that
phases that a machine would track through a measurement take pulses here. No machine takes the result: nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ionqdsl import passes
from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO
from ionqdsl.ir.circuit import MEASURE, RESET, Condition, FlatCircuit, Op, Steps
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import choose_target
from ionqdsl.record import changed


def compiled(circuit: FlatCircuit, options: Options) -> tuple[FlatCircuit, list[Diagnostic]]:
    """The circuit in the gates of `options.target`, and a note that no machine takes it. Raises CompileError.

    The warnings of its stretches follow, each once.
    """
    target = choose_target(options.target, None, circuit.gateset)
    within = changed(options, preserve="unitary", approx=0.0)  # an error is allowed for a circuit, not for a stretch
    known: dict[tuple[Op, ...], Steps] = {}
    warnings = [Diagnostic("QC0340", origin) for op, origin in circuit if op.when][:1]
    steps: list[tuple[Op, Span | None]] = []
    for when, stretch in _stretches(circuit):
        if when is None:
            steps += zip(*stretch, strict=True)
            continue
        key = tuple(stretch.rows)
        if key not in known:
            part = circuit.replace(rows=stretch.rows, origins=stretch.origins, registers=(), phase=ZERO, inputs=None)
            result, noticed, _ = passes.transpile(part, target, within)
            known[key] = Steps(result.rows, result.origins)
            warnings += [one for one in noticed if one not in warnings]
        steps += [(op._replace(when=when) if when else op, origin) for op, origin in zip(*known[key], strict=True)]
    return circuit.with_rows(steps, gateset=target.gateset, phase=ZERO), warnings


def _stretches(circuit: FlatCircuit) -> Iterator[tuple[Condition | None, Steps]]:
    """The rows in stretches of one condition, without it; None for measurements and resets, which stay."""

    def kind(step: tuple[Op, object]) -> Condition | None:
        return None if step[0].gate in (MEASURE, RESET) else step[0].when

    for when, steps in groupby(circuit, kind):
        parts = list(steps)
        rows = [op._replace(when=()) if when else op for op, _ in parts]
        yield when, Steps(rows, [origin for _, origin in parts])
