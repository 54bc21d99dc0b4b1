"""Generates the editors' files: the TextMate grammar of the VS Code extension, from ionqdsl/language/vocabulary.py, and
the names of machines in its snippets, whose other text is written by hand.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ionqdsl.ir.targets import BACKEND_NAMES, backend_of
from ionqdsl.language import vocabulary as words
from ionqdsl.language.vocabulary import any_of

GRAMMAR = Path(__file__).parents[1] / "editors" / "vscode" / "syntaxes" / "qc.tmLanguage.json"
SNIPPETS = GRAMMAR.parents[1] / "snippets" / "qc.json"


def _rule(pattern: str, scope: str = "", **groups: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"match": pattern}
    if scope:
        rule["name"] = f"{scope}.qc"
    if groups:
        rule["captures"] = {number.removeprefix("g"): {"name": f"{name}.qc"} for number, name in groups.items()}
    return rule


def grammar() -> dict[str, Any]:
    units = "|".join(words.WORDS["unit"])
    inside = [_rule(words.ESCAPE, "constant.character.escape"), _rule(words.FIELD, "meta.template.expression")]
    string = {"begin": '"', "end": '"|(?=$)', "name": "string.quoted.double.qc", "patterns": inside}
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "information_for_contributors": ["Written by `make generate` from ionqdsl/language/vocabulary.py; edit that."],
        "name": "ionqdsl",
        "scopeName": "source.qc",
        "fileTypes": ["qc"],
        "patterns": [
            _rule(r"##.*$", "comment.block.documentation"),
            _rule(r"#.*$", "comment.line.number-sign"),
            _rule(r"^qc(?=\s+[0-9])", "keyword.other.version"),
            _rule(words.DEFINITION, g1="storage.type", g3="entity.name.function"),
            _rule(words.TEST, "storage.type"),
            _rule(words.DEF, "storage.type"),
            _rule(words.EXPECT, g2="keyword.control"),
            _rule(words.WITHIN, "keyword.control"),
            _rule(words.MEASURED, g1="keyword.operator", g3="keyword.control"),
            _rule(words.KEY, g2="support.type.property-name"),
            _rule(words.KEYED_BLOCK, g2="support.type.property-name"),
            _rule(words.KNOWN_GATE, g2="support.function.gate"),
            _rule(words.GATE, g2="entity.name.function.gate"),
            _rule(rf"({words.NUMBER})({units})\b", g1="constant.numeric", g2="keyword.other.unit"),
            _rule(words.NUMBER, "constant.numeric"),
            string,
            _rule(any_of("declaration"), "storage.type"),
            _rule(any_of("literal"), "constant.language"),
            _rule(any_of("operator"), "keyword.operator.word"),
            _rule(any_of("modifier") + r"(?=\s*[(@])", "storage.modifier"),
            _rule(any_of("keyword"), "keyword.control"),
            _rule(any_of("function") + r"(?=\()", "support.function"),
            _rule(words.CALL, "entity.name.function"),
            _rule(any_of("unit"), "keyword.other.unit"),
            _rule(any_of("constant"), "constant.language"),
            _rule(words.NAME, "variable.other"),
            _rule(r"\*\*|//|<<|>>|<=|>=|==|!=|[-+*/%<>=@&|^~.]", "keyword.operator"),
            _rule(r"[()\[\]{},;:]", "punctuation"),
        ],
    }


def files() -> dict[Path, str]:
    return {GRAMMAR: json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n", SNIPPETS: snippets()}


def snippets() -> str:
    names = [name for name in BACKEND_NAMES if not getattr(backend_of(name), "retired", False)]
    return re.sub(r"(?<=\$\{1\|)simulator[^|]*", ",".join(names), SNIPPETS.read_text(encoding="utf-8"))
