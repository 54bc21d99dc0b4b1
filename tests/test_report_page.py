"""The page about a program is self-contained and complete, and a real browser shows it.

Would catch a reference to another address, text that becomes markup, a lost section, and drawings that a browser does
not draw.
"""

from __future__ import annotations

import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ionqdsl.cli import main, report
from ionqdsl.emit.bloch import bloch
from ionqdsl.emit.sweeps import sweeps

PROGRAM = """# <script>alert(1)</script> & co
param theta
qubit q[3]
h q
cnot q[0], q[1]; cnot q[0], q[1]
ctrl @ rz(theta) q[1], q[2]
register c = q[0], q[2]
"""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Outline(HTMLParser):
    """Tags that are open, headings, and every address."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.headings: list[str] = []
        self.addresses: list[str] = []
        self.boxes: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.boxes += [dict(attrs) for name, value in attrs if (name, value) == ("class", "scroll")]
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "data", "action")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("h1", "h2"):
            self.headings.append(data)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    program, output = tmp_path / "a & b.qc", tmp_path / "out.html"
    program.write_text(PROGRAM)
    assert main(["report", str(program), "-o", str(output), "--set", "theta=0.3", "--target", "forte", "-q"]) == 0
    return output


def test_the_page_stands_alone(page: Path) -> None:
    text = page.read_text()
    outline = Outline()
    outline.feed(text)
    assert outline.open == []
    assert outline.addresses == []
    assert "script" not in outline.tags
    assert outline.tags.count("svg") == 4  # before, after, the outcomes, each qubit by itself
    assert outline.headings == ["a & b.qc", "Program", "Circuit a & b", "Job"]
    assert [outline.tags.count(landmark) for landmark in ("header", "main")] == [1, 1]
    assert all(box["tabindex"] == "0" and box["aria-label"] for box in outline.boxes)
    assert len(outline.boxes) == 5  # the pictures, and the table of passes
    assert "url(" not in text
    assert "@import" not in text


def test_parameters_without_values(tmp_path: Path) -> None:
    """Nothing to measure and no job yet: the page says so."""
    (tmp_path / "open.qc").write_text(PROGRAM)
    assert main(["report", str(tmp_path / "open.qc"), "-o", str(tmp_path / "o.html"), "-q"]) == 0
    text = (tmp_path / "o.html").read_text()
    assert "QC0725" in text
    assert "ideal machine" not in text


def test_an_energy_shows_its_ansatz(tmp_path: Path) -> None:
    example = Path(__file__).parent.parent / "examples" / "vqe.qc"
    assert main(["report", str(example), "-o", str(tmp_path / "o.html"), "-q"]) == 0
    text = (tmp_path / "o.html").read_text()
    assert "Ansatz ansatz" in text
    assert "Rz(theta)" in text
    assert "an energy" in text
    assert "-1.14559589, on an ideal machine" in text


def test_a_sweep_is_a_curve_for_each_outcome(tmp_path: Path) -> None:
    (tmp_path / "ramp.qc").write_text("param theta\nqubit q\nry(theta) q\n")
    line = ["report", str(tmp_path / "ramp.qc"), "-o", str(tmp_path / "o.html"), "--sweep", "theta=linspace(0, pi, 5)"]
    assert main([*line, "-q"]) == 0
    text = (tmp_path / "o.html").read_text()
    assert "<h2>Sweep</h2>" in text
    assert 'aria-label="probability by theta: 0, 1"' in text
    # cos(pi/8)**2 and sin(pi/8)**2
    assert "<title>0, theta 0.785398: 0.853553</title>" in text
    assert "<title>1, theta 0.785398: 0.146447</title>" in text
    assert text.count("<summary>Pictures and results</summary>") == 4  # of five circuits


def test_a_sweep_of_energies_is_a_curve(tmp_path: Path) -> None:
    example = Path(__file__).parent.parent / "examples" / "h2.qc"
    line = ["report", str(example), "-o", str(tmp_path / "o.html"), "--sweep", "theta=[2.5,3,3.5]", "-q"]
    assert main(line) == 0
    assert 'aria-label="energy by theta"' in (tmp_path / "o.html").read_text()


@pytest.mark.parametrize(
    ("measurements", "gate", "is_shown"), [(4, "h", True), (16, "h", False), (7, "ry(1)", False), (40, "x", True)]
)
def test_outcomes_that_nobody_could_read_are_not_listed(
    measurements: int, gate: str, is_shown: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each measurement may double the outcomes; those that repeat known outcomes do not."""
    monkeypatch.setattr(report, "MOST_QUBITS", 6)
    path, output = tmp_path / "a.qc", tmp_path / "a.html"
    path.write_text(
        f"qubit q\nregister m[{measurements}]\nfor i in range({measurements}) {{ {gate} q; m[i] = measure q }}\n"
    )
    assert main(["report", str(path), "-o", str(output)]) == 0
    assert ("<figcaption>register m</figcaption>" in output.read_text(encoding="utf-8")) == is_shown


