"""Highlighting: every token of every program gets a class, and gates are told from values as the parser does.

The Pygments lexer is compared with the syntax tree; the TextMate grammar, whose engine is not in Python, is run by a
small line-by-line engine for the part of the format it uses. Would catch an outdated word list, a gate coloured as a
value, and a grammar that was not regenerated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.language import syntax
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.mentions import GATE, VALUE
from tests.programs import programs

pytest.importorskip("pygments")

from pygments.token import Comment, Error, Keyword, Name, Number, String

from ionqdsl.describe.highlight import QcLexer

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").rglob("*.qc"))
VSCODE = ROOT / "editors" / "vscode"
GRAMMAR = json.loads((VSCODE / "syntaxes" / "qc.tmLanguage.json").read_text(encoding="utf-8"))


def classes(text: str) -> list[Any]:
    """The Pygments class of each character."""
    found: list[Any] = []
    for _, kind, value in QcLexer(ensurenl=False, stripnl=False).get_tokens_unprocessed(text):
        found += [kind] * len(value)
    return found


def scopes(text: str) -> list[str]:
    """The innermost TextMate scope of each character, "" for none: patterns tried in order at every place."""
    found: list[str] = []
    for line in re.findall(r"[^\n]*\n|[^\n]+\Z", text):
        at, inner = 0, None
        while at < len(line):
            rules = inner["patterns"] if inner else GRAMMAR["patterns"]
            end = re.compile(inner["end"], re.MULTILINE).match(line, at) if inner else None
            if end is not None:
                found += [inner["name"]] * len(end[0])
                at, inner = end.end(), None
                continue
            for rule in rules:
                match = re.compile(rule.get("match", rule.get("begin"))).match(line, at)
                if match and match[0]:
                    found += _scoped(rule, match)
                    at = match.end()
                    inner = rule if "begin" in rule else inner
                    break
            else:
                found.append(inner["name"] if inner else "")
                at += 1
    return found


def _scoped(rule: dict[str, Any], match: re.Match[str]) -> list[str]:
    result = [rule.get("name", "")] * len(match[0])
    for number, capture in rule.get("captures", {}).items():
        start, end = (place - match.start() for place in match.span(int(number)))
        result[start:end] = [capture["name"]] * (end - start)
    return result


def names(text: str) -> Iterator[tuple[str, str, int]]:
    """Gates that are applied and values that are used, by the syntax tree."""
    document = Document(text)
    for piece in document.pieces:
        for mention in document.mentions_in(piece):
            call = mention.owner if isinstance(mention.owner, syntax.Application) else None
            is_bare = call is not None and not call.operands and not call.arguments  # a circuit, called in a test
            if not mention.defines and mention.space in (GATE, VALUE) and mention.name != "gphase" and not is_bare:
                yield mention.name, mention.space, mention.start


def check(text: str) -> None:
    kinds, found = classes(text), scopes(text)
    assert len(kinds) == len(found) == len(text)
    assert Error not in kinds
    assert all(scope for scope, char in zip(found, text, strict=True) if not char.isspace())
    for name, space, at in names(text):
        is_gate = space == GATE
        assert (kinds[at] in (Name.Builtin, Name.Function)) == is_gate, (name, at, kinds[at])
        assert ("gate" in found[at]) == is_gate, (name, at, found[at])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_token_of_the_examples_has_its_class(example: Path) -> None:
    check(example.read_text(encoding="utf-8"))


@settings(max_examples=20)
@given(programs())
def test_every_token_of_generated_programs_has_its_class(text: str) -> None:
    check(text)


def test_classes_by_hand() -> None:
    text = """qc 1
