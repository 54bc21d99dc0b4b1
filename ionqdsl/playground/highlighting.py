"""Says how the page's editor colours programs: patterns in order, and the kinds of their groups.

Takes no input and returns plain data, made from the vocabulary of the language. The patterns mean the same to Python
and to the browser; each is tried at the place where the one before it ended, and the first that fits counts.
"""

from __future__ import annotations

from ionqdsl.language import vocabulary as words
from ionqdsl.language.vocabulary import any_of

Rule = tuple[str, list[str]]
"""A pattern, and the kind of each of its groups, or of the whole if it has no group; "" has no colour."""


def rules() -> list[Rule]:
    """The rules, the first that fits first."""
    units = "|".join(words.WORDS["unit"])
    return [
        (r"#.*", ["comment"]),
        (words.STRING, ["string"]),
        (r'"[^"]*', ["string"]),
        (words.DEFINITION, ["keyword", "", "definition"]),
        (words.TEST, ["keyword"]),
        (words.DEF, ["keyword"]),
        (words.EXPECT, ["", "keyword"]),
        (words.WITHIN, ["keyword"]),
        (words.MEASURED, ["", "", "keyword"]),
        (words.KEY, ["", "property"]),
        (words.KEYED_BLOCK, ["", "property"]),
        (words.KNOWN_GATE, ["", "gate"]),
        (words.GATE, ["", "gate"]),
        (rf"({words.NUMBER})({units})\b", ["number", "unit"]),
        (words.NUMBER, ["number"]),
        *((any_of(kind), ["keyword"]) for kind in ("declaration", "operator", "keyword")),
        (any_of("literal"), ["constant"]),
        (any_of("modifier") + r"(?=\s*[(@])", ["keyword"]),
        (any_of("function") + r"(?=\()", ["function"]),
        (words.CALL, ["function"]),
        (any_of("constant"), ["constant"]),
        (words.NAME, [""]),
        (r"\s+|[\s\S]", [""]),
    ]
