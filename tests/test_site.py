"""The parts of the site that need no mkdocs: links, the live example, the plots, and the list of pages.

Would catch a page that no list of the site has, a link of docs/ that is lost or led astray, a dead link that is not
noticed, a program that the playground would not get whole, and wrong figures in a plot or in the live example.
"""

from __future__ import annotations

import cmath
import math
import re
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from ionqdsl.describe import handbook
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.ir.gates import GATES
from ionqdsl.language.library import standard_definitions

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT))

from website import gates, library, links, listings, live, pages, plots  # noqa: E402


def test_every_page_of_docs_is_listed_once() -> None:
    listed = re.findall(r"(?:- |: )([\w/-]+\.md)$", (ROOT / "website" / "mkdocs.yml").read_text(), re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} <= set(listed)
    files = {f"library/{path.stem}.md" for path in (ROOT / "grammar" / "std").glob("*.qc")}
    assert files == {page for page in listed if page.startswith("library/")}


@pytest.mark.parametrize(
    ("page", "target", "place"),
    [
        ("jobs.md", "results.md#formats", "results.md#formats"),
        ("lint.md", "errors.md#qc1001", "errors/QC1001.md"),
        ("errors/QC1001.md", "errors.md", "errors.md"),
        ("tutorial.md", "../examples/programs/", "examples.md"),
        ("vqe.md", "../examples/programs/h2_energy.qc", "examples/programs/h2_energy.md"),
        ("index.md", "../CHANGELOG.md", "changelog.md"),
        ("architecture.md", "../ionqdsl/pipeline.py", None),
        ("index.md", "chain.svg", "chain.svg"),
    ],
)
def test_links_of_docs_lead_to_pages_of_the_site(page: str, target: str, place: str | None) -> None:
    if page.startswith("errors/"):
        assert links.destination(f"../{target}", page) == f"../{place}"
    else:
        assert links.destination(target, page) == place


def test_only_links_in_prose_are_changed() -> None:
    text = "[the `a`](../tests/x.py), [b](https://x.y), ![c](c.svg)\n\n```md\n[d](../tests/x.py)\n```\n[e](#here)\n"
    assert links.moved(text, "a.md") == text.replace("[the `a`](../tests/x.py)", "the `a`")
    assert links.moved("[docs/jobs.md](docs/jobs.md#x)", "", folder="") == "[Jobs](jobs.md#x)"
    assert links.moved("[changes](CHANGELOG.md), [docs](docs/jobs.md#x)", "", folder="") == (
        "[changes](changelog.md), [docs](jobs.md#x)"
    )


def test_dead_links_are_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "index.html").write_text('<h2 id="x&amp;y">x</h2><a href="../b/">b</a><a href=#x%26y>x</a>')
    (tmp_path / "b" / "index.html").write_text('<a href="../a/#x&amp;y">a</a><code>href="nowhere"</code>')
    links.check(tmp_path)
    (tmp_path / "b" / "index.html").write_text('<a href="../a/#z">a</a><img src="no.svg"><a href="http://x.y/z">')
    links._read.cache_clear()
    links._page_of.cache_clear()
    with pytest.raises(SystemExit) as raised:
        links.check(tmp_path)
    assert str(raised.value).split("\n")[1:] == [
        "b/index.html: ../a/#z: no such anchor",
        "b/index.html: no.svg: no such file",
    ]


def test_links_carry_whole_programs() -> None:
    """JavaScript's decodeURIComponent reads the program."""
    text = "# 100% φ & more\nqubit q[2]; rx(-pi/2) q[0]\n"
    assert re.fullmatch(r"[A-Za-z0-9%!'()*~._-]*", listings.coded(text))
    assert unquote(listings.coded(text)) == text
    listings.depth_of("errors/QC0203/")
    assert 'href="../../playground/#code=qubit%20q"' in listings.shown("qubit q")
    assert "href" not in listings.shown("qubit q", is_whole=False)


