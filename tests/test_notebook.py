"""The cell magic, and the output of cells, in a real IPython shell.

Would catch a magic that is not registered, errors shown as tracebacks through the package, bugs of the package without
one, pictures that are not shown, and a program that does not arrive in its variable.
"""

from __future__ import annotations

import math
import re
import subprocess
import sys
from typing import Any

import pytest

interactive = pytest.importorskip("IPython.core.interactiveshell")
from IPython.utils.capture import capture_output  # noqa: E402

import ionqdsl  # noqa: E402
from ionqdsl import notebook  # noqa: E402
from ionqdsl.diagnostics import IonqdslError  # noqa: E402

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


def test_shots_and_parameters(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "missing", lambda extra: ["ipywidgets"])
    with capture_output() as shown:
        shell.run_cell_magic("qc", "--shots 100 --seed 3", BELL)
        shell.run_cell_magic("qc", "", "param t\nqubit q\nrx(t) q\n")
    drawn = pictures(shown)
    assert len(drawn) == 3  # nothing is measured while a parameter is open
    assert "100 shots" in drawn[1]
    shares = [float(share) for share in re.findall(r">([\d.]+)%<", drawn[1])]
    assert sum(shares) == pytest.approx(100)
    assert shares != [50.0, 50.0]  # the counts, not the distribution


@pytest.mark.parametrize(
    ("line", "cell", "said"),
    [
        ("", "qubit q[2]\nhh q[0]\n", "error[QC0202]"),
        ("--shots many", BELL, "`many` is not a whole number"),
        ("--target arria", BELL, "arria"),
        ("'", BELL, "No closing quotation"),
        ("--blach", BELL, "did you mean `--bloch`?"),
        ("--noise forte", BELL, "did you mean `forte-1`?"),
        ("--shots -5", BELL, "`--shots` cannot be -5"),
        ("class", BELL, "`class` is not the name of a variable"),
        ("1st", BELL, "`1st` is not the name of a variable"),
        ("--set t=1 --set t=2", "param t\nqubit q\nrx(t) q\n", "gives `t` twice"),
        ("--noise foo", BELL, "aria-1"),
        ("--set t", "param t\nqubit q\nrx(t) q\n", "`--set` needs `NAME=VALUE`"),
        ("--set s=1", "param t\nqubit q\nrx(t) q\n", "has no parameter `s`"),
    ],
)
def test_errors_are_raised_without_tracebacks(shell: Any, line: str, cell: str, said: str) -> None:
    """*Run All* ends at a cell that fails; the message is the command's, without frames of the package."""
    with capture_output() as shown:
        done = shell.run_cell(f"%%qc {line}\n{cell}")
    assert isinstance(done.error_in_exec, IonqdslError)
    assert said in shown.stdout + shown.stderr
    assert not re.search("notebook|argparse", shown.stdout + shown.stderr)
    assert pictures(shown) == []


def test_programs_and_results_are_pictures(shell: Any) -> None:
    """All circuits of a program, and every register of a result, each under its name."""
    shell.run_cell("import ionqdsl as iq")
    formatter = shell.display_formatter.formatters["image/svg+xml"]
    program = shell.run_cell("iq.program('circuit a { qubit q; h q } circuit b { qubit q[2]; cnot q }')").result
    drawn = formatter(program)
    assert [drawn.count(text) for text in (">a</text>", ">b</text>", "<svg ")] == [1, 1, 3]
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


def test_results_have_a_name_and_parameters_a_value(shell: Any) -> None:
    with capture_output() as shown:
        shell.run_cell_magic("qc", "turn turned --set t=pi", "param t\nqubit q\nrx(t) q\n")
        shell.run_cell_magic("qc", "bell drawn --shots 50 --seed 1 --noise aria-1", BELL)
    assert len(pictures(shown)) == 4
    assert shell.user_ns["turned"].probabilities == pytest.approx({"1": 1.0})
    assert sum(shell.user_ns["drawn"].counts.values()) == 50
    assert shell.user_ns["turn"].runs[0].width == 1


def test_spheres_and_amplitudes_are_pictures(shell: Any) -> None:
    with capture_output() as shown:
        shell.run_cell_magic("qc", "--bloch --state", "qubit q[2]\nh q[0]\nz q[0]\ncnot q[0], q[1]\n")
    _, _, spheres, amplitudes = pictures(shown)
    assert "Bloch vectors of q[0], q[1]" in spheres
    assert re.findall(r">\|(\d+)⟩|∠ (\d+)°", amplitudes) == [("00", ""), ("", "0"), ("11", ""), ("", "180")]
    colours = re.findall(r"hsl\((\d+)", amplitudes)
    assert (int(colours[1]) - int(colours[0])) % 360 == 180  # opposite phases have opposite colours
    formatter = shell.display_formatter.formatters["image/svg+xml"]
    shell.run_cell("import ionqdsl as iq; c = iq.circuit('qubit q; h q')")
    for text in ("c.bloch()", "c.svg()", "c.amplitudes()"):
        assert formatter(shell.run_cell(text).result).startswith("<svg ")


def test_amplitudes_of_large_states_are_summed_up() -> None:
    circuit = ionqdsl.circuit("qubit q[6]; h q")
    text = circuit.amplitudes(most=4)
    assert text.count("<rect") == 4
    assert "60 more, 93.8% together" in text


