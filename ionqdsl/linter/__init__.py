"""The linter: what is allowed in a program and yet probably not meant, one rule a function, one row a rule.

A source goes in, findings come out, in the order of the text, less those that comments in the file switch off; `fixed`
makes the edits of those that have any. Programs with errors are refused: check says more about them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ionqdsl.diagnostics import CompileError, Diagnostic, InternalError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.linter import circuits, gates, jobs, names
from ionqdsl.linter.subject import Edit, Finding, Subject, finding
from ionqdsl.nesting import roomy
from ionqdsl.record import record

Rule = Callable[[Subject], Iterator[Finding]]

RULES: dict[str, Rule] = {
    "QC1001": gates.bare_angles,
    "QC1002": gates.degrees_as_numbers,
    "QC1003": names.unused_qubits,
    "QC1004": names.unused_parameters,
    "QC1005": names.unused_constants,
    "QC1006": names.unused_gates,
    "QC1007": names.unused_aliases,
    "QC1008": names.unused_includes,
    "QC1009": gates.gates_that_do_nothing,
    "QC1010": gates.inverse_neighbours,
    "QC1011": circuits.diagonal_ends,
    "QC1012": jobs.ignored_shots,
    "QC1013": jobs.undecided_debiasing,
    "QC1014": circuits.idle_qubits,
    "QC1015": gates.empty_blocks,
    "QC1016": names.shadowed_names,
    "QC1017": gates.lonely_verbatim,
    "QC1018": circuits.certain_outcomes,
}
"""Code -> rule; QC1019, about the comments that switch rules off, is `_useless`."""

FIXED = frozenset({"QC1001", "QC1005", "QC1007", "QC1008", "QC1009", "QC1010", "QC1015", "QC1019"})
"""Codes whose findings can carry edits."""
MAX_ROUNDS = 20
"""How often a text is fixed: taking one thing away may show another."""


@roomy
def lint(source: Source) -> list[Finding]:
    """What the rules find, in the order of the text. Raises CompileError with every error of the program."""
    subject = Subject(source)
    found = [one for rule in RULES.values() for one in rule(subject)]
    silences = list(_silences(source))
    kept = []
    for one in found:
        matching = [silence for silence in silences if _covers(silence, one.diagnostic)]
        for silence in matching:
            silence.used.add(one.diagnostic.code)
        if not matching:
            kept.append(one)
    kept += _useless(silences)
    return sorted(kept, key=lambda one: (one.diagnostic.span.start if one.diagnostic.span else 0, one.diagnostic.code))


def fixed(source: Source) -> tuple[str, int]:
    """The text with every edit made, and how many findings that settled. Raises CompileError as `lint` does.

    Raises InternalError where the result would have errors.
    """
    text, count = source.text, 0
    for _ in range(MAX_ROUNDS):
        found = [one for one in lint(Source(text, source.name)) if one.edits]
        edits: list[Edit] = []
        for one in found:  # those that touch an earlier one wait for the next round
            if all(edit.span.start >= other.span.end or edit.span.end <= other.span.start
                   for edit in one.edits for other in edits):  # fmt: skip
                edits += one.edits
                count += 1
        if not edits:
            break
        for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        try:
            Subject(Source(text, source.name))
        except CompileError:
            raise InternalError([Diagnostic("QC1048", source)]) from None
    return text, count


# --- comments that switch rules off ----------------------------------------------------------------------------------

_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|(#[^\n]*)')
_SILENCE = re.compile(r"#\s*lint:\s*off(?P<file>-file)?\b(?P<codes>[^#\n]*)")
_CODE = re.compile(r"(?<![A-Z])[A-Z]++[0-9]++")


@record(frozen=False)
class _Silence:
    """A comment that switches rules off, in some lines or (`lines` None) in the whole file; no codes means all."""

    span: Span
    codes: tuple[str, ...]
    lines: range | None
    used: set[str]


def _silences(source: Source) -> Iterator[_Silence]:
    """`# lint: off QC1001` for its line, or for the next one that is not a comment; `# lint: off-file QC1001`."""
    for comment in _COMMENT.finditer(source.text):
        match = _SILENCE.match(comment[1] or "")
        if match is None:
            continue
        start = comment.start()
        span = Span(source, start, start + len(match[0].rstrip()))
        first = last = source.position(start)[0]
        if not source.line(first)[: source.position(start)[1] - 1].strip():  # a line of its own
            last += 1
            while last < len(source.line_starts) and source.line(last).strip()[:1] in ("", "#"):
                last += 1
        lines = None if match["file"] else range(first, last + 1)
        yield _Silence(span, tuple(_CODE.findall(match["codes"])), lines, set())


def _covers(silence: _Silence, found: Diagnostic) -> bool:
    if silence.codes and found.code not in silence.codes:
        return False
    if silence.lines is None or found.span is None:
        return silence.lines is None
    return found.span.source.position(found.span.start)[0] in silence.lines


def _useless(silences: list[_Silence]) -> Iterator[Finding]:
    """Comments that switch nothing off, and codes in them that do not."""
    for silence in silences:
        idle = [code for code in silence.codes if code not in silence.used]
        if silence.used and not idle:
            continue
        source, start, end = silence.span
        edits = [Edit(silence.span, "")]
        if silence.used:  # some of its codes are needed
            text = silence.span.text
            head = text[: text.index(silence.codes[0])]
            edits = [Edit(silence.span, head + ", ".join(code for code in silence.codes if code in silence.used))]
        elif source.text[end : end + 1] not in ("", "\n"):
            edits = []  # words stand behind it
        elif not source.line(source.position(start)[0])[: source.position(start)[1] - 1].strip():
            line = source.text.rfind("\n", 0, start) + 1
            edits = [Edit(Span(source, line, min(end + 1, len(source.text))), "")]
        else:
            blanks = len(source.text[:start]) - len(source.text[:start].rstrip(" \t"))
            edits = [Edit(Span(source, start - blanks, end), "")]
        yield finding("QC1019", silence.span, *edits, codes=", ".join(f"`{code}`" for code in idle) or "any rule")