def test_the_live_example_shows_what_the_circuit_gives() -> None:
    """For one layer on a chain: Z. Wang et al., Phys. Rev. A 97, 022304 (2018), theorem 1; one end has degree 1."""
    page = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    (program,) = live.MARKED.findall(page)
    gammas, betas = (knob.degrees() for knob in live.KNOBS)
    table = live.distributions(program)
    assert len(table) == len(gammas) * len(betas)
    for number, row in enumerate(table):
        gamma, beta = math.radians(gammas[number // len(betas)]), math.radians(betas[number % len(betas)])
        mean = 1 + math.sin(4 * beta) * math.sin(2 * gamma) * (1 + math.cos(2 * gamma)) / 2
        differ = sum(share * ((key ^ key >> 1) & 3).bit_count() for key, share in enumerate(row)) / 1000
        assert differ == pytest.approx(mean, abs=0.01)
    assert 'data-name="gamma">30deg' in live.added(page)


def test_gates_have_pictures_and_matrices() -> None:
    """Each matrix as written on the page is that of the gate, read back number by number."""
    page = gates.page()
    names = {gate.name for gate in GATES.values()} | {name for name in standard_definitions() if name[0] != "_"}
    assert names == {heading.split(" ")[0] for heading in re.findall(r"^### (.+)$", page, re.MULTILINE)}
    entries = re.split(r"^### ", page, flags=re.MULTILINE)[1:]
    for entry in entries:
        name, native = entry.split("\n")[0].split(" ")[0], " (native)" in entry.split("\n")[0]
        facts = next(one for one in handbook.facts_of(name) if not native or one["gateset"] == "native")
        if facts["matrix"] is None:
            continue
        assert "<svg" in entry
        cells = re.findall(r"<td>(.*?)</td>", entry)
        expected = [complex(*number) for row in facts["matrix"] for number in row]
        assert [number(cell) for cell in cells] == pytest.approx(expected, abs=1e-3), name


def number(cell: str) -> complex:
    """The value of an entry such as `i/√2`, `e<sup>iπ/4</sup>` or `0.92+0.38i`."""
    text = cell.replace("\N{MINUS SIGN}", "-")
    if match := re.fullmatch(r"e<sup>(-?)i(3?)π/4</sup>", text):
        return cmath.exp(1j * math.pi / 4 * int(f"{match[1]}{match[2] or 1}"))
    text = re.sub(r"<.*?>", "", text).replace("√2", "2**0.5")
    return complex(eval(re.sub(r"(?<![\d.])i", "1j", text).replace("i", "j")))


def test_the_library_has_examples_that_run() -> None:
    page = library._page(ROOT / "grammar" / "std" / "states.qc")
    assert "## _" not in page  # the library's own parts stay folded away
    assert "## ghz { #gate-ghz }" in page
    examples = re.findall(r"^```qc\n(.*?)```", page, re.MULTILINE | re.DOTALL)
    assert 'include "std/states.qc"\nqubit q[5]\nghz q\n' in examples
    assert [library.load(library.Source(text))[0].runs[0].width > 0 for text in examples] == [True] * page.count(
        "\n## "
    )
    assert "| [`ghz`](library/states.md#gate-ghz) |" in library._index()


def test_errors_are_listed_by_an_example() -> None:
    assert pages._said(CODES["QC0203"]) == "gate `rx` takes 1 qubit, but 2 were given"
    assert "…" in pages._said(CODES["QC0801"])  # no program provokes it: it is about the service


def test_long_tables_are_folded() -> None:
    row = "| a | b |\n"
    assert plots.folded(f"x\n\n{row * 26}\ny\n") == f"x\n\n{row * 26}\ny\n"
    assert plots.folded(f"x\n\n{row * 27}\ny\n").startswith('x\n\n??? quote "All 25 rows"\n\n    | a | b |\n')


def test_plots_show_the_figures_of_their_tables() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    shown = plots.added(page)
    assert shown.count("<figure") == 3
    assert re.sub(r"<figure.*?</figure>\n\n", "", shown, flags=re.DOTALL) == page
    row = next(re.finditer(r"^\| `-O2` \| `unitary` \| open \| \d+ \| (\S+) \|", page, re.MULTILINE))
    assert f"unitary -O2, open, two-qubit gates: {float(row[1]):g}<" in shown
    ours, theirs = next(re.finditer(r"^\| grover_5 \| (\d+) / (\d+) \|", page, re.MULTILINE)).groups()
    assert f"grover_5: ours {ours}, best of the others {theirs}<" in shown
    with pytest.raises(SystemExit, match="there is no table"):
        plots.added("# Benchmarks\n")
