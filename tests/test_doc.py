"""The reference of programs: its text about definitions, its links, and its refusals.

Checked by hand-made comments and signatures, by Fourier's formula, by programs that use a gate as documented, and by
GitHub's rules for anchors. Would catch a comment on the wrong entry, a promise of a modifier that the compiler refuses,
costs of a gate that hold only at the beginning of a program, dead links, and text that becomes markup.
"""

from __future__ import annotations

import cmath
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from commands import folder  # noqa: F401 - a fixture is used by being here
from hypothesis import given
from programs import programs

from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.describe.reference.entries import Entry
from ionqdsl.describe.reference.links import Links
from ionqdsl.describe.reference.markdown import markdown
from ionqdsl.describe.reference.reading import chapters
from ionqdsl.describe.reference.sayings import blocks
from ionqdsl.describe.reference.webpage import webpage
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source

ROOT = Path(__file__).parent.parent
LIBRARY = """\
# A library of <b>gates</b> & more: `rzx` and 2*J*step.

## Half a turn.
const half = 180deg
const pairs = [[i, i + 1] for i in range(2)]  # neighbours
param theta, phi = 0.3

## A rotation about ZX, as in `rzx(half) a, b`.
gate rzx(theta, k = 2) c, x { h x; zz(k*theta) c, x; h x }
gate pulse(f, time = 1) a { native { gpi2(f) a } rz(half) a }
gate loop(n) a { for i in range(n) { x a } }
gate both(half) a, b { cnot a, b; rx(half) a }
gate turned(lambda) control, target { cnot control, target; rz(lambda) target }

circuit use(n = 2) {
  qubit q[n], z  # the qubits
  register out = q
  rzx(theta) q
}
circuit grow(n) { qubit q[2]; h q; for i in range(n) { cnot q } }
"""


def entries(text: str) -> dict[str, Entry]:
    found, errors = chapters([Source(text, "lib.qc")])
    assert errors == []
    return {entry.name: entry for entry in found[0].entries}


def test_comments_and_signatures() -> None:
    found = entries(LIBRARY)
    assert list(found) == ["half", "pairs", "theta", "phi", "rzx", "pulse", "loop", "both", "turned", "use", "grow"]
    assert {name: entry.comment for name, entry in found.items() if entry.comment} == {
        "half": "Half a turn.",
        "pairs": "neighbours",
        "rzx": "A rotation about ZX, as in `rzx(half) a, b`.",
    }
    assert found["use"].declaration == "circuit use(n = 2)"
    assert [(part.names, part.comment) for part in found["use"].parts] == [(("q", "z"), "the qubits"), (("out",), "")]
    assert found["phi"].line == 6
    assert found["half"].value == "0.5turn = 3.14159rad = 180deg"
    assert found["pairs"].value == "2 values: [0, 1], [1, 2]"


def test_units_are_those_a_plain_number_has() -> None:
    found = entries(LIBRARY)
    units = {(name, p.name): p.unit for name, entry in found.items() for p in entry.parameters}
    assert units == {
        ("rzx", "theta"): "radians",
        ("rzx", "k"): "",  # a factor
        ("pulse", "f"): "turns",
        ("pulse", "time"): "",  # unused
        ("loop", "n"): "",
        ("both", "half"): "radians",
        ("turned", "lambda"): "radians",
        ("use", "n"): "",
        ("grow", "n"): "",
    }
    assert found["theta"].unit == "radians"


def test_uses_do_not_count_names_of_their_own() -> None:
    found = entries(LIBRARY)
    assert found["pulse"].uses == ("half",)
    assert found["both"].uses == ()  # its `half` is a parameter
    assert found["use"].uses == ("rzx", "theta")


CALLS = {"ctrl": "ctrl @ {0} control, {1}", "inv": "inv @ {0} {1}", "pow(2)": "pow(2) @ {0} {1}"}