def test_calls_with_one_argument_each_are_a_sweep(tmp_path: Path) -> None:
    (tmp_path / "f.qc").write_text(
        "circuit f(t) { qubit q; h q; rz(t) q; h q }\nrun f(t) for t in linspace(0deg, 90deg, 4)\n"
    )
    assert main(["report", str(tmp_path / "f.qc"), "-o", str(tmp_path / "o.html"), "-q"]) == 0
    text = (tmp_path / "o.html").read_text()
    assert 'aria-label="probability by argument of f, deg: 0, 1"' in text
    assert "<title>0, argument of f, deg 60: 0.75</title>" in text  # cos(30deg)**2
    assert [ramp.start for ramp in sweeps(["g(1, 2)", "g(2, 1)", "g(3, 0)", "a(1)", "a(2)", "b(3)"])] == []
    assert sweeps(["g(2, 1)", "g(2, 3)", "g(2, 5)"])[0].rest == "g(2, …)"


MEASURED = """qubit q[2]
h q[0]
register a = measure q[0]
if a { x q[1] }
test "fair" for k in range(2) { qubit p; if k == 1 { x p }; expect prob("1") == k }
test "wrong" { qubit p; expect prob("0") == 0.5 }
"""


def test_a_program_that_does_not_compile_has_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the reason, the circuit as written, its registers, and the outcomes of its tests."""
    (tmp_path / "m.qc").write_text(MEASURED)
    line = ["report", str(tmp_path / "m.qc"), "-o", str(tmp_path / "o.html")]
    assert main([*line, "--target", "forte"]) == 1
    assert "QC0297" in capsys.readouterr().err
    outline = Outline()
    outline.feed(text := (tmp_path / "o.html").read_text())
    assert outline.headings == ["m.qc", "Program", "Tests", "Not compiled", "Circuit m"]
    assert "<td>fair, k = 1</td><td>passed</td>" in text
    assert "prob(&quot;0&quot;) is 1, but 0.5 is expected" in text
    assert "<figcaption>register a</figcaption>" in text
    assert main([*line, "--target", "forte", "--defer"]) == 0
    assert "compiled for forte" in (tmp_path / "o.html").read_text()


def test_names_under_spheres_are_whole() -> None:
    """A monospaced bold letter is at most 7.8 pixels wide in the fonts that the style names."""
    long = "phi_that_is_longer_than_usual"
    picture = ElementTree.fromstring(bloch([(0, 0, 1)] * 2, [long, "q"], 480))
    names = [one for one in picture.iter() if one.get("class") == "bold"]
    assert [one.text for one in names] == [long, "q"]
    assert float(names[0].get("x", "0")) >= len(long) * 7.8 / 2
    assert float(names[1].get("y", "0")) > float(names[0].get("y", "0"))  # below it: there is no room next to it


def test_the_program_has_its_colours(page: Path) -> None:
    assert '<span class="gate">cnot</span> q[<span class="number">0</span>]' in page.read_text()


def test_a_long_program_is_shown_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch a page of a million lines, which no browser shows, and a request body as long."""
    monkeypatch.setattr(report, "MOST_LINES", 3)
    monkeypatch.setattr(report, "MOST_BYTES", 100)
    (tmp_path / "long.qc").write_text("qubit q[2]\n" + "h q[0]\n" * 2 + "cx q[0], q[1]\n" * 5)
    assert main(["report", str(tmp_path / "long.qc"), "-o", str(tmp_path / "o.html"), "-q"]) == 0
    text = (tmp_path / "o.html").read_text()
    assert text.count('<span class="n">') == 3
    assert "… and 5 lines more" in text
    assert "bytes: ionqdsl compile writes it" in text
    assert "Request body" not in text


def test_the_program_is_not_overwritten(tmp_path: Path) -> None:
    program = tmp_path / "p.qc"
    program.write_text(PROGRAM)
    assert main(["report", str(program), "-o", str(program), "--set", "theta=1"]) == 2
    assert program.read_text() == PROGRAM


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_in_a_browser(page: Path, tmp_path: Path) -> None:
    """The browser's own tree: gates are drawn, and the program's markup is text."""
    assert CHROMIUM is not None
    line = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}/profile",
        "--dump-dom",
    ]
    shown = subprocess.run([*line, page.as_uri()], capture_output=True, text=True, timeout=60, check=True).stdout
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script" not in shown
    assert shown.count('<g class="gate') > 8


def test_nothing_is_wider_than_a_phone(page: Path) -> None:
    """Names of files break, pictures and tables are scrolled by themselves."""
    sync = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium here")
    with sync.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 360, "height": 800})
        shown.goto(page.as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth") <= 360
        browser.close()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("qubit q[17]\nh q\n", "more than 65,536 outcomes are left to ionqdsl run"),
        ("param t\nqubit q\nrx(t) q\n", "not every parameter has a value"),
        ("qubit q[16]\nx q\n", ""),
        (
            "param t\ncircuit a { qubit q[17]; rx(t) q }\nhamiltonian z = Z[0]\n"
            "energy { hamiltonian = z; ansatz = a; params = [0.1] }\n",
            "energies of more than 16 qubits are left to ionqdsl run",
        ),
        (
            "param t\ncircuit a { qubit q; rx(t) q }\nhamiltonian z = Z[0]\nenergy { hamiltonian = z; ansatz = a }\n",
            "the ansatz has 1 parameter",
        ),
    ],
)
def test_results_that_are_left_out_are_told(
    text: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page never lacks a histogram or an energy without the reason."""
    monkeypatch.chdir(tmp_path)
    Path("a.qc").write_text(text)
    main(["report", "a.qc", "--target", "forte"])
    said = Path("report.html").read_text()
    assert ("no results here" in said) == bool(reason)
    assert reason in said
