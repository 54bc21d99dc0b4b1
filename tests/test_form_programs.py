"""Random programs with the forms of version 2: compiler, plain interpreter, formatter and printer agree.

Would catch a form that lowering and the interpreter read differently, that formatting changes, or whose circuit is
printed as another. `IONQDSL_FORMS=3000` tries so many programs.
"""

from __future__ import annotations

import os
from collections import Counter

from form_programs import program
from meaning import judged

from ionqdsl import formats
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import Op
from ionqdsl.language.reformat import reformat

COUNT = int(os.environ.get("IONQDSL_FORMS", "60"))
FIRST = int(os.environ.get("IONQDSL_SEED", "1")) * 100_000


def test_random_programs_mean_what_the_plain_interpreter_reads() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + COUNT):
        found = judged(program(seed))
        assert found.kind != "differs", f"{found.said}\n{program(seed)}"
        kinds[found.kind] += 1
    assert kinds["same"] > 0.7 * COUNT, kinds


def test_random_programs_survive_formatting_and_printing() -> None:
    compared = 0
    for seed in range(FIRST, FIRST + COUNT // 2):
        text = program(seed)
        laid_out = reformat(Source(text))
        assert reformat(Source(laid_out)) == laid_out, text
        try:
            original, _ = formats.loaded(Source(text))
        except CompileError as error:
            codes = [one.code for one in error.diagnostics]
            assert _codes(laid_out) == codes, text
            continue
        assert formats.loaded(Source(laid_out))[0].runs[0].rows == original.runs[0].rows, text
        printed = formats.write(original, "qc")[0]
        again, _ = formats.loaded(Source(printed))
        assert list(map(_row, again.runs[0].rows)) == list(map(_row, original.runs[0].rows)), text
        compared += 1
    assert compared > 0.35 * COUNT


def _row(op: Op) -> tuple[object, ...]:
    """A row with floats for its angles and factors, which are printed as decimals if they are irrational."""
    angles = [round(angle.in_radians(), 12) for angle in op.angles]
    terms = [(product, round(float(factor), 12)) for product, factor in op.operator.terms] if op.operator else []
    return op.gate, op.qubits, op.controls, terms, angles


def _codes(text: str) -> list[str]:
    try:
        formats.loaded(Source(text))
    except CompileError as error:
        return [one.code for one in error.diagnostics]
    return []
