"""Quick fixes: turns the help of diagnostics into edits.

Takes a diagnostic and returns titles with edits: (title, [(span, text)]). One row per code; a row may have nothing to
offer. Help that needs a decision of the user does not become an edit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.language import syntax
from ionqdsl.lsp import fragments

Edits = list[tuple[Span, str]]
Fix = tuple[str, Edits]

_HAS_UNIT = re.compile(r"(?:\d|\b)(?:turn|deg|rad)\b", re.ASCII)


def fixes(diagnostic: Diagnostic) -> list[Fix]:
    """The fixes of a diagnostic that take one click."""
    span = diagnostic.span
    if span is None:
        return []
    slip = list(_rewritten(diagnostic, span))
    if slip:
        return slip
    result = list(_suggestion(diagnostic, span))
    row = FIXES.get(diagnostic.code)
    return result + (list(row(diagnostic, span)) if row is not None else [])


def _replace(span: Span, text: str, title: str = "") -> Fix:
    return (title or f"write `{text}`", [(span, text)])


def _rewritten(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    """The user's own line as it was meant, unless the rest of its block has to change too."""
    fixed, replaced = diagnostic.facts.get("fixed"), diagnostic.facts.get("replaced")
    if isinstance(fixed, str) and replaced is not None:
        place = Span(span.source, *replaced)
        if not fixed.endswith("{") or "{" in place.text:
            yield _replace(place, fixed)


def _suggestion(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    """`did you mean`: for any code whose span is the wrong word, with or without quotes."""
    suggestion = diagnostic.facts.get("suggestion")
    if isinstance(suggestion, str) and re.fullmatch(r'"?[\w.-]+"?', span.text):
        text = f'"{suggestion}"' if span.text.startswith('"') else suggestion
        yield _replace(span, text, f"change to `{suggestion}`")


def _instead(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    if diagnostic.facts.get("instead"):
        yield _replace(span, str(diagnostic.facts["instead"]))


def _known_unit(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    """Replaces `90degrees` by `90deg`."""
    if diagnostic.facts["fixed"]:
        yield _replace(span, str(diagnostic.facts["fixed"]))


_WORDS = {"qreg": "qubit", "elif": "else if", "import": "include"}


def _own_word(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    """Replaces a word of another language by its counterpart here."""
    if span.text in _WORDS:
        yield _replace(span, _WORDS[span.text])


def _const(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    """Replaces `x = 1` by `const x = 1`."""
    text, name = span.source.text, str(diagnostic.facts["name"])
    begin = text.rfind("\n", 0, span.start) + 1
    statement = re.search(rf"(?:^|[;{{])\s*({re.escape(name)})\s*\Z", text[begin : span.start])
    if span.text == "=" and statement:
        at = begin + statement.start(1)
        yield f"write `const {name} = ...`", [(Span(span.source, at, at), "const ")]


def _whole_gate(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    """The gate with its operands, as the help writes it."""
    fix, gate, text = diagnostic.facts.get("fix"), str(diagnostic.facts["gate"]), span.source.text
    start = text.rfind(gate, 0, span.start)
    if fix and start >= 0 and "\n" not in text[start : span.start] and "@" not in text[start : span.start]:
        yield _replace(Span(span.source, start, span.end), str(fix))


def _native_block(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    """Puts the statement into a block of native gates."""
    statement = re.compile(r"[^\n;{}#]*").match(span.source.text, span.start)
    assert statement is not None
    code = statement[0].rstrip()
    if code.count("(") == code.count(")"):
        yield _replace(
            Span(span.source, span.start, span.start + len(code)), f"native {{ {code} }}", "put it into `native`"
        )


def _unit_for_number(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    """Adds a unit to the side of `angle + number` that has none."""
    piece = fragments.Fragment("leaf", 0, 0, f"const x = {span.text}", "const", None)
    shift = span.start - len("const x = ")
    for node in fragments.nodes(piece):
        value = node.value if isinstance(node, syntax.Const) else None
        if not isinstance(value, syntax.Binary):
            return
        bare = [side for side in (value.left, value.right) if not _HAS_UNIT.search(side.span.text)]
        if len(bare) != 1 or isinstance(bare[0], syntax.Reference | syntax.Call):
            return
        place = Span(span.source, bare[0].span.start + shift, bare[0].span.end + shift)
        for unit in ("rad", "deg", "turn"):
            text = f"{place.text}{unit}" if isinstance(bare[0], syntax.Number) else f"({place.text})*{unit}"
            yield _replace(place, text)


def _whole(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    """Replaces the index `n/2` by `n//2`, and the list `n` by `range(n)`."""
    fix = str(diagnostic.facts.get("fix") or "")
    if fix.startswith("`//`") and span.text.count("/") == 1:
        yield _replace(span, span.text.replace("/", "//"))
    elif match := re.search(r"`(range\([^`]*\))`", fix):
        yield _replace(span, match[1])


def _quoted(diagnostic: Diagnostic, span: Span) -> Iterator[Fix]:
    if diagnostic.facts.get("quoted"):
        yield _replace(span, str(diagnostic.facts["quoted"]))


FIXES: dict[str, Callable[[Diagnostic, Span], Iterator[Fix]]] = {
    "QC0101": _instead,
    "QC0106": _known_unit,
    "QC0109": lambda diagnostic, span: iter([_replace(span, "qc 2")]),
    "QC0110": lambda diagnostic, span: iter([("remove it", [(span, "")])]),
    "QC0112": _own_word,
    "QC0113": _const,
    "QC0203": _whole_gate,
    "QC0204": _native_block,
    "QC0211": lambda diagnostic, span: iter([_replace(span, "pow(2)")]),
    "QC0227": lambda diagnostic, span: iter([_replace(span, str(diagnostic.facts["name"]))]),
    "QC0301": _unit_for_number,
    "QC0307": _whole,
    "QC0412": _quoted,
}
"""Code -> its edits, in addition to the `did you mean` of any code."""
