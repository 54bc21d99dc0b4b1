"""The extension for VS Code: its own logic, tested by node, and its lists, which are those of the package.

Would catch a target or a command of the manifest that the package does not have, and logic that fails in node.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ionqdsl.cli import command_line, verbs
from ionqdsl.ir.targets import TARGETS
from ionqdsl.lsp import lenses

FOLDER = Path(__file__).parents[1] / "editors" / "vscode"
MANIFEST = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))


def test_the_manifest_offers_the_targets_and_verbs_that_exist() -> None:
    properties = MANIFEST["contributes"]["configuration"]["properties"]
    assert properties["ionqdsl.target"]["enum"] == ["as written", *TARGETS]
    commands = {row["command"].removeprefix("ionqdsl.") for row in MANIFEST["contributes"]["commands"]}
    assert {name.removeprefix("file.") for name in commands} - {"target", "restart"} <= set(verbs.VERBS)
    assert lenses.RUN_TEST.removeprefix("ionqdsl.") not in commands  # the client registers that one, and may only once


def test_every_call_is_one_that_the_command_takes() -> None:
    """The words of `call` in src/command.js, with and without a target."""
    if shutil.which("node") is None:
        pytest.skip("needs node")
    script = (
        "const { call } = require('./src/command');"
        "const verbs = ['run', 'draw', 'report', 'compile', 'test'];"
        "const both = (verb) => [call(verb, 'a.qc', 'as written', 0), call(verb, 'a.qc', 'forte', 9)];"
        "console.log(JSON.stringify(verbs.flatMap(both)))"
    )
    done = subprocess.run(["node", "-e", script], cwd=FOLDER, capture_output=True, text=True, check=True, timeout=60)
    for words in json.loads(done.stdout):
        assert command_line.parse(words)[0].__name__.endswith(f".{words[0]}")


def test_its_own_tests_pass_in_node() -> None:
    node = shutil.which("node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout if node else "v0"
    if int(re.match(r"v(\d+)", version)[1]) < 18:
        pytest.skip("needs node 18 or newer")
    done = subprocess.run([node, "--test"], cwd=FOLDER, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
