"""One word, one meaning: class names are used once, and the words that the glossary replaces do not return.

Would catch a second `Budget`, a second `Row`, and a page or a message that calls a barrier by another name.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

REPLACED = {
    "fence": "barrier",
    "entangler": "two-qubit gate",
    "atom": "symbol",
    "purse": "budget",
    "dice": "seed",
    "desk": "delivery context",
    "rival": "candidate",
}
"""Words that are not used, and their replacements."""

_SAID = re.compile(rf"(?<![A-Za-z])(?!entanglers\()({'|'.join(REPLACED)})s?(?![A-Za-z])", re.IGNORECASE)
"""As a word or as a part of an identifier, such as `is_fence`; not as a function that a program calls."""

_FOLDERS = ("ionqdsl", "docs", "grammar", "tests", "editors", "examples")
_ENDS = {".py", ".md", ".lark", ".qc", ".js", ".css", ".html", ".json", ".toml"}
_LEFT_OUT = (
    "tests/test_words.py",  # this list
    "docs/benchmarks.md",  # measurements, as `make bench-peers` wrote them
    "ionqdsl/playground/static/codemirror.js",  # which others wrote
)


def _texts() -> Iterator[Path]:
    yield ROOT / "README.md"
    for folder in _FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in _ENDS and path.is_file() and "node_modules" not in path.parts:
                yield path


def _said(path: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for word in _SAID.finditer(line.replace("expression.atoms(", "")):  # sympy's
            yield f"{path.relative_to(ROOT)}:{number}: `{word[1]}` is {REPLACED[word[1].lower()]} here"


def test_replaced_words_do_not_come_back() -> None:
    said = [word for path in _texts() if path.relative_to(ROOT).as_posix() not in _LEFT_OUT for word in _said(path)]
    assert not said, "\n".join(said)


@pytest.mark.parametrize("line", ["a fence on its qubits", "def is_fence(op):", "FENCE = -2", "`Rivals`", "entanglers"])
def test_replaced_words_are_seen(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("test_words.ROOT", tmp_path)
    path = tmp_path / "page.md"
    path.write_text(line)
    assert len([*_said(path)]) == 1


def test_every_class_name_is_used_once() -> None:
    places = defaultdict(list)
    for path in sorted((ROOT / "ionqdsl").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{path.relative_to(ROOT)}:{node.lineno}")
    twice = {name: where for name, where in places.items() if len(where) > 1}
    assert not twice, f"a reader cannot tell these apart: {twice}"


def test_the_glossary_has_what_is_said_instead() -> None:
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    glossary = page.partition("## Words")[2].partition("\n## ")[0].lower()
    assert {word for word in REPLACED.values() if f"**{word}**" not in glossary} == set()
