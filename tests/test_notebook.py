"""The cell magic in a real IPython shell.

What it would catch: a magic that is not registered, errors as tracebacks, pictures that are not shown, a program that
does not arrive in its variable.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

interactive = pytest.importorskip("IPython.core.interactiveshell")
from IPython.utils.capture import capture_output  # noqa: E402

BELL = "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n"


@pytest.fixture
def shell() -> Any:
    made = interactive.InteractiveShell.instance()
    made.run_line_magic("load_ext", "ionqdsl")
    yield made
    interactive.InteractiveShell.clear_instance()


def pictures(shown: Any) -> list[str]:
    return [output.data["image/svg+xml"] for output in shown.outputs if "image/svg+xml" in output.data]


def test_a_cell(shell: Any) -> None:
    with capture_output() as shown:
        shell.run_cell_magic("qc", "bell --target aria", BELL)
    circuit, histogram = pictures(shown)
    assert "MS(" in circuit
    assert "50.0%" in histogram
    assert str(shell.user_ns["bell"].runs[0].rows[0].gate) in ("ms", "gpi2")


def test_shots_and_parameters(shell: Any) -> None:
    with capture_output() as shown:
        shell.run_cell_magic("qc", "--shots 100 --seed 3", BELL)
        shell.run_cell_magic("qc", "", "param t\nqubit q\nrx(t) q\n")
    drawn = pictures(shown)
    assert len(drawn) == 3  # nothing is measured while a parameter is open
    assert "100 shots" in drawn[1]
    shares = [float(share) for share in re.findall(r">([\d.]+)%<", drawn[1])]
    assert sum(shares) == pytest.approx(100)
    assert shares != [50.0, 50.0]  # what was counted, not the distribution


@pytest.mark.parametrize(
    ("line", "cell", "said"),
    [
        ("", "qubit q[2]\nhh q[0]\n", "error[QC0202]"),
        ("--shots many", BELL, "invalid int value"),
        ("--target arria", BELL, "arria"),
        ("'", BELL, "No closing quotation"),
    ],
)
def test_errors_are_said(shell: Any, line: str, cell: str, said: str) -> None:
    with capture_output() as shown:
        shell.run_cell_magic("qc", line, cell)
    assert said in shown.stderr
    assert "Traceback" not in shown.stdout + shown.stderr
    assert pictures(shown) == []
