"""The grammar for tree-sitter against the compiler's: words, and the texts that each reads.

Would catch a keyword or an operator that one of them lacks, a query about a node that does not exist, and a program
that only one of them reads. The comparison of parsers needs `make tree-sitter`, and is skipped without.
"""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.language.grammars import grammar_text
from ionqdsl.language.parse import parse
from tests.programs import programs

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "editors" / "tree-sitter-qc"
PARSER = ROOT / ".tree-sitter" / "parse"
EXAMPLES = sorted((ROOT / "examples").rglob("*.qc")) + sorted((ROOT / "grammar").rglob("*.qc"))
GRAMMAR = (FOLDER / "grammar.js").read_text(encoding="utf-8")
QUERIES = {path.name: path.read_text(encoding="utf-8") for path in sorted((FOLDER / "queries").iterdir())}
LITERALS = set(re.findall(r'"([^"\s]+)"', re.sub(r"^\s*//.*$", "", GRAMMAR, flags=re.MULTILINE)))
OF_THE_FILE = {"qc", "name", "key", "sum", "product", "union", "either", "both", "shifted"}
"""Names in grammar.js that are no words of the language."""
OF_VERSION_2 = {"def", "test", "expect", "within", "measure"}
needs_parser = pytest.mark.skipif(not PARSER.exists(), reason="needs `make tree-sitter`")


def test_the_words_are_those_of_the_language() -> None:
    words = {word for word in LITERALS if word.isalpha()} - OF_THE_FILE
    assert words == set(KEYWORDS) | OF_VERSION_2
    rules = re.sub(r"^[A-Z_.0-9]+: /.*$|//.*$", "", grammar_text("qc.lark"), flags=re.MULTILINE)
    signs = set(re.findall(r'"([^\w\s"]+)"', rules))
    assert signs >= {"**", "<=", "@"}
    assert signs <= LITERALS


@pytest.mark.parametrize("name", QUERIES)
def test_queries_ask_for_nodes_that_exist(name: str) -> None:
    text = re.sub(r";.*", "", re.sub(r'"[^"]*"', lambda match: match[0].replace(";", "§"), QUERIES[name]))
    rules = set(re.findall(r"^    (\w+): \(\$\)", GRAMMAR, re.MULTILINE))
    assert set(re.findall(r"\((\w+)", text)) <= rules
    assert {word.replace("§", ";") for word in re.findall(r'"([^"]+)"', text)} <= LITERALS
    assert set(re.findall(r"(\w+):", text)) <= set(re.findall(r'field\("(\w+)"', GRAMMAR))


def has_faults(texts: list[str], folder: Path) -> list[bool]:
    """Whether tree-sitter finds a fault in each text."""
    paths = [folder / f"{number}.qc" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    done = subprocess.run([PARSER, *paths], capture_output=True, text=True, check=True, timeout=120)
    return [line == "1" for line in done.stdout.split()]


def is_refused(text: str) -> bool:
    """Whether the compiler finds an error of syntax."""
    try:
        found = parse(Source(text)).diagnostics
    except CompileError as error:
        found = list(error.diagnostics)
    return any(one.is_error and one.code.startswith("QC01") for one in found)


def broken(text: str, chance: random.Random) -> str:
    """The text with a word left out, exchanged or added."""
    words = re.findall(r"\w+|\s+|[^\w\s]", text)
    place = chance.randrange(len(words))
    added = chance.choice(["(", ")", "[", "]", "{", "}", ",", "=", "\n", "for", "in", "if", "x", "1", "+", "@"])
    words[place : place + chance.randrange(2)] = chance.choice([[], [chance.choice(words)], [added]])
    return "".join(words)


@needs_parser
def test_every_example_is_read(tmp_path: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in EXAMPLES]
    faults = has_faults(texts, tmp_path)
    assert [path.name for path, is_faulty in zip(EXAMPLES, faults, strict=True) if is_faulty] == []


@needs_parser
def test_both_read_the_same_programs(tmp_path: Path) -> None:
    """Whatever the compiler reads is read; of the texts that it refuses, at most one in ten is not refused here.

    A semicolon inside brackets, which the compiler takes for a newline, is a fault here, so none is added.
    """
    made: list[str] = []

    @settings(max_examples=40, deadline=None, database=None)
    @given(programs())
    def collect(text: str) -> None:
        made.append(text)

    collect()
    chance = random.Random(11)
    texts = made + [path.read_text(encoding="utf-8") for path in EXAMPLES]
    texts += [broken(text, chance) for text in texts for _ in range(3)]
    refused = [is_refused(text) for text in texts]
    faults = has_faults(texts, tmp_path)
    pairs = list(zip(texts, refused, faults, strict=True))
    assert [text for text, is_bad, is_faulty in pairs if is_faulty and not is_bad] == []
    lenient = sum(is_bad and not is_faulty for _, is_bad, is_faulty in pairs)
    assert lenient <= sum(refused) / 10
    assert sum(refused) > len(texts) / 10
