"""The language server's answers about programs of several files: open ones as shown, others as saved.

Checked by the compiler: the files after a renaming must make the same gates as before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.lsp import completion, hover, navigation, outline, renaming
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import edited
from ionqdsl.lsp.workspace import Workspace

FILES = {
    "main.qc": (
        'include "lib/gates.qc"\nconst n = 2\nparam theta = 0.3\ngate own(x) a { flip(x) a; ry(half * x) a }\n'
        "qubit q[n]\nown(theta) q\nflip(angle = half) q[0]\n"
    ),
    "second.qc": 'include "lib/gates.qc"\nqubit r\nflip(base) r\n',
    "lib/gates.qc": 'include "base.qc"\nconst half = base / 2\ngate flip(angle) a { rx(angle * base) a }\n',
    "lib/base.qc": "const base = 0.25\n",
    "stranger.qc": "const half = 3\nconst base = 4\nqubit q\nrx(half * base) q\n",
}
MAINS = ("main.qc", "second.qc", "stranger.qc")


class Folder:
    """Files on the disk, some of them open in an editor."""

    def __init__(self, folder: Path, files: dict[str, str], opened: tuple[str, ...] = ()) -> None:
        self.folder, self.workspace = folder, Workspace()
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        for name in opened:
            self.workspace.open(files[name], self.uri(name))

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def at(self, name: str, text: str) -> tuple[Document, int]:
        """The document of a file and the offset of a text in it."""
        document = self.workspace.find(str((self.folder / name).resolve()))
        assert document is not None
        return document, document.text.index(text)

    def texts(self, change: dict[str, Any] | None = None) -> dict[str, str]:
        """The texts as they are shown, after the edits of a renaming."""
        found = {}
        for path in sorted(self.folder.rglob("*.qc")):
            document = self.workspace.find(str(path.resolve()))
            assert document is not None
            edits = (change or {"changes": {}})["changes"].get(path.as_uri(), [])
            changes = [{"range": one["range"], "text": one["newText"]} for one in reversed(edits)]
            found[str(path.relative_to(self.folder))] = edited(document.text, changes)
        return found

    def rows(self, texts: dict[str, str]) -> list[Any]:
        """The rows of each main file; its errors where it has some."""
        beside = {str((self.folder / name).resolve()): text for name, text in texts.items()}
        return [_rows(Source(texts[name], str(self.folder / name), 0, beside)) for name in MAINS if name in texts]


def _rows(source: Source) -> Any:
    try:
        return [(circuit.width, circuit.rows) for circuit in stages.load(source)[0].runs]
    except CompileError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]


def refused(folder: Folder, name: str, text: str, new: str) -> Any:
    with pytest.raises(CompileError) as caught:
        renaming.rename(*folder.at(name, text), new, folder.workspace)
    return caught.value.diagnostics[0]


def test_names_of_included_files_lead_there(tmp_path: Path) -> None:
    folder = Folder(tmp_path, FILES, ("main.qc",))
    document, at = folder.at("main.qc", "flip(x)")
    found = navigation.definition(document, at, folder.workspace)
    assert found == {"uri": folder.uri("lib/gates.qc"), "range": place(2, 5, 9)}
    file = navigation.definition(document, 3, folder.workspace)
    assert file is not None
    assert file["uri"] == folder.uri("lib/gates.qc")
    shown = hover.hover(document, document.text.index("half"))
    assert shown is not None
    assert "`0.125`" in shown["contents"]["value"]
    labels = [item["label"] for item in completion.completions(document, len(document.text))]
    assert "flip" in labels


def place(line: int, start: int, end: int) -> dict[str, Any]:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def test_references_are_found_in_every_file(tmp_path: Path) -> None:
    """From each of the places that mean the same; other names that are spelt alike are left out."""
    folder = Folder(tmp_path, FILES, ("main.qc",))
    wanted = {
        (folder.uri("lib/base.qc"), 0),
        (folder.uri("lib/gates.qc"), 1),
        (folder.uri("lib/gates.qc"), 2),
        (folder.uri("second.qc"), 2),
    }
    for name in ("lib/base.qc", "lib/gates.qc", "second.qc"):
        document, at = folder.at(name, "base" if name != "lib/gates.qc" else "base /")
        found = navigation.references(document, at, folder.workspace)
        assert {(one["uri"], one["range"]["start"]["line"]) for one in found} == wanted
        assert found[0]["uri"] == document.uri  # this file first
        assert len(navigation.references(document, at, folder.workspace, declaration=False)) == 3
    document, at = folder.at("stranger.qc", "base")
    assert {one["uri"] for one in navigation.references(document, at, folder.workspace)} == {document.uri}


@pytest.mark.parametrize("opened", [(), ("main.qc",), tuple(FILES)], ids=["closed", "one open", "all open"])
@pytest.mark.parametrize(
    ("name", "text", "files"),
    [
        ("lib/base.qc", "base", 3),
        ("second.qc", "base", 3),
        ("main.qc", "flip(x)", 3),
        ("lib/gates.qc", "half", 2),
        ("lib/gates.qc", "angle", 2),
        ("main.qc", "angle", 2),
        ("main.qc", "theta", 1),
        ("main.qc", "n =", 1),
        ("stranger.qc", "half", 1),
    ],
)
def test_a_name_is_changed_in_every_file(
    tmp_path: Path, opened: tuple[str, ...], name: str, text: str, files: int
) -> None:
    folder = Folder(tmp_path, FILES, opened)
    change = renaming.rename(*folder.at(name, text), "fresh", folder.workspace)
    assert len(change["changes"]) == files
    after = folder.texts(change)
    assert folder.rows(after) == folder.rows(FILES)
    assert after != FILES


@pytest.mark.parametrize("new", ["half", "base", "flip", "own", "n", "theta", "angle", "x", "q", "r", "a"])
def test_a_name_taken_in_another_file_is_refused_or_harmless(tmp_path: Path, new: str) -> None:
    folder, allowed, codes = Folder(tmp_path, FILES), 0, set[str]()
    before = folder.rows(FILES)
    for name in FILES:
        document, _ = folder.at(name, "")
        for definition in [d for group in document.own.values() for d in group]:
            try:
                change = renaming.rename(document, definition.start, new, folder.workspace)
            except CompileError as error:
                codes.add(error.diagnostics[0].code)
                continue
            allowed += 1
            assert folder.rows(folder.texts(change)) == before, (name, definition.name, new)
    assert allowed
    assert codes <= {"QC0997", "QC0998"}


def test_a_name_that_means_two_things_is_refused(tmp_path: Path) -> None:
    """An included file may use definitions of the including one; two of them cannot be changed by changing one."""
    files = {
        "main.qc": 'const n = 1\ninclude "lib.qc"\nqubit q\nrx(m) q\n',
        "second.qc": 'const n = 2\ninclude "lib.qc"\nqubit q\nrx(m) q\n',
        "lib.qc": "const m = n / 2\n",
    }
    folder = Folder(tmp_path, files)
    assert navigation.definition(*folder.at("lib.qc", "n /"), folder.workspace) is not None
    found = refused(folder, "main.qc", "n =", "k")
    assert (found.code, found.facts["line"]) == ("QC0998", 1)
    assert found.facts["file"].endswith(".qc")
    (tmp_path / "second.qc").unlink()
    change = renaming.rename(*folder.at("main.qc", "n ="), "k", folder.workspace)
    assert folder.texts(change) == {
        "main.qc": 'const k = 1\ninclude "lib.qc"\nqubit q\nrx(m) q\n',
        "lib.qc": "const m = k / 2\n",
    }


def test_a_line_of_another_file_that_cannot_be_read_forbids_renaming(tmp_path: Path) -> None:
    folder = Folder(tmp_path, FILES | {"second.qc": 'include "lib/gates.qc"\nqubit r\nflip(base r\n'})
    found = refused(folder, "lib/base.qc", "base", "fresh")
    assert (found.code, found.facts["line"]) == ("QC0999", 3)
    assert found.facts["file"].endswith("second.qc")
    assert "second.qc" in renaming.refused(CompileError([found]))


def test_open_files_count_as_they_are_shown(tmp_path: Path) -> None:
    """The buffer uses the name in a line that is not saved, and no longer in the one that is."""
    folder = Folder(tmp_path, FILES)
    folder.workspace.open('include "lib/gates.qc"\nqubit r\n\n\nrx(base) r\n', folder.uri("second.qc"))
    found = navigation.references(*folder.at("lib/base.qc", "base"), folder.workspace)
    assert [one["range"]["start"]["line"] for one in found if one["uri"] == folder.uri("second.qc")] == [4]
    assert [d.uri for d in folder.workspace.includers(str((tmp_path / "lib/base.qc").resolve()))] == [
        folder.uri("second.qc")
    ]


def test_files_in_a_circle_get_answers(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {"main.qc": 'include "b.qc"\ng q\n', "b.qc": 'include "main.qc"\ngate g a { h a }\n'})
    found = navigation.definition(*folder.at("main.qc", "g q"), folder.workspace)
    assert found is not None
    assert found["uri"] == folder.uri("b.qc")
    assert len(renaming.rename(*folder.at("b.qc", "g a"), "k", folder.workspace)["changes"]) == 2


def test_the_search_finds_names_of_all_files(tmp_path: Path) -> None:
    folder = Folder(tmp_path, FILES | {".hidden/no.qc": "const half = 1\n"}, ("main.qc",))
    found = outline.search(folder.workspace.below([str(tmp_path)]), "HA")
    places = {(one["name"], one["location"]["uri"]) for one in found}
    assert places == {
        ("half", folder.uri("lib/gates.qc")),
        ("half", folder.uri("stranger.qc")),
        ("theta", folder.uri("main.qc")),
    }
    everything = outline.search(folder.workspace.below([str(tmp_path)]), "")
    assert len(everything) == 8