def test_sliders_run_the_program_again(shell: Any) -> None:
    """A slider is `--set`: pictures and results follow it, also where the shape of the program depends on it."""
    widgets = pytest.importorskip("ipywidgets")
    from ionqdsl.notebook import cells, panel

    cell = cells.Cell("mine seen", "param t\nparam n = 2\nqubit q[n]\nrx(t) q[0]\n")
    box = panel.panel(cell, cell.program(), shell)
    angle, count, view = box.children
    assert isinstance(angle, widgets.FloatSlider)
    assert isinstance(count, widgets.IntSlider)
    assert (angle.min, angle.max) == pytest.approx((-math.pi, math.pi))
    assert angle.description == "t rad"
    angle.value = angle.max
    assert shell.user_ns["seen"].probabilities == pytest.approx({"10": 1.0})
    count.value = 3
    assert shell.user_ns["seen"].probabilities == pytest.approx({"100": 1.0})
    assert view.value.count("<svg ") == 2
    count.value = 0
    assert "error[QC" in view.value
    fixed = cells.Cell("--set n=2 --sliders", cell.text)
    assert len(panel.panel(fixed, fixed.program(), shell).children) == 2


def test_an_angle_of_one_is_no_count(shell: Any) -> None:
    """A parameter is a count if the shape of the program depends on it, and not because its value is whole."""
    widgets = pytest.importorskip("ipywidgets")
    from ionqdsl.notebook import cells, panel

    cell = cells.Cell("--sliders", "param t = 1\nparam n = 2\nqubit q[n]\nrx(t) q[0]\n")
    angle, count, _ = panel.panel(cell, cell.program(), shell).children
    assert isinstance(angle, widgets.FloatSlider)
    assert isinstance(count, widgets.IntSlider)


def test_an_error_at_the_first_values_is_raised(shell: Any) -> None:
    """Else *Run All* would go on, with the results of an earlier run."""
    pytest.importorskip("ipywidgets")
    shell.user_ns["seen"] = "earlier"
    with capture_output() as shown:
        done = shell.run_cell("%%qc p seen\nparam t\nqubit q[40]\nh q\nrx(t) q[0]\n")
    assert isinstance(done.error_in_exec, IonqdslError)
    assert "error[QC0659]" in shown.stdout + shown.stderr
    assert shell.user_ns["seen"] is None


def test_a_picture_is_a_label_in_a_console(shell: Any) -> None:
    """Not the source of the picture, which fills the screen."""
    formatter = shell.display_formatter.formatters["text/plain"]
    one, two = ionqdsl.circuit("qubit q; h q"), ionqdsl.circuit("qubit q[2]; h q[0]; cnot q[0], q[1]")
    assert formatter(one.svg()) == "<picture: main: 1 qubit, 1 gate>"
    assert formatter(two.svg()) == "<picture: main: 2 qubits, 2 gates>"
    assert formatter(two.bloch()) == "<picture: Bloch vectors of q[0], q[1]>"
    assert repr(one) == "<qis circuit 'main': 1 qubit, 1 gate>"


def test_help_is_shown_in_the_cell(shell: Any) -> None:
    with capture_output() as shown:
        shell.run_cell("%%qc --help\nqubit q\n")
    assert notebook.USAGE in shown.stdout


def test_the_advice_of_a_wrong_cell_can_be_followed(shell: Any) -> None:
    """`%%qc --help` alone is an empty cell, which IPython refuses before the magic sees it."""
    with capture_output() as shown:
        shell.run_cell("%%qc --shot 10\nqubit q\n")
    said = shown.stdout + shown.stderr
    (command,) = re.findall("`(.*)` lists the flags", said)
    with capture_output() as shown:
        assert shell.run_cell(command).success
    assert shown.stdout == notebook.USAGE + "\n"
    with capture_output() as shown:
        shell.run_cell("%qc qubit q; h q")
    assert "in the same cell" in shown.stdout + shown.stderr


def test_a_cell_of_tests_alone_is_sent_to_a_file(shell: Any) -> None:
    with capture_output() as shown:
        shell.run_cell('%%qc\ntest "t" { expect 1 == 1 }\n')
    assert "run with `ionqdsl test FILE`" in shown.stdout + shown.stderr


def test_a_cell_with_open_parameters_gets_sliders(shell: Any) -> None:
    pytest.importorskip("ipywidgets")
    with capture_output() as shown:
        shell.run_cell_magic("qc", "mine", "param t\nqubit q\nrx(t) q\n")
    (output,) = shown.outputs
    assert shell.user_ns["mine"].runs[0].parameters == ("t",)  # as written, whatever the slider says
    assert "application/vnd.jupyter.widget-view+json" in output.data


def test_progress_is_shown_in_notebooks_alone(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ipywidgets")
    from ionqdsl.python import progress

    assert not progress.is_notebook()  # the shell of a terminal
    made = []

    class Bar:
        def __init__(self, **options: Any) -> None:
            made.append((options, self))
            self.steps = 0

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: Any) -> None: ...

        def update(self) -> None:
            self.steps += 1

    circuits = [ionqdsl.Circuit(1).x(0)] * 3
    monkeypatch.setattr("tqdm.notebook.tqdm", Bar)
    ionqdsl.run(circuits, 10)
    assert made == []
    monkeypatch.setattr(shell, "kernel", None, raising=False)
    ionqdsl.run(circuits, 10)
    ((options, bar),) = made
    assert (options["total"], bar.steps) == (3, 3)
    assert options["delay"] > 0


def test_one_result_is_a_table_too() -> None:
    pytest.importorskip("pandas")
    table = ionqdsl.run(ionqdsl.circuit("qubit q[2]; x q[1]; register out = q[1]"), 5).to_pandas()
    assert table[["register", "outcome", "count"]].values.tolist() == [["", "01", 5], ["out", "1", 5]]