## Doc of x.
gate turn2(x) a { rx(2*x + 45deg) a } # note
job { name = "run {t:.2f} \\n"; metadata { team = "for" } }
ctrl @ not q[0], q[1]; const z = x if x else true
"""
    kinds, found = classes(text), scopes(text)
    expected = {
        "qc 1": (Keyword, "keyword.other.version"),
        "## Doc": (Comment.Special, "comment.block.documentation"),
        "gate": (Keyword.Declaration, "storage.type"),
        "turn2": (Name.Function, "entity.name.function"),
        "rx": (Name.Builtin, "support.function.gate"),
        "45": (Number, "constant.numeric"),
        "deg": (Keyword.Type, "keyword.other.unit"),
        "# note": (Comment.Single, "comment.line"),
        "job": (Keyword, "keyword.control"),
        "name": (Name.Attribute, "support.type.property-name"),
        "{t:.2f}": (String.Interpol, "meta.template.expression"),
        "\\n": (String.Escape, "constant.character.escape"),
        "metadata": (Name.Attribute, "support.type.property-name"),
        'for"': (String, "string.quoted.double"),
        "ctrl": (Keyword.Pseudo, "storage.modifier"),
        "not q": (Name.Builtin, "support.function.gate"),
        "if x": (Keyword, "keyword.control"),
        "true": (Keyword.Constant, "constant.language"),
    }
    for piece, (kind, scope) in expected.items():
        at = text.index(piece)
        assert kinds[at] in kind, (piece, kinds[at])
        assert found[at].startswith(scope), (piece, found[at])


def test_words_of_tests_are_words_there_and_names_elsewhere() -> None:
    text = 'test "t" for a in [1] { expect prob("0") == a within 0.1 }\nexpect = 3\nconst test = within\n'
    kinds, found = classes(text), scopes(text)
    for piece in ('test "', "expect prob", "within 0"):
        assert kinds[text.index(piece)] in Keyword, piece
        assert found[text.index(piece)].startswith(("keyword", "storage")), piece
    for piece in ("expect =", "test =", "within\n"):
        assert kinds[text.index(piece)] not in Keyword, piece


def test_every_keyword_is_one() -> None:
    """In a place where it is no gate and no key."""
    for word in KEYWORDS - {"not", "in", "and", "or", "true", "false", "null"}:
        text = f"{word} @ x" if word in ("ctrl", "negctrl", "inv", "pow") else f"= {word} x"
        at = text.index(word)
        assert classes(text)[at] in Keyword, word
        assert scopes(text)[at].startswith(("keyword", "storage")), word


def test_pygments_finds_the_lexer_where_the_entry_point_says() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ((name, value),) = project["entry-points"]["pygments.lexers"].items()
    assert EntryPoint(name, value, "pygments.lexers").load() is QcLexer
    assert "*.qc" in QcLexer.filenames


def test_the_extension_names_files_that_exist() -> None:
    package = json.loads((VSCODE / "package.json").read_text(encoding="utf-8"))
    contributes = package["contributes"]
    assert package["main"] == "./dist/client.js"  # bundled of src/client.js
    paths = ["src/client.js", *(one["path"] for one in (*contributes["grammars"], *contributes["snippets"]))]
    paths += [one["configuration"] for one in contributes["languages"]]
    assert all((VSCODE / path).is_file() for path in paths)
    json.loads((VSCODE / "language-configuration.json").read_text(encoding="utf-8"))
    assert contributes["grammars"][0]["scopeName"] == GRAMMAR["scopeName"]


def test_snippets_are_programs() -> None:
    """Filled with their defaults, each can be read, and those that define things compile."""
    from ionqdsl.diagnostics.source import Source
    from ionqdsl.language.parse import parse

    for name, snippet in json.loads((VSCODE / "snippets" / "qc.json").read_text(encoding="utf-8")).items():
        body = snippet["body"]
        text = body if isinstance(body, str) else "\n".join(body)
        text = re.sub(r"\$\{\d+\|([^,|]*)[^}]*\}", r"\1", text)
        while (plain := re.sub(r"\$\{\d+:?([^${}]*)\}", r"\1", text)) != text:
            text = plain
        text = re.sub(r"\$\d+", "", text)
        assert parse(Source(text)).diagnostics == (), (name, text)
