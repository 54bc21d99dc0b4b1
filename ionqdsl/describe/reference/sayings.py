"""Describes an entry in words, with names in backticks, for every form of a reference.

Takes an entry and returns pairs of a label and a text. Comments are cut into paragraphs, code and lists here too, so
that every form of a reference reads them alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ionqdsl.describe import costs
from ionqdsl.describe.reference.entries import Chapter, Entry

_POWERS = {("pow(2)", "pow(1/2)"): "`pow` of any real number", ("pow(2)",): "`pow` of whole numbers"}
_CODE = re.compile(r"`([^`\n]+)`")


def sayings(chapter: Chapter, entry: Entry) -> Iterator[tuple[str, str]]:
    """Labels and their texts."""
    for parameter in entry.parameters:
        default = f", `{parameter.default}` if not given" if parameter.default else ""
        yield "parameter", f"`{parameter.name}`{default}{_unit(parameter.unit)}"
    if entry.kind == "param" and "=" not in entry.declaration:
        yield "bound by", "`--set`, a sweep or Python"
    if entry.unit:
        yield "unit", _unit(entry.unit)[2:]
    if entry.value:
        yield "value", f"`{entry.value}`"
    if entry.qubits is not None:
        of = f" in `{entry.counted}`" if entry.counted != entry.name else ""
        yield "qubits", f"{entry.qubits}{of}"
    for part in entry.parts:
        yield "declares", f"`{part.declaration}`" + f": {' '.join(part.comment.split())}" * bool(part.comment)
    if entry.modifiers:
        powers = tuple(name for name in entry.modifiers if name.startswith("pow"))
        plain = [f"`{name}`" for name in entry.modifiers if not name.startswith("pow")]
        yield "takes", ", ".join([*plain, *filter(None, [_POWERS.get(powers, "")])])
    if entry.costs:
        of = f"`{entry.counted}`: " if entry.counted != entry.name else ""
        yield "costs", of + costs.shown(entry.costs)
    if entry.uses:
        yield "uses", ", ".join(f"`{name}`" for name in entry.uses)
    if entry.tests:
        yield "tested by", ", ".join(f'"{name}"' for name in entry.tests)
    yield "defined", f"{chapter.file}, line {entry.line}"


def _unit(unit: str) -> str:
    """The unit of plain numbers, for the end of a sentence."""
    return f", plain numbers in {unit}" if unit else ""


def blocks(comment: str) -> Iterator[tuple[str, list[str]]]:
    """A comment as `paragraph` and `code`, which is indented, in lines, and `list` in items."""
    for part in re.split(r"\n\s*\n", comment):
        lines = part.split("\n")
        if all(line.startswith("  ") for line in lines):
            margin = min(len(line) - len(line.lstrip()) for line in lines)
            yield "code", [line[margin:] for line in lines]
            continue
        groups: list[tuple[str, list[str]]] = []
        for line in map(str.strip, lines):
            if line.startswith("- "):
                if not groups or groups[-1][0] != "list":
                    groups.append(("list", []))
                groups[-1][1].append(line[2:].strip())
            elif groups and groups[-1][0] == "list":
                groups[-1][1][-1] += f" {line}"
            elif groups:
                groups[-1][1].append(line)
            else:
                groups.append(("paragraph", [line]))
        yield from groups


def inline(text: str) -> Iterator[tuple[bool, str]]:
    """A text as pieces in backticks, which are code, and other pieces."""
    at = 0
    for match in _CODE.finditer(text):
        yield False, text[at : match.start()]
        yield True, match[1]
        at = match.end()
    yield False, text[at:]
