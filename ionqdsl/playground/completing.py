"""Completes at the cursor of the page's editor: the language server's answer, simplified for a text area.

Takes a request and returns items: the text to insert, the text to replace, the part to select. Included files are read
as the compiler reads them, and only those; the document that the language server's completion uses reads none.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import Any

from ionqdsl.diagnostics.source import Source
from ionqdsl.language import standard, syntax
from ionqdsl.language.includes import open_includes
from ionqdsl.lsp.completion import completions
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import offset as offset_of
from ionqdsl.lsp.workspace import of_library
from ionqdsl.playground.asking import CompletionRequest
from ionqdsl.playground.places import files_beside, place

MOST = 60
"""The number of items in an answer."""

_LETTERS = string.ascii_letters + string.digits + "_"
_HOLE = re.compile(r"\$(?:\{\d+:([^{}]*)\}|\d+)")
_PATH = re.compile(r'include\s*"([^"\n]*)\Z')


def completed(query: CompletionRequest, path: str | None) -> dict[str, Any]:
    """Items, best first: `label`, `detail`, `text`, `select` (a range in the text), and the range it replaces.

    `before` and `behind` are the lengths of that range on either side of the cursor; all lengths are in UTF-16 units.
    """
    offset = len(query.text.encode("utf-16-le")[: 2 * query.offset].decode("utf-16-le", "ignore"))
    here = place(query.example, path)
    if typed := _PATH.search(query.text[:offset]):
        names = [*standard.names(), *(files_beside(here) if here is not None else [])]
        return {"items": [_item(name, "", name, typed[1], "") for name in names if name.startswith(typed[1])][:MOST]}
    document = Document(query.text, find=of_library)  # it reads no file of the user
    items = completions(document, offset)
    items += _included(query.text, here, {item["label"] for item in items}) if here is not None else []
    written = query.text[:offset]
    prefix = written[len(written.rstrip(_LETTERS)) :].lstrip(string.digits)
    plain = []
    for item in sorted(items, key=lambda item: str(item.get("sortText", "0" + item["label"]))):
        edit = item.get("textEdit")
        before, behind = prefix, ""
        if edit is not None:
            start, end = (offset_of(document.source, edit["range"][side]) for side in ("start", "end"))
            before, behind = query.text[start:offset], query.text[offset:end]
        if str(item.get("filterText", item["label"])).casefold().startswith(before.casefold()):
            text = edit["newText"] if edit is not None else str(item.get("insertText", item["label"]))
            plain.append(_item(item["label"], _detail(item), text, before, behind))
    return {"items": plain[:MOST]}


def _item(label: str, detail: str, snippet: str, before: str, behind: str) -> dict[str, Any]:
    holes = list(_HOLE.finditer(snippet))
    text = _HOLE.sub(lambda hole: hole[1] or "", snippet)
    start = holes[0].start() if holes else len(text)
    end = start + len((holes[0][1] if holes else "") or "")
    return {
        "label": label,
        "detail": detail,
        "text": text,
        "select": [_units(text[:start]), _units(text[:end])],
        "before": _units(before),
        "behind": _units(behind),
    }


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _detail(item: dict[str, Any]) -> str:
    """The call, or the first line of its documentation."""
    said = item.get("detail") or item.get("documentation", {}).get("value", "").partition("\n")[0]
    return str(said).replace("`", "")


def _included(text: str, here: str, offered: set[str]) -> Iterator[dict[str, Any]]:
    """The gates and constants of included files, where such names are possible."""
    source = Source(text, here)
    for item in open_includes(source)[0].items:
        if item.span.source is source:
            continue
        comes_from = f"from {item.span.source.name.replace(chr(92), '/').rpartition('/')[2]}"
        match item:
            case syntax.GateDefinition() if "cnot" in offered or "gpi2" in offered:
                holes = [
                    f"${{{number}:{p.name.text}}}" for number, p in enumerate(item.parameters, 1) if p.default is None
                ]
                call = f"{item.name.text}({', '.join(holes)}) " if holes else f"{item.name.text} "
                head = item.span.text.partition("{")[0].removeprefix("gate").strip()
                yield {"label": item.name.text, "detail": f"{head} ({comes_from})", "insertText": call}
            case syntax.Const() if "pi" in offered:
                yield {"label": item.name.text, "detail": f"{' '.join(item.span.text.split())[:80]} ({comes_from})"}
