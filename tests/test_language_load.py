"""`load`: data from JSON and CSV files, read while the program is compiled.

Would catch a number that loses digits, a file that is read from outside the program's folder, and a bad file that ends
in anything but an error at its place.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from meaning import judged

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.language.includes import open_includes
from ionqdsl.lsp import completion, navigation
from ionqdsl.lsp.worker import TASKS
from ionqdsl.lsp.workspace import Workspace
from ionqdsl.pipeline import load
from ionqdsl.playground.answers import answer


def source(folder: Path, text: str, **files: str) -> Source:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)
    return Source(text, str(folder / "main.qc"))


def codes(made: Source) -> list[str]:
    try:
        load(made)
    except CompileError as error:
        return [diagnostic.code for diagnostic in error.diagnostics if diagnostic.is_error]
    return []


GRAPH = '{"edges": [[0, 1], [1, 2]], "weight": 0.1, "name": "ring", "deep": {"n": 3}, "none": null}'


@pytest.mark.parametrize(
    "condition",
    [
        "g.weight == 1/10", 'g["name"] == "ring"', "g.deep.n == 3", "len(g) == 5", '"edges" in g', "not (4 in [3])",
        'len([k for k in g]) == 5', "g.none == null", "sum(a + b for a, b in g.edges) == 4", "g == g", "g != g.deep",
        't[0].x == 1 and t[1].label == "b" and t[1].x == 25/10', "len(t) == 2",
        "r[1][0] == 3 and r == [[1, 2], [3, 4]]",
    ],
)  # fmt: skip
def test_contents_are_values(tmp_path: Path, condition: str) -> None:
    text = 'const g = load("g.json")\nconst t = load("t.csv")\nconst r = load("r.csv")\nqubit q\n'
    text += f"if {condition} {{ x q }} else {{ y q }}\n"
    made = source(tmp_path, text, g_json=GRAPH, t_csv="x,label\n1,a\n2.5,b\n", r_csv="1,2\n3,4\n")
    assert [op.gate for op in load(made)[0].runs[0].rows] == ["x"]
    assert judged(made).kind == "same"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", "QC0331"), ("NaN", "QC0331"), ("[Infinity]", "QC0331"), ('{"a": 1, "a": 2}', "QC0331"), ("", "QC0331"),
        ("[" * 500 + "]" * 500, "QC0331"), ("1e999999", "QC0331"), ("9" * 5000, "QC0331"), ("[1e400]", "QC0331"),
        ('"\\ud800"', "QC0331"),
    ],
)  # fmt: skip
def test_bad_contents_are_refused(tmp_path: Path, content: str, code: str) -> None:
    made = source(tmp_path, 'const g = load("g.json")\nqubit q\nx q\n', g_json=content)
    assert codes(made) == [code]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ('load("no.json")', "QC0424"), ('load("../other.json")', "QC0425"), ('load("g.txt")', "QC0332"),
        ("load(3)", "QC0316"), ("load()", "QC0316"), ('load("")', "QC0424"), ('load("link.json")', "QC0425"),
        ('load("raw.json")', "QC0428"), ('load("odd.csv")', "QC0331"), ('load("g.json").wieght', "QC0330"),
        ('load("g.json")["no"]', "QC0330"), ('load("g.json")[0]', "QC0307"), ('load("g.json").name.x', "QC0307"),
    ],
)  # fmt: skip
def test_what_cannot_be_loaded(tmp_path: Path, call: str, code: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "other.json").write_text("1")
    (home / "link.json").symlink_to(tmp_path / "other.json")
    (home / "raw.json").write_bytes(b"\xff\xfe\x00")
    made = source(home, f"const g = {call}\nqubit q\nx q\n", g_json=GRAPH, odd_csv="1,2\n3\n")
    assert codes(made) == [code]


def test_values_from_outside_load_nothing(tmp_path: Path) -> None:
    made = source(tmp_path, "param t\nqubit q\nrx(t) q\n", g_json="1")
    with pytest.raises(CompileError) as raised:
        load(made, {"t": 'load("g.json")'})
    assert [one.code for one in raised.value.diagnostics] == ["QC0333"]


def test_a_file_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    """At its first place, also if circuits and files name it again; another fault is told too."""
    text = 'const a = load("g.json")\ncircuit c(t) { qubit q; rx(load("g.json").x) q; ry(a.y) q }\nrun c(1), c(2)\n'
    assert codes(source(tmp_path, text, g_json='{"x": 1,}')) == ["QC0331"]
    (tmp_path / "g.json").unlink()
    assert codes(source(tmp_path, text)) == ["QC0424"]
    more = text + 'const b = load("h.json")\nconst d = load()\nconst e = load()\n'
    assert codes(source(tmp_path, more, g_json="[", h_json="[")) == ["QC0331", "QC0331", "QC0316", "QC0316"]


def test_a_text_without_a_folder_loads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the page nor an unsaved text reads data from the folder in which the process happens to run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.json").write_text('{"n": 3}')
    text = 'const g = load("g.json")\nqubit q\nrx(g.n) q\n'
    (page,) = answer({"text": text})["diagnostics"]
    assert (page["code"], "ionqdsl playground FILE" in str(page)) == ("QC0241", True)
    (shown,) = TASKS["check"](Source(text, "main"), "untitled:main")
    assert (shown["code"], "save the text" in str(shown)) == ("QC0241", True)
    uri = (tmp_path / "main.qc").as_uri()
    assert not [one for one in TASKS["check"](Source(text, str(tmp_path / "main.qc")), uri) if one["severity"] == 1]
    (missing,) = open_includes(Source('const g = load("no.json")\n', "<stdin>"))[1]
    assert "the current folder" in missing.helps[0]


def test_the_editor_uses_data_as_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "g.json").write_text("[1]")
    (tmp_path / "lib.qc").write_text('const g = load("g.json")\n')
    files = Workspace()
    text = 'include "lib.qc"\nqubit q\nrx(g[0]) q\nconst h = load("g.json")\nassert len(load("g.json")) == 2\n'
    main = files.open(text, (tmp_path / "main.qc").as_uri())
    data = files.open("[2, 3]", (tmp_path / "g.json").as_uri())
    assert files.includers(data.path) == [main]
    source = Source(text, main.name, 0, files.beside(main))
    program, _ = load(source)
    assert program.runs[0].rows[0].angles[0].in_radians() == 2
    found = navigation.definition(main, text.index("g.json") + 2, files)
    assert found is not None
    assert found["uri"] == data.uri
    typed = files.open('const h = load("', (tmp_path / "other.qc").as_uri())
    assert [item["label"] for item in completion.completions(typed, len(typed.text))] == ["g.json"]
