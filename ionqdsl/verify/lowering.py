"""Checks that a lowered program means the same as its text.

Takes a source with the values given for its parameters, and the `LoweredProgram` made from it, and returns the first
difference, or how much was compared. The text is parsed again, every distinct line by the full grammar, and interpreted
(interpreter/); no code of lowering takes part.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from typing import Any

from ionqdsl.diagnostics.source import Source
from ionqdsl.garbage import uncollected
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import Job, LoweredProgram
from ionqdsl.language import syntax
from ionqdsl.language.check import check
from ionqdsl.language.includes import open_includes
from ionqdsl.language.library import standard_definitions
from ionqdsl.nesting import roomy
from ionqdsl.record import changed
from ionqdsl.verify.findings import Compared, Difference
from ionqdsl.verify.interpreter.jobs import OPTIONAL
from ionqdsl.verify.interpreter.meaning import CircuitMeaning, ProgramMeaning
from ionqdsl.verify.interpreter.program import Outcomes, whole_program

Expressions = Mapping[str, syntax.Expression]


@roomy
def meaning(
    source: Source,
    expressions: Expressions | None = None,
    sweeps: Expressions | None = None,
    outcomes: Outcomes = {},  # noqa: B006 (read only)
) -> ProgramMeaning | None:
    """The meaning of a text, for certain outcomes; None if its words, names or shapes are already invalid.

    Raises Rejected.
    """
    with uncollected():
        file, diagnostics, lost = open_includes(source)
        faults, broken = check(file, lost)
        if broken or any(diagnostic.is_error for diagnostic in (*diagnostics, *faults)):
            return None
        name = source.file.removesuffix(".qc") if source.name.endswith(".qc") else "main"
        return whole_program(file, standard_definitions(), expressions or {}, sweeps or {}, name, outcomes)


MOST_CASES = 32
"""The most combinations of outcomes for which the gates that depend on them are compared."""


def cases(program: LoweredProgram) -> list[dict[tuple[str, int], int]]:
    """Combinations of outcomes for which a program is compared with its text: all, or some random ones."""
    slots: list[tuple[str, int]] = [*dict.fromkeys(slot for circuit in program.runs for slot in circuit.slots)]
    if not any(op.when for circuit in program.runs for op in circuit.rows):
        return [{}]
    if 1 << len(slots) <= MOST_CASES:
        return [dict(zip(slots, bits, strict=True)) for bits in itertools.product((0, 1), repeat=len(slots))]
    draw = random.Random(len(slots))
    rows = [[bit] * len(slots) for bit in (0, 1)]
    rows += [draw.choices((0, 1), k=len(slots)) for _ in range(MOST_CASES - len(rows))]
    return [dict(zip(slots, bits, strict=True)) for bits in rows]


def at(program: LoweredProgram, outcomes: Outcomes) -> LoweredProgram:
    """The program with the gates that act if the outcomes are as given."""
    return changed(program, runs=[_at(circuit, outcomes) for circuit in program.runs]) if outcomes else program


def _at(circuit: FlatCircuit, outcomes: Outcomes) -> FlatCircuit:
    pairs = zip(circuit.rows, circuit.origins, strict=True)
    return circuit.with_rows(
        (op._replace(when=()), origin) for op, origin in pairs if all(outcomes[slot] == bit for slot, bit in op.when)
    )


def compared(program: LoweredProgram, whole: ProgramMeaning) -> list[Compared]:
    """Compares a program with the meaning of its text; one entry per circuit that runs, or for the ansatz.

    Settings changed by a flag since are skipped. Raises Difference.
    """
    _need_same_job(program.job, whole.job)
    result: list[Compared] = []
    if len(program.runs) != len(whole.runs):
        raise Difference(f"{len(program.runs)} circuits run, and the text means {len(whole.runs)}", program.span)
    for circuit, meant in zip(program.runs, whole.runs, strict=True):
        result.append(_same_circuit(circuit, meant))
    if program.is_multi != whole.is_multi and program.runs:
        raise Difference("the circuits make another kind of job", program.span)
    if whole.energy is not None or program.energy is not None:
        result.append(_same_energy(program, whole.energy or {}))
    if whole.function is not None or program.function is not None:
        written, meant_function = program.function, whole.function or {}
        own = {} if written is None else {"type": written.type, "data": written.data, "params": written.params}
        if not same(own, {key: meant_function.get(key) for key in own}) or not own or not meant_function:
            raise Difference("the function is another", program.span)
    return result


def _same_circuit(circuit: FlatCircuit, interpretation: CircuitMeaning) -> Compared:
    from ionqdsl.verify.rows import compare

    try:
        return compare(circuit, interpretation)
    except Difference as difference:
        raise Difference(f"`{circuit.name}`: {difference.reason}", difference.span) from None


def _need_same_job(job: Job, interpretation: Mapping[str, Any]) -> None:
    """Compares the settings with the text; one without a place was made by a flag, or a default, afterwards."""
    written = {path: setting.value for path, setting in job.settings.items() if setting.span is not None}
    changed = {path for path, setting in job.settings.items() if setting.span is None}
    for path in {**written, **interpretation}:
        if path in changed:
            continue
        if path not in written or path not in interpretation or not same(written[path], interpretation[path]):
            raise Difference(f"the setting `{path}` of the job is another", job.span(path))


def _same_energy(program: LoweredProgram, interpretation: Mapping[str, Any]) -> Compared:
    energy = program.energy
    if energy is None or not interpretation:
        raise Difference("an energy is asked for on one side only", program.span)
    for key in OPTIONAL:
        if not same(getattr(energy, key), interpretation.get(key)):
            raise Difference(f"`{key}` of the energy is another", energy.span)
    terms = dict(energy.hamiltonian.terms), dict(interpretation["hamiltonian"].terms)
    if energy.hamiltonian.steps or not same(*terms):
        raise Difference("the operator of the energy is another", energy.span)
    if energy.parameters != interpretation["parameters"]:
        raise Difference("the parameters of the energy are others", energy.span)
    return _same_circuit(energy.ansatz, interpretation["ansatz"])


def same(one: Any, other: Any) -> bool:
    """Whether two settings are sent alike: values of one type, lists and blocks by their contents."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)
