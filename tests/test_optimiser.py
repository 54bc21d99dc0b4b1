"""docs/optimiser.md tells the truth: each program there becomes the result shown.

Would catch a level that does less than the page says, and a result on the page that is another circuit. Rows need not
be the same, but their effect and cost are.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

import ionqdsl as iq
from ionqdsl.batch.empty import AS_LOWERED, CANCELLING
from ionqdsl.cli.flags import add_compilation, options_of
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.passes.cost import cost_of
from ionqdsl.pipeline import transpile
from ionqdsl.verify import equivalent

PAGE = Path(__file__).parent.parent / "docs" / "optimiser.md"


def pairs() -> list[pytest.param]:
    """A program, flags, and the shown result."""
    found, source = [], ""
    for number, text in enumerate(re.findall(r"```qc\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)):
        if text.startswith("# --"):
            flags = text.partition("\n")[0].removeprefix("# ")
            found.append(pytest.param(source, flags, text, id=f"{number} {flags}"))
        else:
            source = text
    return found


@pytest.mark.parametrize(("source", "flags", "shown"), pairs())
def test_programs_become_what_is_shown(source: str, flags: str, shown: str) -> None:
    parser = argparse.ArgumentParser()
    add_compilation(parser)
    options = options_of(parser.parse_args(flags.split()))
    program, wanted = iq.circuit(source), iq.circuit(shown)
    compiled, said, (report,) = transpile(LoweredProgram(runs=[program]), options)
    (result,) = compiled.runs
    assert {diagnostic.code for diagnostic in said} <= {AS_LOWERED, CANCELLING}
    assert cost_of(result) == cost_of(wanted)
    assert len(result.rows) == len(wanted.rows)
    for circuit in (result, wanted):
        assert equivalent(program, circuit, options.preserve, inputs=report.inputs, allowed=report.spent)


def test_there_are_enough_of_them() -> None:
    assert len(pairs()) >= 9
