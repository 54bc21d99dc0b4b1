"""Several files in one editor, and rarer requests of editors, over the server's input and output.

Would catch diagnostics of a file as saved when it is open and changed, an including text that is not checked again, a
renaming that forgets a file, and an answer the protocol does not know.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.language_client import PATIENCE, Client

if find_spec("pygls") is None:
    pytest.skip("pygls is not installed", allow_module_level=True)

LIBRARY = "## Turns over.\ngate flip(angle) a { rx(angle) a }\n"
MAIN = 'include "lib.qc"\nqubit q\nflip(0.3) q\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("editor")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    running = Client(folder, {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}})
    yield running
    assert (running.close(), running.said) == (0, "")


def whole(client: Client, uri: str, version: int, text: str) -> None:
    client.change(uri, version, {"text": text})


def until(client: Client, uri: str, wanted: Callable[[list[str]], bool]) -> list[str]:
    """Waits until the codes published last for a text are as wanted."""
    deadline = time.monotonic() + PATIENCE
    codes: list[str] = []
    while time.monotonic() < deadline:
        codes = [one["code"] for one in client.published.get(uri, (None, []))[1]]
        if uri in client.published and wanted(codes):
            return codes
        client.about("hover", uri, 0, 0)
        time.sleep(0.03)
    raise AssertionError(codes)


def closed(client: Client, *uris: str) -> None:
    for uri in uris:
        client.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
        client.published.pop(uri, None)


def test_an_included_file_counts_as_it_is_shown(client: Client, tmp_path: Path) -> None:
    """Nothing of this is ever saved, except for the file the closed buffer falls back on."""
    main, library = (tmp_path / "main.qc").as_uri(), (tmp_path / "lib.qc").as_uri()
    client.open(main, MAIN)
    assert "QC0424" in until(client, main, bool)  # no such file
    client.open(library, LIBRARY)
    until(client, main, lambda codes: not codes)
    assert client.about("definition", main, 2, 1)["uri"] == library
    assert "Turns over." in client.about("hover", main, 2, 1)["contents"]["value"]
    assert "from `lib.qc`" in client.about("hover", main, 2, 1)["contents"]["value"]
    whole(client, library, 2, LIBRARY.replace("angle) a {", "angle) a, b {"))
    assert until(client, main, bool) == ["QC0203"]  # two qubits now
    whole(client, library, 3, LIBRARY)
    until(client, main, lambda codes: not codes)
    (tmp_path / "lib.qc").write_text(LIBRARY.replace("flip", "flop"))
    closed(client, library)
    assert "QC0202" in until(client, main, bool)
    closed(client, main)


def test_files_written_by_others_are_read_again(client: Client, tmp_path: Path) -> None:
    client.wait_for("client/registerCapability")
    (tmp_path / "lib.qc").write_text(LIBRARY.replace("flip", "flop"))
    main, library = (tmp_path / "main.qc").as_uri(), (tmp_path / "lib.qc").as_uri()
    client.open(main, MAIN)
    assert until(client, main, bool) == ["QC0202"]
    (tmp_path / "lib.qc").write_text(LIBRARY)
    client.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": library, "type": 2}]})
    until(client, main, lambda codes: not codes)
    closed(client, main)


def test_a_new_file_includes_from_its_own_folder(client: Client, tmp_path: Path) -> None:
    """The editor was started elsewhere, and the including file is nowhere yet."""
    (tmp_path / "lib.qc").write_text(LIBRARY)
    main = (tmp_path / "new.qc").as_uri()
    client.open(main, MAIN)
    assert client.diagnostics(main, 1) == []
    closed(client, main)


def test_a_name_is_changed_in_open_and_closed_files(client: Client, tmp_path: Path) -> None:
    (tmp_path / "lib.qc").write_text(LIBRARY)
    (tmp_path / "other.qc").write_text(MAIN.replace("0.3", "0.4"))
    main = (tmp_path / "main.qc").as_uri()
    client.open(main, "# shown, not saved\n" + MAIN)
    changes = client.about("rename", main, 3, 1, newName="turnover")["changes"]
    places = {Path(uri).name: [edit["range"]["start"] for edit in edits] for uri, edits in changes.items()}
    assert places == {
        "main.qc": [{"line": 3, "character": 0}],
        "lib.qc": [{"line": 1, "character": 5}],
        "other.qc": [{"line": 2, "character": 0}],
    }
    found = client.about("references", main, 3, 1, context={"includeDeclaration": False})
    assert [Path(one["uri"]).name for one in found] == ["main.qc", "other.qc"]
    (tmp_path / "other.qc").write_text(MAIN + "gate turnover a { h a }\n")
    with pytest.raises(LookupError, match=r"would change the meaning of line .*the line is in `.*other\.qc`"):
        client.about("rename", main, 3, 1, newName="turnover")
    closed(client, main)


def test_names_of_all_files_are_found(client: Client, folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "lib.qc").write_text(LIBRARY)
    (found,) = client.ask("workspace/symbol", {"query": "FLP"})
    assert (found["name"], found["kind"]) == ("flip", 12)
    assert found["location"]["uri"] == (folder / "deep" / "lib.qc").as_uri()
    assert found["location"]["range"]["start"] == {"line": 1, "character": 5}


def test_signatures_folds_selections_and_colours(client: Client, tmp_path: Path) -> None:
    uri = (tmp_path / "all.qc").as_uri()
    client.open(uri, "# one\n# two\nqubit q[2]\nfor i in range(2) {\n  zz(0.1, q[0]\n}\n")
    helped = client.about("signatureHelp", uri, 4, 5)
    (signature,) = helped["signatures"]
    start, end = signature["parameters"][helped["activeParameter"]]["label"]
    assert signature["label"][start:end] == "theta: rad"
    assert client.about("signatureHelp", uri, 2, 3) is None
    folds = [(one["startLine"], one["endLine"], one.get("kind")) for one in client.about("foldingRange", uri)]
    assert folds == [(0, 1, "comment"), (3, 4, None)]
    (selection,) = client.ask(
        "textDocument/selectionRange", {"textDocument": {"uri": uri}, "positions": [{"line": 3, "character": 11}]}
    )
    lengths = []
    while selection:
        lengths.append(selection["range"]["end"]["line"] - selection["range"]["start"]["line"])
        selection = selection.get("parent")
    assert lengths == [0, 0, 0, 2, 6]  # `range`, `range(2)`, the head, the block, the text
    legend = client.server["capabilities"]["semanticTokensProvider"]["legend"]["tokenTypes"]
    data = client.about("semanticTokens/full", uri)["data"]
    kinds = [legend[kind] for kind in data[3::5]]
    assert kinds[:5] == ["comment", "comment", "keyword", "variable", "number"]
    assert data[:5] == [0, 0, 5, 0, 0]
    closed(client, uri)


def test_a_file_for_others_to_include_has_no_errors(client: Client, tmp_path: Path) -> None:
    """And the linter has its look at it, here for a gate without gates."""
    library = (tmp_path / "lib.qc").as_uri()
    client.open(library, LIBRARY + "gate idle a { for i in range(2) { } }\n")
    codes = until(client, library, lambda codes: len(codes) > 2)
    assert codes == ["QC0431", "QC1004", "QC1015"]
    assert [one["severity"] for one in client.published[library][1]] == [3, 2, 2]
    closed(client, library)
