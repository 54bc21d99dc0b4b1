"""Completion scripts, used as a shell uses them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ionqdsl.cli import main, parsers, verbs
from ionqdsl.cli.completion import SHELLS
from ionqdsl.diagnostics import flag_parser


def script(shell: str, capsys) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def completed(text: str, words: list[str], folder: Path) -> list[str]:
    """The words that bash offers for the last one."""
    line = " ".join(f"'{word}'" for word in words)
    call = f"COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _shtab_ionqdsl ionqdsl '{words[-1]}' '{words[-2]}'"
    probe = f"{call}; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "--norc", "-c", f"{text}\n{probe}"], capture_output=True, text=True, cwd=folder)
    assert done.stderr == ""
    return sorted(done.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash(capsys, tmp_path):
    (tmp_path / "bell.qc").write_text("")
    (tmp_path / "beta").mkdir()
    text = script("bash", capsys)

    def offers(*words: str) -> list[str]:
        return completed(text, ["ionqdsl", *words], tmp_path)

    assert offers("comp") == ["compile", "completion"]
    assert set(verbs.VERBS) <= set(offers(""))
    assert offers("compile", "be") == ["bell.qc", "beta"]
    assert offers("compile", "--sh") == ["--shots", "--show-passes"]
    assert offers("run", "--sh") == ["--sharpen", "--shots", "--show-passes"]
    assert offers("check", "--sh") == []
    assert offers("compile", "--target", "f") == ["forte"]
    assert offers("run", "bell.qc", "--noise", "aria") == ["aria-1", "aria-2"]
    assert offers("run", "--backend", "l") == ["local"]
    assert offers("--color", "n") == ["never"]
    assert offers("--color", "never", "stat") == ["stats"]
    assert offers("compile", "-o", "be") == ["bell.qc", "beta"]
    assert offers("explain", "cno") == ["cnot"]
    assert "QC0820" in offers("explain", "QC08")
    assert offers("completion", "") == sorted(SHELLS)
    assert offers("jobs", "wa") == ["wait"]


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
def test_fish(capsys, tmp_path):
    (tmp_path / "bell.qc").write_text("")
    path = tmp_path / "script"
    path.write_text(script("fish", capsys))

    def offers(line: str) -> list[str]:
        words = ["fish", "--no-config", "-c", f"source script; complete -C '{line}'"]
        done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=True)
        return [offer.partition("\t")[0] for offer in done.stdout.splitlines()]

    assert offers("ionqdsl comp") == ["compile", "completion"]
    assert offers("ionqdsl compile be") == ["bell.qc"]
    assert offers("ionqdsl compile --sh") == ["--shots", "--show-passes"]
    assert offers("ionqdsl run --backend l") == ["local"]
    assert offers("ionqdsl explain cno") == ["cnot"]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_script_knows_every_verb_and_flag(shell, capsys):
    """Catches a verb or a flag that one of the writers leaves out."""
    text = script(shell, capsys)
    for verb in verbs.VERBS:
        assert verb in text
        for flag in flag_parser.flags_of(parsers.parser_of(verb)[1]):
            assert flag in text or re.search(rf"-[ls] '?{flag.lstrip('-')}\b", text)


@pytest.mark.parametrize(("shell", "check"), [("zsh", "-n"), ("fish", "--no-execute"), ("bash", "-n")])
def test_scripts_are_well_formed(shell, check, capsys, tmp_path):
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    path = tmp_path / "script"
    path.write_text(script(shell, capsys))
    subprocess.run([shell, check, str(path)], check=True)
