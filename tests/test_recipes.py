"""The recipes of docs/contributing.md, performed in a copy of the project.

Would catch a recipe that misses a file, a table that must list a new row as well, and an outdated generated file. The
text of the page is executed, block by block, so that page and project cannot diverge.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("ionqdsl", "grammar", "generate", "docs", "editors", "examples", "tests", "pyproject.toml")
PAGE = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
RECIPES = {
    name: text
    for name, text in re.findall(r"^### Add (an? [^\n]+)\n(.*?)(?=^##)", PAGE, re.DOTALL | re.MULTILINE)
    if "```" in text
}
MOST = {
    "a standard gate": 1,
    "a primitive or native gate": 2,
    "a machine": 1,
    "a pass": 2,
    "a format": 2,
    "a verb": 2,
}
"""How many files may be touched, tests and generated files apart."""

SHOWN = {
    "ionqdsl explain dcx": "cnot a, b; cnot b, a",
    "ionqdsl explain zx": "exp(-i theta/2 ZX)",
    "ionqdsl compile examples/bell.qc --target qpu.vivace-1": '"gate":"zz"',
    "ionqdsl compile examples/bell.qc --target forte --report": "drop_idle",
    "ionqdsl convert examples/bell.qc --to csv": "cnot,0,0 1",
    "ionqdsl compile examples/bell.qc --emit csv": "cnot,0,0 1",
    "ionqdsl width examples/bell.qc": "bell 2",
    "ionqdsl width examples/bell.qc --json": '"bell"',
    "ionqdsl completion bash": {"a machine": "qpu.vivace-1", "a verb": "_ionqdsl_width"},
}
"""Part of the output of a recipe's command."""

FOLLOWS = {
    "a standard gate": ("docs/gates.md", "ionqdsl/python/fluent.py"),
    "a primitive or native gate": ("docs/gates.md", "ionqdsl/python/fluent.py"),
    "a machine": ("docs/machines.md", "docs/cli.md", "editors/vscode/snippets/qc.json"),
    "a pass": ("docs/machines.md", "docs/architecture.md"),
    "a format": ("docs/formats.md", "docs/cli.md"),
    "a verb": ("docs/cli.md",),
}
"""Generated files that must say something new."""


def apply(head: str, body: str, root: Path) -> str:
    """Applies a block; its path."""
    path, where = head.split(", ", 1)
    file = root / path
    if where == "a new file":
        assert not file.exists(), path
        file.write_text(body, encoding="utf-8")
        return path
    side, mark = where.split(" ", 1)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [number for number, line in enumerate(lines) if line.startswith(mark)]
    assert found, f"{path} has no line {mark!r}"
    body += "\n\n" * body.startswith(("def ", "class "))
    lines.insert(found[0] + (side == "below"), body)
    file.write_text("".join(lines), encoding="utf-8")
    return path


def run(command: str, root: Path) -> str:
    """The output of a command of the page, run in the copy."""
    program, *rest = shlex.split(command)
    words = {
        "make": ["generate"],
        "ionqdsl": ["-m", "ionqdsl", *rest],
        "pytest": ["-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *rest],
        "ruff": ["-m", "ruff", *rest],
    }[program]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def test_every_recipe_is_performed() -> None:
    assert RECIPES.keys() == MOST.keys() == FOLLOWS.keys()
    commands = {line for text in RECIPES.values() for line in re.findall(r"^\$ (ionqdsl .*)$", text, re.MULTILINE)}
    assert commands == SHOWN.keys()


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_does_what_it_says(name: str, tmp_path: Path) -> None:
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, tmp_path / part)
    blocks = re.findall(r"^```(?:py|txt)\n# ([^\n]+)\n(.*?)^```$", RECIPES[name], re.DOTALL | re.MULTILINE)
    touched = {apply(head, body, tmp_path) for head, body in blocks}
    assert 0 < len({path for path in touched if not path.startswith("tests/")}) <= MOST[name], touched
    if importlib.util.find_spec("ruff"):
        paths = " ".join(path for path in sorted(touched) if path.endswith(".py"))
        for words in ("check --no-cache", "format --no-cache --check"):
            run(f"ruff {words} {paths or 'generate'}", tmp_path)
    commands = re.findall(r"^\$ (.*)$", RECIPES[name], re.MULTILINE)
    assert commands[0] == "make generate"
    for command in commands:
        printed = run(command, tmp_path)
        if command == "make generate":
            assert set(FOLLOWS[name]) <= set(re.findall(r"^wrote (.*)$", printed, re.MULTILINE)), printed
        if command in SHOWN:
            wanted = SHOWN[command]
            assert (wanted if isinstance(wanted, str) else wanted[name]) in printed
        if command.startswith("pytest"):
            assert re.search(r"^\.+", printed), printed