@pytest.mark.parametrize("modifier", [*CALLS, "pow(1/2)"])
def test_modifiers_are_those_the_compiler_takes(modifier: str) -> None:
    """Judged by programs that use the gate so."""
    gates = LIBRARY.partition("circuit")[0]
    for name, entry in entries(LIBRARY).items():
        if entry.kind != "gate":
            continue
        qubits = ", ".join(entry.operands)
        call = "loop(1)" if name == "loop" else f"{name}(0.3)"
        form = CALLS.get(modifier, f"{modifier} @ {{0}} {{1}}")
        first = "first" if "control" in qubits else "control"
        text = f"{gates}qubit {first}, {qubits}\n{form.replace('control', first).format(call, qubits)}\n"
        try:
            stages.load(Source(text))
        except CompileError:
            assert modifier not in entry.modifiers
        else:
            assert modifier in entry.modifiers


def test_the_matrix_is_the_gate_s() -> None:
    found = chapters([stages.read(str(ROOT / "examples" / "lib" / "fourier.qc"))])[0][0]
    (fourier,) = (entry for entry in found.entries if entry.name == "qft3")
    assert fourier.matrix is not None
    for row, cells in enumerate(fourier.matrix):
        for column, (real, imaginary) in enumerate(cells):
            assert complex(real, imaginary) == pytest.approx(cmath.exp(2j * cmath.pi * row * column / 8) / 8**0.5)
    (wave,) = (entry for entry in found.entries if entry.name == "wave")
    assert wave.sample == "wave(1)"
    assert [complex(*row[k]) for k, row in enumerate(wave.matrix or [])] == pytest.approx(
        [cmath.exp(2j * cmath.pi * k / 8) for k in range(8)]
    )


def test_costs_of_a_gate_hold_wherever_it_stands() -> None:
    """From |00> a `cnot` would cost nothing. Circuits cost as their lens says; one that grows, as it first runs."""
    assert {e for e, _ in entries(LIBRARY)["both"].costs.values()} == {1}
    assert entries(LIBRARY)["grow"].costs == {}
    grown = entries(LIBRARY + "run grow(3), grow(2)\n")["grow"]
    assert grown.counted == "grow(3)"
    assert {e for e, _ in grown.costs.values()} == {1}


def test_bare_statements_are_a_circuit_named_after_the_file() -> None:
    text = "# A pair.\nqubit q[2]\nh q[0]\ncnot q\n"
    found, _ = chapters([Source(text, "bell.qc")])
    (entry,) = found[0].entries
    assert (found[0].comment, entry.kind, entry.name, entry.line, entry.qubits) == ("A pair.", "circuit", "bell", 2, 2)


def test_comments_are_paragraphs_code_and_lists() -> None:
    assert list(blocks("One\ntwo.\n\n  x q\n    y\n\nThen:\n- a\n  b\n- c")) == [
        ("paragraph", ["One", "two."]),
        ("code", ["x q", "  y"]),
        ("paragraph", ["Then:"]),
        ("list", ["a b", "c"]),
    ]


@given(programs())
def test_any_program_has_a_reference(text: str) -> None:
    """Whole, with every definition, and a page that can be read."""
    found, errors = chapters([Source(text, "any.qc")])
    assert errors == []
    defined = re.findall(r"^(?:gate|circuit|const|hamiltonian) (\w+)", text, re.MULTILINE)
    assert {entry.name for entry in found[0].entries} >= set(defined)
    assert markdown(found)
    Ids().feed(webpage(found))


# --- written down ----------------------------------------------------------------------------------------------------


def github_slug(heading: str, taken: list[str]) -> str:
    """GitHub's anchor for a heading, from its own description: lower case, no punctuation, blanks as hyphens."""
    text = re.sub(r"[^\w\- ]", "", re.sub(r"\\(.)", r"\1", heading).lower()).replace(" ", "-")
    taken.append(text)
    return text if taken.count(text) == 1 else f"{text}-{taken.count(text) - 1}"


