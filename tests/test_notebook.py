"""The cell magic, and the output of cells, in a real IPython shell.

Would catch a magic that is not registered, errors shown as tracebacks through the package, bugs of the package without
one, pictures that are not shown, and a program that does not arrive in its variable.
"""

from __future__ import annotations

import re
import subprocess
import sys
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


def test_an_energy_is_printed(shell: Any) -> None:
    text = "param t\ncircuit a { qubit q; ry(t) q }\nhamiltonian h = X[0]\n"
    with capture_output() as shown:
        shell.run_cell_magic("qc", "", f"{text}energy {{ hamiltonian = h; ansatz = a; params = [pi/6] }}\n")
    assert shown.stdout == "energy 0.5\n"
    with capture_output() as shown:
        shell.run_cell_magic("qc", "mine", f"{text}energy {{ hamiltonian = h; ansatz = a }}\n")
    assert shown.stdout == ""
    assert shell.user_ns["mine"].energy is not None


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


def test_programs_and_results_are_pictures(shell: Any) -> None:
    """All circuits of a program, and every register of a result, each under its name."""
    shell.run_cell("import ionqdsl as iq")
    formatter = shell.display_formatter.formatters["image/svg+xml"]
    program = shell.run_cell("iq.program('circuit a { qubit q; h q } circuit b { qubit q[2]; cnot q }')").result
    drawn = formatter(program)
    assert [drawn.count(text) for text in ("a (qis)", "b (qis)", "<svg ")] == [1, 1, 3]
    text = "qubit q[2]; x q[1]; register out = q[1]"
    result = shell.run_cell(f"iq.run(iq.circuit('{text}'), exact=True)").result
    drawn = formatter(result)
    assert "<title>01: 1</title>" in drawn
    assert "register out" in drawn
    assert "<title>1: 1</title>" in drawn
    many = shell.run_cell("iq.program('circuit c(n) { qubit q[n]; h q } run c(n) for n in range(1, 21)')").result
    assert "and 12 circuits more" in formatter(many)
    nothing = shell.run_cell("iq.program('function { type = \"x\" }')").result
    assert formatter(nothing) is None


def test_results_are_pictures_without_the_extension() -> None:
    """In a notebook the package is imported when the shell is there; and outside of one it loads no IPython."""
    lines = (
        "import sys, ionqdsl",
        "assert 'IPython' not in sys.modules",
        "del sys.modules['ionqdsl']",
        "from IPython.core.interactiveshell import InteractiveShell",
        "shell = InteractiveShell.instance()",
        "import ionqdsl as iq",
        "result = iq.run(iq.circuit('qubit q; x q'), exact=True)",
        "assert '<svg' in shell.display_formatter.formatters['image/svg+xml'](result)",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, timeout=60)


def test_an_error_shows_the_cell_and_the_program_and_nothing_between(shell: Any) -> None:
    with capture_output() as shown:
        shell.run_cell("import ionqdsl as iq\niq.circuit('qubit q; hh q')")
    said = shown.stdout + shown.stderr
    assert "iq.circuit('qubit q; hh q')" in said
    assert "error[QC0202]: there is no gate `hh`" in said
    assert "1 | qubit q; hh q\n  |          ^^" in said
    assert "compile.py" not in said
    with capture_output() as shown:
        shell.run_cell("from ionqdsl.diagnostics import InternalError\nraise InternalError([])")
    assert "Traceback" in shown.stdout + shown.stderr


def test_findings_are_shown_as_the_command_shows_them(shell: Any) -> None:
    shell.run_cell("import ionqdsl as iq")
    found = shell.run_cell("iq.lint('qubit q\\nrx(90) q')").result
    text = shell.display_formatter.formatters["text/plain"](found)
    assert text.startswith("[warning[QC1002]: `rx` turns by 90 radians")
    assert "2 | rx(90) q" in text
