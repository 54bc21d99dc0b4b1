"""Texts, bytes and JSON from outside end in a result or one clear diagnostic, for every kind of input.

Each case is one that a person or program could send; would catch an exception that is no diagnostic, an answer that is
not JSON, and a character that controls the terminal.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ionqdsl.cli import main
from ionqdsl.diagnostics.foreign import read_json
from ionqdsl.diagnostics.visible import cell, visible

ROOT = Path(__file__).parent.parent


def run(*words: bytes | str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    command = [sys.executable, "-m", "ionqdsl", *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "h.qc").write_text("qubit q\nh q\n")
    (tmp_path / "t.qc").write_text("param t\nqubit q\nrx(t) q\n")
    return tmp_path


@pytest.mark.parametrize("number", ["9" * 400, "9" * 5000, "-9999999999", "nan", "1e400", "x", ""])
@pytest.mark.parametrize("flag", ["--shots", "--seed", "--effort", "--approx"])
def test_numbers_of_flags(flag: str, number: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(folder / "h.qc"), f"{flag}={number}", "--json"]) in (1, 2)
    assert json.loads(capsys.readouterr().out)["diagnostics"]


@pytest.mark.parametrize("shots", ["10**30", "10**9"])
def test_shots_of_a_program(shots: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "s.qc").write_text(f"job {{ shots = {shots} }}\nqubit q\nh q\n")
    assert main(["run", str(folder / "s.qc"), "--backend", "local"]) == 1
    assert "QC0972" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="arguments are bytes there")
@pytest.mark.parametrize(
    "words",
    [
        (b"check", b"t.qc", b"--set", b"t=\xff"),
        (b"check", b"\xff.qc"),
        (b"check", b"--\xff"),
        (b"\xff",),
        (b"lint", b"\xff"),
    ],
)
def test_arguments_that_are_no_text(words: tuple[bytes, ...], folder: Path) -> None:
    found = run(b"--json", *words, cwd=folder)
    assert found.returncode == 2
    assert json.loads(found.stdout)["diagnostics"]
    assert b"Traceback" not in found.stderr


@pytest.mark.parametrize(
    "text", ["x=" + "[" * 5000, "x=" + "{a=" * 3000, "shots=" + "9" * 5000, "\ud800", 'x="\\ud800"']
)
def test_settings_files(text: str, folder: Path) -> None:
    (folder / "ionqdsl.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    found = run("check", "h.qc", cwd=folder)
    assert found.returncode == 2
    assert re.match(rb"error\[QC0\d{3}\]", found.stderr)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
def test_what_is_no_file_cannot_be_included(folder: Path) -> None:
    os.mkfifo(folder / "pipe.qc")
    os.symlink(folder / "loop.qc", folder / "loop.qc")
    (folder / "m.qc").write_text('include "pipe.qc"\ninclude "loop.qc"\ninclude "."\nqubit q\nh q\n')
    found = run("check", "m.qc", cwd=folder)
    assert found.returncode == 1
    assert found.stderr.count(b"error[QC0424]") == 3


@pytest.mark.parametrize("verb", ["playground", "emulator"])
def test_an_early_interrupt_leaves_no_traceback(verb: str, folder: Path) -> None:
    pytest.importorskip("uvicorn")
    for delay in (0.1, 0.4):
        process = subprocess.Popen(
            [sys.executable, "-m", "ionqdsl", verb],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        if b"site.py" not in said and b"runpy" not in said:  # Python itself was still starting
            assert b"Traceback" not in said


@pytest.mark.parametrize("text", ["barrier", "verbatim { }", "gphase(1)", "circuit a { }\nrun a"])
def test_a_circuit_without_qubits_has_a_picture(text: str) -> None:
    from ionqdsl.playground import answers

    told = answers.answer({"text": text, "parts": ["program", "outcome", "payload"]})
    assert "QC1155" not in json.dumps(told)
    assert told["outcome"]["pictures"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "NaN",
        "[Infinity]",
        "1e400",
        "9" * 5000,
        '"\\ud800"',
        '{"\\udfff": 1}',
        "",
        "\x00",
    ],
)
def test_json_that_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_json(text)
    with pytest.raises(ValueError):  # noqa: PT011
        read_json(text.encode())


def test_json_that_is_some() -> None:
    value: Any = {"a": [1, 2.5, None, True, "\U0001f389 é"], "b": {}}
    assert read_json(json.dumps(value)) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


# --- messages ---------------------------------------------------------------------------------------------------------


def test_what_acts_on_a_terminal_is_shown_as_an_escape() -> None:
    assert visible("a\tb\nc é \U0001f389") == "a\tb\nc é \U0001f389"
    assert visible("\x1b[31m\x07\r\x7f\x9b\u202e\u2066") == "\\x1b[31m\\x07\\x0d\\x7f\\x9b\\u202e\\u2066"


@pytest.mark.skipif(os.name != "posix", reason="no such file names elsewhere")
def test_file_names_and_names_in_programs(folder: Path) -> None:
    (folder / "\x1b[2J.qc").write_text("qubit q\nh r\n")
    (folder / "n.qc").write_text(
        'circuit a(t) { qubit q; h q }\nrun a(1) as "\x1b[2J one", a(2) as "\u202etwo", a(3) as "\x9b5i"\n'
    )
    (folder / "m.qc").write_text('qubit q\nh q\nassert false, "\x1b]0;title\x07"\n')
    for words in (
        ("check", "\x1b[2J.qc"),
        ("check", "\x1b[3J"),
        ("run", "n.qc"),
        ("run", "n.qc", "--format", "table"),
        ("check", "m.qc"),
        ("stats", "n.qc"),
        ("run", "h.qc", "--backend", "\x1b[2J"),
        ("\x1b[2J",),
    ):
        found = run(*words, cwd=folder)
        for said in (found.stdout, found.stderr):
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said.decode()), words


def test_no_cell_is_a_formula(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [cell(text) for text in ("=1", "+1", "-1", "@a", "\t=1", "a=1", "")] == [
        "'=1", "'+1", "'-1", "'@a", "'\t=1", "a=1", "",
    ]  # fmt: skip
    (folder / "n.qc").write_text('circuit a(t) { qubit q; h q }\nrun a(1) as "=HYPERLINK(1)"\n')
    assert main(["run", str(folder / "n.qc"), "--format", "csv"]) == 0
    assert all(line.startswith("'=HYPERLINK(1),") for line in capsys.readouterr().out.splitlines()[1:])


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200b", "\u00ad", "\U000e0041"])
@pytest.mark.parametrize("place", ["# {}", 'job {{ name = "{}a" }}'])
def test_characters_that_are_not_seen(
    place: str, character: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "c.qc").write_text(f"qubit q\nh q\n{place.format(character)}\n")
    assert main(["check", str(folder / "c.qc")]) == 0
    said = capsys.readouterr().err
    assert "warning[QC0115]" in said
    assert ":3:" in said


def test_text_of_other_languages_is_no_matter(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "c.qc").write_text("qubit q\nh q  # שלום, مرحبا, 你好, é, 🎉\n")
    assert main(["check", str(folder / "c.qc")]) == 0
    assert "QC0115" not in capsys.readouterr().err


# --- the emulator ----------------------------------------------------------------------------------------------------


@pytest.fixture
def emulator() -> Any:
    pytest.importorskip("uvicorn")
    from ionqdsl.emulator import start

    with start() as found:
        yield found


def asked(emulator: Any, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=60)
    given = {"Authorization": "apiKey k", "Content-Type": "application/json", **headers}
    connection.request(method, path, body or None, given)
    answer = connection.getresponse()
    content = answer.status, answer.read()
    connection.close()
    return content


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v0.4/jobs?limit=" + "9" * 5000, b""),
        ("GET", "/v0.4/jobs?limit=-" + "9" * 19, b""),
        ("GET", "/v0.4/jobs?limit=%FF&next=%ED%A0%80", b""),
        ("POST", "/_emulator/faults", b"[" * 100_000),
        ("POST", "/_emulator/faults", b'{"faults": ["503(' + b"9" * 5000 + b')"]}'),
        ("POST", "/_emulator/faults", b'{"faults": ["\\ud800"]}'),
        ("POST", "/_emulator/faults", b'{"faults": 3}'),
        ("POST", "/_emulator/clock", b'{"advance": NaN}'),
        ("POST", "/_emulator/clock", b'{"advance": Infinity}'),
        ("POST", "/_emulator/clock", b'{"advance": 1e308}'),
        ("POST", "/_emulator/clock", b'{"advance": -1e20}'),
        ("POST", "/_emulator/clock", b'{"advance": ' + b"9" * 400 + b"}"),
        ("POST", "/_emulator/clock", b'{"advance": "nan"}'),
        ("POST", "/_emulator/clock", b"[" * 100_000),
        ("POST", "/v0.4/jobs", b'{"type": "ionq.circuit.v1", "name": "\\ud800", "backend": "simulator", "input": {}}'),
        ("POST", "/v0.4/jobs", b'{"type": ["ionq.circuit.v1"]}'),
        ("POST", "/v0.4/jobs", b'{"type": {}}'),
        ("POST", "/v0.4/jobs", b'{"shots": ' + b"9" * 5000 + b"}"),
        ("POST", "/v0.4/jobs", b"\xff\xfe"),
        ("DELETE", "/v0.4/jobs", b'{"ids": ["\\ud800"]}'),
    ],
)
def test_requests_that_are_wrong(method: str, path: str, body: bytes, emulator: Any) -> None:
    """Refused, and the next request is answered as if nothing had been."""
    status, content = asked(emulator, method, path, body)
    assert 400 <= status < 500, content[:300]
    json.loads(content)
    assert asked(emulator, "GET", "/v0.4/jobs")[0] == 200
    assert asked(emulator, "GET", "/_emulator/clock")[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/_emulator/jobs"), ("POST", "/_emulator/faults"), ("GET", "/v0.4/jobs")]
)
def test_other_pages_of_the_browser_get_nothing(headers: dict[str, str], method: str, path: str, emulator: Any) -> None:
    """A name that points here later (DNS rebinding), and a form or script of another page."""
    body = b'{"faults": ["503"]}' if method == "POST" else b""
    status, content = asked(emulator, method, path, body, **headers)
    assert (status, b"jobs" in content) == (403, False)
    assert asked(emulator, "GET", "/v0.4/jobs")[0] == 200


def test_this_host_is_served_by_both_names(emulator: Any) -> None:
    for host in (f"127.0.0.1:{emulator.port}", f"localhost:{emulator.port}"):
        assert asked(emulator, "GET", "/v0.4/jobs", Host=host, Origin=f"http://{host}")[0] == 200


def test_a_server_that_is_stopped_while_it_starts_ends() -> None:
    """Ctrl-C before the page is opened: the thread does not stay with a closed socket."""
    pytest.importorskip("uvicorn")
    from ionqdsl.emulator.loopback import Loopback

    made: list[Loopback] = []

    def make() -> Any:
        made[0]._ends = True  # as `stop` does, before there is a server that it could tell
        return None

    made.append(Loopback("test", 0, make))
    made[0]._thread.start()
    made[0]._thread.join(5)
    assert not made[0]._thread.is_alive()
    made[0].stop()


def test_a_name_is_a_text_in_every_locale(tmp_path: Path) -> None:
    """Without UTF-8, Python reads the name of a file as halves of surrogate pairs, which no payload holds."""
    path = tmp_path / "schön.qc"
    path.write_text("qubit q\nh q\nregister out = q\n")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run("compile", "-q", path.name, cwd=tmp_path, env=plain)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["input"]["circuits"][0]["name"] == "schön"