def test_markdown_links_lead_to_headings() -> None:
    sources = [stages.read(str(path)) for path in sorted((ROOT / "examples").rglob("*.qc"))]
    text = markdown(chapters([*sources, Source(LIBRARY, "lib.qc")])[0])
    outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    taken: list[str] = []
    anchors = {github_slug(heading, taken) for heading in re.findall(r"^#+ (.*)", outside, re.MULTILINE)}
    links = set(re.findall(r"\]\(#([^)]*)\)", outside))
    assert links <= anchors
    assert "gate-rzx" in links
    assert "constant-n-1" in links  # two examples have an `n`
    assert r"A library of \<b>gates\</b> & more: [`rzx`](#gate-rzx) and 2\*J\*step." in outside


class Ids(HTMLParser):
    """The ids and the links of a page, and whether anything comes from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_the_page_stands_alone_and_its_links_lead_somewhere() -> None:
    found, _ = chapters([Source(LIBRARY, "a<b.qc"), stages.read(str(ROOT / "examples" / "vqe.qc"))])
    page = Ids()
    page.feed(text := webpage(found))
    assert len(set(page.ids)) == len(page.ids)
    assert all(link[0] == "#" and link[1:] in page.ids for link in page.links)
    assert len(page.links) > 20
    assert not page.tags & {"script", "link", "b", "img"}
    assert "zz(k*theta) c, x" in text  # `theta` is the gate's own here, and no link
    assert '<a href="#constant-half">half</a>) a, b' in text


def test_names_are_looked_for_as_the_compiler_does(tmp_path: Path) -> None:
    """In the file, then in its included files, never in another file that happens to be there."""
    (tmp_path / "one.qc").write_text("const n = 1\n")
    (tmp_path / "two.qc").write_text('include "one.qc"\n')
    (tmp_path / "main.qc").write_text('include "two.qc"\nqubit q[n]\nh q\n')
    (tmp_path / "other.qc").write_text("const m = 1\n")
    names = ("main.qc", "one.qc", "other.qc", "two.qc")
    found, _ = chapters([stages.read(str(tmp_path / name)) for name in names])
    links = Links(found)
    main_file, one, _, two = found
    assert links.of_name(main_file, "n") == "constant-n"
    assert links.of_name(main_file, "m") == ""
    assert (one.included_by, two.includes, two.included_by) == ((two.file,), (one.file,), (main_file.file,))


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    Path("lib").mkdir()
    Path("lib/lib.qc").write_text(LIBRARY)
    assert main(["doc", "lib", "bell.qc", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    library, bell = answer["files"]
    assert (library["file"], bell["file"]) == ("lib/lib.qc", "bell.qc")
    assert library["entries"][4]["parameters"] == [
        {"name": "theta", "default": "", "unit": "radians"},
        {"name": "k", "default": "2", "unit": ""},
    ]
    assert bell["entries"][0]["costs"]["forte"]["two_qubit_gates"] == 1
    assert main(["doc", "lib", "-o", "out.html"]) == 0
    assert Path("out.html").read_text().startswith("<!doctype html>")
    assert main(["doc", "lib", "-o", "out.md"]) == 0
    assert Path("out.md").read_text().startswith("# lib/lib.qc\n")


def test_errors_are_all_told_and_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    Path("worse.qc").write_text("qubit q\nyy q\n")
    assert main(["doc", "bad.qc", "bell.qc", "worse.qc", "-o", "out.md"]) == 1
    assert not Path("out.md").exists()
    err = capsys.readouterr().err
    assert "bad.qc:2:10" in err
    assert "worse.qc:2" in err


def test_a_program_is_not_overwritten() -> None:
    before = Path("bell.qc").read_text()
    assert main(["doc", "bell.qc", "-o", "./bell.qc"]) == 2
    assert Path("bell.qc").read_text() == before


def test_an_empty_file_and_a_missing_one(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.qc").write_text("# Nothing yet.\n")
    assert main(["doc", "empty.qc"]) == 0
    assert capsys.readouterr().out == "# empty.qc\n\nNothing yet.\n"
    assert main(["doc", "missing.qc"]) == 2
