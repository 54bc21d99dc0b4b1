"""The language server as an editor meets it: a process, the protocol over its standard input and output.

Would catch a server whose diagnostics are not the command's, one that counts positions in anything but UTF-16, one that
prints between the messages, answers for an old text, or does not end.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ionqdsl.cli import main
from tests.language_client import PATIENCE, Client
from tests.programs import programs

if find_spec("pygls") is None:
    pytest.skip("pygls is not installed", allow_module_level=True)

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("*.qc"))
WRONG = """qubit q[2]
const a = pi / 4
ry(alpha) q[0]
cnott q[0], q[1]
rx(90deg + 1) q[0]
job { backend = "simulator"; shot = 10 }
h q[2
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    capabilities = {
        "workspace": {"codeLens": {"refreshSupport": True}},
        "general": {"positionEncodings": ["utf-8", "utf-16"]},
    }
    running = Client(tmp_path_factory.mktemp("editor"), capabilities)
    yield running
    assert (running.close(), running.said) == (0, "")


def command_says(path: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The diagnostics of `ionqdsl check --json` about a file, and of `lint --json` where there are no errors."""
    diagnostics: list[dict[str, Any]] = []
    for verb in ("check", "lint"):
        main([verb, "--json", str(path)])
        diagnostics += json.loads(capsys.readouterr().out)["diagnostics"]
        if any(one["severity"] == 1 for one in diagnostics):
            break
    return diagnostics


def comparable(diagnostic: dict[str, Any]) -> dict[str, Any]:
    """A diagnostic without the parts of one side only: edits here, file names as addresses there."""
    data = {key: value for key, value in diagnostic["data"].items() if key != "fixes"}
    related = [
        (one["location"]["range"], one["message"], one["location"]["uri"].removeprefix("file://"))
        for one in diagnostic.get("relatedInformation", [])
    ]
    return {**diagnostic, "data": data, "relatedInformation": related}


version = 0


def server_says(client: Client, path: Path) -> list[dict[str, Any]]:
    global version
    version += 1
    client.open(path.as_uri(), path.read_text(encoding="utf-8"), version)
    found = client.diagnostics(path.as_uri(), version)
    client.tell("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_get_the_commands_diagnostics(
    example: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = server_says(client, example)
    assert [comparable(one) for one in ours] == [comparable(one) for one in command_says(example, capsys)]


def test_a_wrong_program_gets_the_commands_diagnostics(
    client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wrong.qc"
    path.write_text(WRONG)
    ours = server_says(client, path)
    assert len(ours) >= 4
    assert [comparable(one) for one in ours] == [comparable(one) for one in command_says(path, capsys)]


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(text=programs(), cut=st.integers(0, 400), broken=st.booleans())
def test_generated_programs_get_the_commands_diagnostics(
    client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, cut: int, broken: bool
) -> None:
    """Whole ones, and ones with a character taken out."""
    path = tmp_path / "drawn.qc"
    at = cut % max(1, len(text))
    path.write_text(text[:at] + text[at + 1 :] if broken else text, encoding="utf-8")
    ours = server_says(client, path)
    assert [comparable(one) for one in ours] == [comparable(one) for one in command_says(path, capsys)]


def test_positions_are_utf16(client: Client, tmp_path: Path) -> None:
    """😀 is one character, two UTF-16 units and four bytes: three ways to count, one of them right."""
    uri = (tmp_path / "wide.qc").as_uri()
    client.open(uri, 'job { name = "😀😀😀"; shot = 3 }\nqubit q\nh q # 😀\n')
    (found,) = client.diagnostics(uri, 1)
    assert found["range"]["start"] == {"line": 0, "character": 23}  # 14 before the string's text, 6 in it, 3 after
    key = client.about("hover", uri, 0, 23 - 17)
    assert key["contents"]["value"].startswith("`name`")
    # an edit after the wide characters, of the wrong key alone
    change = {"start": {"line": 0, "character": 23}, "end": {"line": 0, "character": 27}}
    client.change(uri, 2, {"range": change, "text": "shots"})
    assert client.diagnostics(uri, 2) == []
    # and one that takes the last of them out
    client.change(
        uri,
        3,
        {"range": {"start": {"line": 0, "character": 18}, "end": {"line": 0, "character": 20}}, "text": ""},
        {"range": {"start": {"line": 0, "character": 21}, "end": {"line": 0, "character": 26}}, "text": "shoots"},
    )
    (found,) = client.diagnostics(uri, 3)
    assert found["range"] == {"start": {"line": 0, "character": 21}, "end": {"line": 0, "character": 27}}


def test_windows_line_ends_are_kept(client: Client, tmp_path: Path) -> None:
    uri = (tmp_path / "dos.qc").as_uri()
    client.open(uri, "qubit q[2]\r\nh   q\r\ncnott q\r\n")
    (found,) = client.diagnostics(uri, 1)
    assert found["range"]["start"] == {"line": 2, "character": 0}
    (edit,) = client.about("formatting", uri, options={"tabSize": 8, "insertSpaces": False})
    assert edit["newText"] == "h q\r\n"
    assert edit["range"] == {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}


def test_every_feature_answers_over_the_wire(client: Client, tmp_path: Path) -> None:
    """Each answer is read by its meaning; the details of the functions are tested next to them."""
    uri = (tmp_path / "all.qc").as_uri()
    client.open(uri, "const a = pi/4\nqubit q[2]\nrx(a) q[0]\nrz(90deg) q\n")
    assert [one["code"] for one in client.diagnostics(uri, 1)] == ["QC1011"]
    assert "`0.125turn = 0.785398rad`" in client.about("hover", uri, 2, 3)["contents"]["value"]
    assert "matrix of `rx(pi/2)`" in client.about("hover", uri, 2, 0)["contents"]["value"]
    assert client.about("definition", uri, 2, 3)["range"]["start"] == {"line": 0, "character": 6}
    places = client.about("references", uri, 1, 6, context={"includeDeclaration": True})
    assert [place["range"]["start"]["line"] for place in places] == [1, 2, 3]
    assert len(client.about("documentHighlight", uri, 1, 6)) == 3
    assert client.about("prepareRename", uri, 2, 3)["placeholder"] == "a"
    edits = client.about("rename", uri, 2, 3, newName="alpha")["changes"][uri]
    assert [(edit["range"]["start"]["line"], edit["newText"]) for edit in edits] == [(0, "alpha"), (2, "alpha")]
    with pytest.raises(LookupError, match="would change the meaning of line"):
        client.about("rename", uri, 2, 3, newName="q")
    with pytest.raises(LookupError, match="nothing here can be renamed"):
        client.about("prepareRename", uri, 2, 0)
    assert [symbol["name"] for symbol in client.about("documentSymbol", uri)] == ["a", "q"]
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    labels = [hint["label"] for hint in client.about("inlayHint", uri, range=whole)]
    assert labels == ["= 0.125turn", "= 1.5708rad"]
    items = {item["label"]: item for item in client.about("completion", uri, 4, 0)}
    assert items["cnot"]["detail"] == "cnot a, b"
    assert "|10>" in client.ask("completionItem/resolve", items["cnot"])["documentation"]["value"]


def test_a_quick_fix_settles_what_it_is_for(client: Client, tmp_path: Path) -> None:
    uri = (tmp_path / "fix.qc").as_uri()
    client.open(uri, "qubit q[2]\ncnott q\n")
    (found,) = client.diagnostics(uri, 1)
    (action,) = client.about("codeAction", uri, range=found["range"], context={"diagnostics": [found]})
    assert action["kind"] == "quickfix"
    (edit,) = action["edit"]["changes"][uri]
    client.change(uri, 2, {"range": edit["range"], "text": edit["newText"]})
    assert client.diagnostics(uri, 2) == []


def test_lenses_count_what_the_command_counts(
    client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Compared with `ionqdsl stats --target -O 2`."""
    path = tmp_path / "two.qc"
    text = "circuit a { qubit q[2]; h q[0]; cnot q }\n"
    text += "circuit b(n) { qubit q[n]; h q; ccx q[0], q[1], q[2] }\nrun a, b(3)\n"
    path.write_text(text)
    client.open(path.as_uri(), text)
    titles: list[str] = []
    while not titles:  # other texts may be counted first
        client.requested.clear()
        client.wait_for("workspace/codeLens/refresh")
        titles = [lens["command"]["title"] for lens in client.about("codeLens", path.as_uri())]
    for number, title in enumerate(titles):
        for machine in ("aria", "forte"):
            main(["stats", str(path), "--target", machine, "-O", "2", "--json"])
            size = json.loads(capsys.readouterr().out)["circuits"][number]
            shown = re.search(rf"{machine} (\d+) two-qubit gates?, (\d+) pulse", title)
            assert shown is not None
            assert [int(shown[1]), int(shown[2])] == [size["two_qubit_gates"], size["pulses"]]
    assert len(titles) == 2
    assert titles[1].startswith("b(3): ")
    # while the next count is not there, the old one is marked
    start = {"line": 2, "character": 0}
    client.change(path.as_uri(), 2, {"range": {"start": start, "end": start}, "text": " "})
    assert all(lens["command"]["title"].endswith(" …") for lens in client.about("codeLens", path.as_uri()))


def test_a_blank_asks_for_operands_but_not_in_indentation(client: Client, tmp_path: Path) -> None:
    uri = (tmp_path / "blank.qc").as_uri()
    client.open(uri, "qubit q[2]\ncnot \n  \nh q \n")
    context = {"triggerKind": 2, "triggerCharacter": " "}
    assert [item["label"] for item in client.about("completion", uri, 1, 5, context=context)] == ["q"]
    assert client.about("completion", uri, 2, 2, context=context) == []
    assert client.about("completion", uri, 3, 4, context=context) == []
    assert client.about("completion", uri, 2, 2, context={"triggerKind": 1})


def test_modules_in_the_folder_being_edited_are_not_run(tmp_path: Path) -> None:
    """Would catch a worker that imports from where the editor was started: opening a folder must run nothing in it."""
    for name in ("lark", "json", "ionqdsl"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'w')\nraise SystemExit\n")
    own = Client(tmp_path)
    uri = (tmp_path / "a.qc").as_uri()
    own.open(uri, "qubit q\nhh q\n")
    (found,) = own.diagnostics(uri, 1)
    assert found["code"] == "QC0202"
    assert own.close() == 0
    assert not (tmp_path / "was-run").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds processes as Linux shows them")
@pytest.mark.parametrize("ends", ["exit", "closed", "killed"])
def test_an_editor_that_leaves_without_a_word_leaves_no_process(tmp_path: Path, ends: str) -> None:
    """A circuit that takes minutes to compile: its process ends with the server, and says nothing."""
    own = Client(tmp_path)
    own.open((tmp_path / "long.qc").as_uri(), COMPILES_LONG)
    assert own.diagnostics((tmp_path / "long.qc").as_uri(), 1) == []
    time.sleep(1.2)  # it compiles by now
    workers = {path for path in Path("/proc").glob("[0-9]*") if f"PPid:\t{own.process.pid}\n" in status(path)}
    assert workers
    assert own.process.stdin is not None
    match ends:
        case "exit":
            own.tell("exit", None)
        case "closed":
            own.process.stdin.close()
        case "killed":
            own.process.kill()
    code = own.process.wait(PATIENCE)
    assert code == {"exit": 1, "closed": 1, "killed": -9}[ends]  # 1: the protocol wants a shutdown first
    assert own.process.stderr is not None
    assert own.process.stderr.read() == b""  # waits until the last process has closed it
    assert not any("ionqdsl.lsp.worker" in words(path) for path in workers)
    for stream in (own.process.stdin, own.process.stdout, own.process.stderr):
        assert stream is not None
        stream.close()


def status(process: Path) -> str:
    """Linux's status of a process, if it is still there."""
    with contextlib.suppress(OSError):
        return (process / "status").read_text()
    return ""


def words(process: Path) -> str:
    """The command of a process that is running."""
    with contextlib.suppress(OSError):
        return (process / "cmdline").read_text()
    return ""


COMPILES_LONG = (
    "qubit q[12]\nfor i in range(1500) { ccx q[i % 12], q[(i + 5) % 12], q[(i + 3) % 12]; ry(0.1*i + 0.01) q }\n"
)


def test_an_edit_ends_what_compiles(client: Client, tmp_path: Path) -> None:
    """A circuit that takes minutes to compile, an edit in the middle of it: the new text is answered for before."""
    uri = (tmp_path / "long.qc").as_uri()
    client.open(uri, COMPILES_LONG)
    assert client.diagnostics(uri, 1) == []
    time.sleep(1.2)  # it compiles by now
    client.change(uri, 2, {"text": "qubit q\nhh q\n"})
    (found,) = client.diagnostics(uri, 2)
    assert found["code"] == "QC0202"
    client.tell("textDocument/didClose", {"textDocument": {"uri": uri}})


def test_faults_of_included_files_are_shown_at_the_include(client: Client, tmp_path: Path) -> None:
    (tmp_path / "lib.qc").write_text("gate g a { hh a }\n")
    text = 'include "lib.qc"\nqubit q\ng q\n'
    (tmp_path / "main.qc").write_text(text)
    uri = (tmp_path / "main.qc").as_uri()
    client.open(uri, text)
    (found,) = client.diagnostics(uri, 1)
    assert found["range"] == {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 16}}
    (related,) = found["relatedInformation"]
    assert related["location"]["uri"] == (tmp_path / "lib.qc").as_uri()
    assert related["location"]["range"]["start"] == {"line": 0, "character": 11}
    assert client.about("definition", uri, 2, 0)["uri"] == (tmp_path / "lib.qc").as_uri()
    # once the file is mended and saved, the including text is looked at again
    (tmp_path / "lib.qc").write_text("gate g a { h a }\n")
    client.tell("textDocument/didSave", {"textDocument": {"uri": (tmp_path / "lib.qc").as_uri()}})
    deadline = time.monotonic() + PATIENCE
    while client.published[uri][1] and time.monotonic() < deadline:
        client.about("hover", uri, 0, 0)
        time.sleep(0.05)
    assert client.published[uri][1] == []


def test_without_pygls_the_verb_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ionqdsl.diagnostics.extras.find_spec", lambda name: None)
    assert main(["lsp"]) == 2
    assert "pip install 'ionqdsl[lsp]'" in capsys.readouterr().err


def test_only_two_files_know_pygls() -> None:
    import ionqdsl.lsp

    for path in Path(ionqdsl.lsp.__file__).parent.glob("*.py"):
        uses = re.search(r"^\s*(?:from|import) (?:pygls|lsprotocol)", path.read_text(), re.MULTILINE)
        assert bool(uses) == (path.name in ("server.py", "session.py")), path.name


def test_errors_of_long_texts_do_not_wait_for_the_linter(client: Client, tmp_path: Path) -> None:
    """They are published twice: those of `check`, and then with the linter's remarks."""
    uri = (tmp_path / "long.qc").as_uri()
    client.open(uri, "qubit q[2]\nh q\n" + "cnot q[0], q[1]\n" * 1500 + "rz(0.1) q[0]\n")
    assert client.diagnostics(uri, 1) == []
    deadline = time.monotonic() + PATIENCE
    while not client.published[uri][1] and time.monotonic() < deadline:
        client.about("hover", uri, 0, 0)
        time.sleep(0.05)
    assert "QC1011" in [one["code"] for one in client.published[uri][1]]
    client.tell("textDocument/didClose", {"textDocument": {"uri": uri}})


def answer_of(client: Client, message: Any) -> tuple[Any, int]:
    """The id and the code of the error that a message is answered with."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    assert client.process.stdin is not None
    client.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    client.process.stdin.flush()
    while "error" not in (found := client.inbox.get(timeout=PATIENCE)):
        assert "closed" not in found
    return found.get("id"), found["error"]["code"]


INVALID_REQUEST, NO_METHOD, INVALID_PARAMS, NO_JSON, NOT_INITIALIZED = -32600, -32601, -32602, -32700, -32002
MISTAKES: list[tuple[Any, Any, int]] = [
    (b"{", None, NO_JSON),
    (b"[" * 100_000, None, NO_JSON),
    (b"\xff\xff", None, NO_JSON),
    ([1, 2], None, INVALID_REQUEST),
    ({"id": 901}, 901, INVALID_REQUEST),
    ({"jsonrpc": "2.0", "id": 902, "method": 5}, 902, INVALID_REQUEST),
    ({"jsonrpc": "2.0", "id": 903, "method": "initialized", "params": {}}, 903, INVALID_REQUEST),
    ({"jsonrpc": "2.0", "id": 904, "method": "textDocument/hover", "params": {"position": []}}, 904, INVALID_PARAMS),
    ({"jsonrpc": "2.0", "id": 905, "method": "textDocument/hover"}, 905, INVALID_PARAMS),
    ({"jsonrpc": "2.0", "id": 906, "method": "initialize"}, 906, INVALID_PARAMS),
    ({"jsonrpc": "2.0", "id": 907, "method": "made/up", "params": {}}, 907, NO_METHOD),
]


@pytest.mark.parametrize(("message", "number", "code"), MISTAKES, ids=[str(code) for *_, code in MISTAKES])
def test_what_makes_no_sense_is_answered(client: Client, message: Any, number: Any, code: int) -> None:
    """A request without an answer would keep the editor waiting. Nothing is written to standard error either."""
    assert answer_of(client, message) == (number, code)


def test_a_code_of_another_kind_is_nobodys(client: Client) -> None:
    """Diagnostics of others may carry anything."""
    client.open("file:///other.qc", "qubit q\n")
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    context = {"diagnostics": [{"range": place, "message": "m", "code": {"value": "x"}}]}
    document = {"textDocument": {"uri": "file:///other.qc"}}
    assert client.ask("textDocument/codeAction", {**document, "range": place, "context": context}) == []


def test_before_and_after_a_session(tmp_path: Path) -> None:
    """Requests before `initialize` and after `shutdown` are refused, not left waiting."""
    client = Client(tmp_path)
    client.ask("shutdown", None)
    hover = {"jsonrpc": "2.0", "id": 1001, "method": "textDocument/hover", "params": {}}
    assert answer_of(client, hover) == (1001, INVALID_REQUEST)
    client.tell("exit", None)
    assert client.process.wait(PATIENCE) == 0
    for stream in (client.process.stdin, client.process.stdout, client.process.stderr):
        assert stream is not None
        stream.close()
