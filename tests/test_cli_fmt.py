"""The command `fmt`: files, folders and standard input, differences as text and as JSON.

Would catch a file that loses its permissions or its line endings, a hidden folder or a broken file that is written, a
difference that is not shown as it is made, and an exit code that hides a broken file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from commands import command

from ionqdsl.cli import main
from ionqdsl.lsp import workspace


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_and_folders(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files keep their permissions and line endings; hidden folders and broken files are left alone."""
    (folder / "bell.qc").write_bytes(b"qubit   q[2]\r\nh q\r\n")
    (folder / "bell.qc").chmod(0o640)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "a.qc").write_text("h    q")
    (folder / "inner").mkdir()
    (folder / "inner" / "b.qc").write_text("h    q")
    (folder / "broken.qc").write_text("h    q[")
    assert main(["fmt", "--check", "."]) == 1
    out, err = capsys.readouterr()
    assert out.split() == ["bell.qc", "inner/b.qc"]
    assert "QC1046" in err
    assert (folder / "inner" / "b.qc").read_text() == "h    q"
    assert main(["fmt"]) == 1  # for the broken one
    assert (folder / "bell.qc").read_bytes() == b"qubit q[2]\r\nh q\r\n"
    assert (folder / "bell.qc").stat().st_mode & 0o777 == 0o640
    assert (folder / "inner" / "b.qc").read_text() == "h q\n"
    assert (folder / "broken.qc").read_text() == "h    q["
    assert (folder / ".hidden" / "a.qc").read_text() == "h    q"
    assert main(["fmt", "--check", "bell.qc", "inner"]) == 0


@pytest.mark.skipif(os.name == "nt", reason="pipes in folders")
def test_a_pipe_in_a_folder_is_no_program(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Would hang: nobody writes to the pipe. A link to nothing is an error, without its own name as advice."""
    os.mkfifo(folder / "pipe.qc")
    (folder / "bell.qc").write_text("qubit q\nh q\n")
    for words in (["check", "."], ["fmt", "--check", "."], ["lint", "."], ["doc", "."]):
        assert main(words) in (0, 1)
    assert workspace.saved(str(folder / "pipe.qc")) is None
    (folder / "gone.qc").symlink_to("nowhere")
    capsys.readouterr()
    assert main(["check", "."]) == 2
    said = capsys.readouterr().err
    assert "cannot read `gone.qc`" in said
    assert "did you mean `gone.qc`" not in said


def test_differences(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.qc").write_text("h    q")
    assert main(["fmt", "--diff", "a.qc"]) == 1
    shown = capsys.readouterr().out
    assert shown == "--- a.qc\n+++ a.qc\n@@ -1 +1 @@\n-h    q\n\\ No newline at end of file\n+h q\n"
    assert main(["fmt", "--diff", "a.qc", "--color", "always"]) == 1
    assert "\x1b[1;32m+h q\x1b[0m" in capsys.readouterr().out
    assert (folder / "a.qc").read_text() == "h    q"
    assert main(["fmt", "--diff", "a.qc", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["files"] == [{"file": "a.qc", "changed": True, "diff": shown}]


def test_standard_input_and_what_is_no_program() -> None:
    done = command("fmt", "-", input="h    q # \u00e9\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "h q  # \u00e9\n", "")
    assert command("fmt", "-", "--check", input="h  q").returncode == 1
    done = command("fmt", "-", input="h q[")
    assert (done.returncode, done.stdout) == (1, "")
    assert command("fmt", "missing.qc").returncode == 2
    done = command("fmt", "-", input=b"\xff\xfe", text=False)
    assert (done.returncode, done.stdout) == (2, b"")


def test_a_folder_without_programs(folder: Path) -> None:
    (folder / "empty").mkdir()
    assert main(["fmt", "empty"]) == 2
