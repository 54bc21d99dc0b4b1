"""Makes the pages of the standard library: a page for each file, from its comments, and the table of all gates.

Takes nothing and returns Markdown. An entry has its meaning first, an example that the playground opens, the circuit of
the example if it is small, its cost, and at the end, folded, its definition.
"""

from __future__ import annotations

import re
from pathlib import Path

from ionqdsl.describe.reference.entries import Chapter, Entry
from ionqdsl.describe.reference.links import Links, heading
from ionqdsl.describe.reference.markdown import commented
from ionqdsl.describe.reference.reading import chapters
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.svg import svg
from ionqdsl.pipeline import load

ROOT = Path(__file__).resolve().parents[1]

COST = re.compile(r"\s*Cost of `([^`]+)` on `([^`]+)`: ([^\n]+)")
"""The last line of a comment: the example, its qubits, and its cost on each machine."""

ROW = re.compile(r"^\| `(\w+)[^`]*` \| (.+?)(?:[.:;](?: [^|]*)?)? \|", re.MULTILINE)
"""A row of the table: the name and the first sentence about the gate."""

MACHINE = re.compile(r"(\w+) (\d+) two-qubit gates?, (\d+) pulses?")

MOST_DRAWN, MOST_WIRES = 60, 9
"""Gates and qubits of the largest example with a picture."""


def pages() -> dict[str, str]:
    """The pages of the files, and the one of docs/ with links to them."""
    found = {f"library/{path.stem}.md": _page(path) for path in sorted((ROOT / "grammar" / "std").glob("*.qc"))}
    return {"library.md": _index(), **found}


def _index() -> str:
    """The table of all gates: names that lead to the pages."""
    parts = re.split(
        r"^## std/(\w+)\.qc$", (ROOT / "docs" / "library.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    text = parts[0]
    for name, part in zip(parts[1::2], parts[2::2], strict=True):
        rows = ROW.sub(rf"| [`\1`](library/{name}.md#gate-\1) | \2 |", part)
        text += f"## std/{name}.qc\n\n[Every gate with an example and its definition](library/{name}.md)\n{rows}"
    return text


def _page(path: Path) -> str:
    (chapter,), errors = chapters([Source(path.read_text(encoding="utf-8"), f"std/{path.name}")])
    assert not errors
    links = Links([chapter])
    lines = [f"# std/{path.name}", *commented(chapter.comment, chapter, links)]
    lines += [_entry(chapter, entry, links) for entry in chapter.entries if entry.name[0] != "_"]
    return "\n\n".join(lines).replace("\\<", "&lt;") + "\n"  # mkdocs knows no `\\<`


def _entry(chapter: Chapter, entry: Entry, links: Links) -> str:
    first = re.split(r"\s*[{=]", entry.declaration, maxsplit=1)[0]
    anchor = heading(entry).lower().replace(" ", "-")
    lines = [f"## {entry.name} {{ #{anchor} }}", f"`{first}`"]
    cost = COST.search(entry.comment)
    lines += commented(COST.sub("", entry.comment), chapter, links, entry)
    if cost is not None:
        lines += _example(f'include "{chapter.file}"\n{cost[2]}\n{cost[1]}\n')
        lines.append(_table(MACHINE.findall(cost[3])))
    definition = "\n".join(f"    {line}" for line in f"```qc-part\n{entry.declaration}\n```".split("\n"))
    lines.append(f'??? quote "Definition, line {entry.line} of {chapter.file}"\n\n{definition}')
    return "\n\n".join(lines)


def _table(costs: list[tuple[str, str, str]]) -> str:
    """The gates and pulses of the example on each machine."""
    names, gates, pulses = zip(*costs, strict=True)
    rows = [("compiled for", *names), ("---",) * (len(names) + 1), ("two-qubit gates", *gates), ("pulses", *pulses)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _example(program: str) -> list[str]:
    """A whole program, and its circuit."""
    lines = [f"```qc\n{program}```"]
    (circuit,) = load(Source(program))[0].runs
    if 0 < len(circuit) <= MOST_DRAWN and circuit.width <= MOST_WIRES:
        drawn = svg(circuit, 700, matrices=False).replace("\n", "")
        lines.append(f'<figure class="picture">{drawn}</figure>')
    return lines
