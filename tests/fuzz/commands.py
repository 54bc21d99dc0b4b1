"""Command lines: every verb that neither serves nor waits for somebody, with flags and values of all kinds."""

from __future__ import annotations

import argparse
import json
import random
from typing import Any

from ionqdsl.cli.parsers import parser_of
from ionqdsl.cli.verbs import VERBS
from tests.fuzz import changes, places, texts
from tests.fuzz.judging import Kind, data_of

SERVING = ("emulator", "lsp", "playground", "watch")
_VALUES = (
    "circuit.qc", "b.qasm", "c.json", "energy.qc", "tests.qc", "sweep.qc", "std", "data.json", "m.json", "th=[0.1,0.2]",
    "-", "", " ", "nowhere.qc", ".", "a" * 300, "é", "\udcff", "\x00", "\x1b[31m", "-1",
    "0", "1", "2", "3.5", "1e999", "nan", "inf", "1e-320", "9" * 400, "9" * 5000, "t=1", "t=", "=1", "t=[1,2]", "t=1e9",
    "q", "simulator", "qpu.forte-1", "aria", "forte", "aria-1", "qis", "native", "json", "qc", "qasm2", "qasm3",
    "QC0101", "QC9999", "cx", "bash", "zsh", "2026-01-01", "0001-01-01", "9999-12-31", "iq-1", "j-1", "--", "-x", "svg",
    "out.txt", "always", "20usd", "1e9credit", "None", "list", "show", "status", "login", "logout", "start", "end",
)  # fmt: skip
_FILES = {**texts.VERSION_2, "b.qasm": texts.QASM[0], "c.json": texts.JSON[0], **texts.DATA}
_FLAGS = {verb: [action for action in parser_of(verb)[1]._actions if action.option_strings] for verb in VERBS}
CORPUS = [
    json.dumps([verb, *more])
    for verb in VERBS
    if verb not in SERVING
    for more in ([], ["c.json"], *([name] for name in texts.VERSION_2))
]
CORPUS += [
    json.dumps(words)
    for words in (
        ["test", "tests.qc", "--junit", "out.xml"], ["test", ".", "-k", "ghz"],
        ["minimize", "energy.qc", "--shots", "10"],
        ["run", "energy.qc", "--shots", "10"], ["calibrate", "2", "--noise", "aria-1", "-o", "m.json"],
        ["run", "sweep.qc", "--mitigation", "m.json"], ["doc", "std"], ["compile", "circuit.qc", "--verify"],
    )
]  # fmt: skip


def line(given: str, others: list[str], source: random.Random) -> str:
    """A command line with a few more words."""
    words = json.loads(source.choice(others))
    flags = _FLAGS.get(words[0], [])
    for _ in range(source.randint(0, 4)):
        at = source.randint(0 if source.random() < 0.05 else 1, len(words))
        words[at:at] = _flag(source.choice(flags), source) if flags and source.random() < 0.6 else [_value(source)]
    if source.random() < 0.1:
        words.pop(source.randrange(len(words)))
    if source.random() < 0.1 and words:
        at = source.randrange(len(words))
        words[at] = changes.text(words[at], [words[at] or "x"], source)
    return json.dumps(words)


def _value(source: random.Random) -> str:
    return source.choice(_VALUES)


def _flag(action: argparse.Action, source: random.Random) -> list[str]:
    name = source.choice(action.option_strings)
    if action.nargs == 0 or source.random() < 0.05:
        return [name]
    if action.choices and source.random() < 0.7:
        return [name, str(source.choice(list(action.choices)))]
    value = _value(source)
    return [f"{name}={value}"] if source.random() < 0.3 else [name, value]


def _leaves_the_folder(word: str) -> bool:
    """Whether a command might read or, worse, write files that are not the fuzz's own."""
    return "/" in word or ".." in word or "~" in word


def command(text: str) -> None:
    words = data_of(text)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return
    if any(word in SERVING or word == "--watch" or _leaves_the_folder(word) for word in words):
        return
    places.clean()
    for name, content in _FILES.items():
        (places.FOLDER / name).write_text(content, encoding="utf-8")
    places.command(words, b"qubit q\nh q\n" if len(text) % 2 else b"\xff\x00")


KINDS: dict[str, Any] = {"command": Kind(command, CORPUS, line)}
