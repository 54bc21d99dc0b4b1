"""Words diagnostics and quotes the lines they are about.

Takes templates of codes, facts and spans; returns texts. Only a diagnostic that is shown needs this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any

from ionqdsl.diagnostics.source import Span


class _Wording(Formatter):
    """Fills the templates of codes, and makes words of facts that are lists or numbers.

    `{names}` lists a tuple, names in backticks; `{indices}` is "0 to 3" or "0" for a `range`; `{count:qubit}` is "no
    qubits", "1 qubit" or "2 qubits", for a `range` "1 to 2 qubits"; `{count:were}` is "none was", "1 was" or "2 were";
    `{count:each}` is "both" for two; `{sizes:has}` is "`a` has 2, `b` has 3" for pairs.
    """

    def format_field(self, value: Any, format_spec: str) -> Any:
        """One fact as text."""
        if format_spec == "has":
            return ", ".join(f"`{name}` has {size}" for name, size in value)
        if isinstance(value, range) and not format_spec:
            return f"{value[0]} to {value[-1]}" if len(value) > 1 else str(value[0])
        if isinstance(value, tuple):
            listed = [f"`{item}`" if isinstance(item, str) else str(item) for item in value]
            return ", ".join(listed[:_LISTED] + ["..."] * (len(listed) > _LISTED))
        match format_spec:
            case "were":
                return "1 was" if value == 1 else f"{value} were" if value else "none was"
            case "each":
                return "both" if value == 2 else "each"
            case noun if len(noun) > 1 and noun.isalpha():
                number = f"{value[0]} to {value[-1]}" if isinstance(value, range) else value or "no"
                return f"{number} {noun}{'s' * (value != 1)}"
        return super().format_field(value, format_spec)


_LISTED = 20
"""A longer list is cut."""

_WORDING = _Wording()


def filled(template: str, facts: Mapping[str, Any]) -> str:
    """A template of a code with facts in its braces."""
    return _WORDING.vformat(template, (), facts)


def applies(template: str, facts: Mapping[str, Any]) -> bool:
    """Whether there are facts for all braces of a template."""
    names = (name for _, name, _, _ in Formatter().parse(template) if name)
    return all(facts.get(name.split(".")[0]) not in (None, (), range(0)) for name in names)


def last_line(place: Span, labels: Iterable[tuple[Span, str]]) -> int:
    """The last of the lines on which places begin."""
    return max(span.source.position(span.start)[0] for span in (place, *(span for span, _ in labels)))


def snippets(place: Span, label: str, others: list[tuple[Span, str]], has_help: bool) -> list[str]:
    """The quoted lines in the order of the file, the primary place underlined with ^, others with -."""
    margin = " " * len(str(last_line(place, [(span, "") for span, _ in others])))
    line, column = place.source.position(place.start)
    lines = [f"{margin}--> {place.source.name}:{line}:{column}", f"{margin} |"]
    here = [(place, "^", label)] + [(span, "-", text) for span, text in others if span.source is place.source]
    shown = 0
    for span, mark, text in sorted(here, key=lambda item: item[0].start):
        number = span.source.position(span.start)[0]
        if shown and number > shown + 1:
            lines.append("...")
        lines += _quote(span, mark, text, margin, repeat=number != shown)
        shown = number
    for span, text in others:
        if span.source is not place.source:
            number, column = span.source.position(span.start)
            lines += [f"{margin}::: {span.source.name}:{number}:{column}", f"{margin} |"]
            lines += _quote(span, "-", text, margin)
    return [*lines, f"{margin} |"] if has_help else lines


_WIDTH = 160
"""Longer lines are cut around the span."""


def _quote(span: Span, mark: str, label: str, margin: str, repeat: bool = True) -> list[str]:
    number, column = span.source.position(span.start)
    text = span.source.line(number)
    first = column - 1
    length = max(1, min(span.end - span.start, len(text) - first))
    if len(text) > _WIDTH:
        cut = max(0, min(first - _WIDTH // 4, len(text) - _WIDTH))
        text, first = text[cut : cut + _WIDTH], first - cut
        length = max(1, min(length, _WIDTH - first))
    text = "".join(char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text)
    indent = "".join("\t" if char == "\t" else " " * _columns(char) for char in text[:first]).ljust(first)
    marks = mark * max(1, sum(map(_columns, text[first : first + length].ljust(length))))
    under = f"{margin} | {indent}{marks} {label}".rstrip()
    return ([f"{number:>{len(margin)}} | {text}".rstrip()] if repeat else []) + [under]


def _columns(char: str) -> int:
    """The number of terminal columns a character takes."""
    if char.isascii():
        return 1
    from unicodedata import combining, east_asian_width

    return 0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1
