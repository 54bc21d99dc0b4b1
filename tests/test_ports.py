"""The lines of the example programs, counted next to ports to other libraries.

Would catch a table that is older than a program or a port, a port that was edited and not compared again, a program
that has grown, and a count of tests.
"""

from __future__ import annotations

import json

import pytest

from tests.bench.ports.lines import FOLDER, JSON, PEERS, PROGRAMS, digest, in_program, in_python

RECORD = json.loads(JSON.read_text("utf-8"))
LINES = RECORD["lines"]


def test_every_program_is_ported_and_counted() -> None:
    programs = {path.stem for path in PROGRAMS.glob("*.qc")}
    assert {*LINES} == programs
    for program, counts in LINES.items():
        found = {"ionqdsl": in_program((PROGRAMS / f"{program}.qc").read_text("utf-8"))}
        for peer in PEERS:
            found[peer] = in_python((FOLDER / f"{program}_{peer}.py").read_text("utf-8"))
        assert counts == found, f"{program}: run `python -m tests.bench.ports`"


@pytest.mark.parametrize("program", LINES)
def test_programs_and_ports_are_those_whose_results_were_compared(program: str) -> None:
    assert RECORD["compared"][program] == digest(program), "run `python -m tests.bench.ports`"


def test_programs_are_hardly_longer_than_the_shortest_port() -> None:
    for program, counts in LINES.items():
        assert counts["ionqdsl"] <= 1.3 * min(counts["qiskit"], counts["pennylane"]), program


def test_what_only_tests_and_runs_need_does_not_count() -> None:
    text = """# A comment.
include "std/states.qc"  # counts

const n = 3
const unused = 4
def half(x) = x/2  # only the test needs it

## Counts, but not its comment.
gate both(
  angle, other
) a { rx(angle) a; ry(other) a }

circuit main(phase = 0.1) {
  qubit q[n]
  # nor does this one

  both(phase, phase) q[0]
}
run main
test "half" { main; expect prob("000") >= half(1) }
"""
    assert in_program(text) == 1 + 1 + 3 + 4
    assert in_python('"""Says\nsomething."""\nimport os\n\n# nothing\nx = (\n    1\n)\n') == 4
