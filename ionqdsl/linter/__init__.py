"""The linter: finds code that is allowed but probably not intended. Each rule is one function and one row of a table.

`lint` takes a source and returns findings in the order of the text, except those that comments in the file switch off;
`fixed` makes their edits. Both refuse programs with errors, about which `check` says more.
"""

from __future__ import annotations

import re
from bisect import bisect, insort
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ionqdsl.diagnostics import CompileError, Diagnostic, InternalError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.garbage import uncollected
from ionqdsl.linter import circuits, expressions, gates, jobs, names, outcomes, tests
from ionqdsl.linter.subject import Edit, Finding, Subject, blanks_before, finding
from ionqdsl.nesting import roomy
from ionqdsl.record import record

Rule = Callable[[Subject], Iterator[Finding]]

GATE_RULES: dict[str, gates.GateRule] = {
    "QC1001": gates.bare_angles,
    "QC1002": gates.degrees_as_numbers,
    "QC1009": gates.gates_that_do_nothing,
}
"""Code -> rule about one gate."""

RULES: dict[str, Rule] = {
    "QC1003": names.unused_qubits,
    "QC1004": names.unused_parameters,
    "QC1005": names.unused_constants,
    "QC1006": names.unused_gates,
    "QC1007": names.unused_aliases,
    "QC1008": names.unused_includes,
    "QC1010": gates.inverse_neighbours,
    "QC1011": circuits.diagonal_ends,
    "QC1012": jobs.ignored_shots,
    "QC1013": jobs.undecided_debiasing,
    "QC1014": circuits.idle_qubits,
    "QC1015": gates.empty_blocks,
    "QC1016": names.shadowed_names,
    "QC1017": gates.lonely_verbatim,
    "QC1018": circuits.certain_outcomes,
    "QC1020": expressions.bits_taken_for_powers,
    "QC1021": tests.tests_that_cannot_fail,
    "QC1022": tests.tests_of_one_name,
    "QC1036": outcomes.resets_of_zero,
    "QC1037": outcomes.measured_again,
    "QC1038": outcomes.certain_measurements,
    "QC1039": outcomes.branches_never_taken,
    "QC1040": outcomes.conditions_that_always_hold,
    "QC1041": outcomes.unread_gates,
    "QC1042": outcomes.resets_at_the_end,
    "QC1043": outcomes.resets_by_hand,
    "QC1044": circuits.tiny_rotations,
}
"""Code -> rule about a whole subject."""

FINDABLE = frozenset({*GATE_RULES, *RULES, "QC1019"})
"""All codes of findings; QC1019, about the comments that switch rules off, is `_useless`."""

FIXED = frozenset({"QC1001", "QC1005", "QC1007", "QC1008", "QC1009", "QC1010", "QC1015", "QC1019", "QC1036", "QC1043"})
"""Codes whose findings can carry edits."""
MAX_ROUNDS = 20
"""How often a text is fixed: one removal may reveal another finding."""


@roomy
def lint(source: Source) -> list[Finding]:
    """Returns the findings in the order of the text. Raises CompileError with every error of the program."""
    with uncollected():
        subject = Subject(source)
        findings = [one for rule in RULES.values() for one in rule(subject)]
        findings += gates.at_gates(subject, GATE_RULES.values())
        silences = list(_silences(source))
        kept = [*_audible(findings, silences), *_useless(silences)]
    return sorted(kept, key=lambda one: (one.diagnostic.span.start if one.diagnostic.span else 0, one.diagnostic.code))


def fixed(source: Source) -> tuple[str, int]:
    """Returns the text after all edits, and the number of findings they settle. Raises CompileError as `lint` does.

    Raises InternalError if the result would have errors.
    """
    text, count = source.text, 0
    for _ in range(MAX_ROUNDS):
        findings = [one for one in lint(Source(text, source.name)) if one.edits]
        edits: list[PlacedEdit] = []
        for one in findings:  # those that touch an earlier one wait for the next round
            wanted = [PlacedEdit(edit.span.start, edit.span.end, edit.text) for edit in one.edits]
            if not any(_touches(edit, edits) for edit in wanted):
                for edit in wanted:
                    insort(edits, edit)
                count += 1
        if not edits:
            break
        text = _edited(text, edits)
        try:
            Subject(Source(text, source.name))
        except CompileError:
            raise InternalError([Diagnostic("QC1048", source)]) from None
    return text, count


class PlacedEdit(NamedTuple):
    """An edit by its place in a text; these sort in the order of the text."""

    start: int
    end: int
    text: str


def _touches(edit: PlacedEdit, edits: list[PlacedEdit]) -> bool:
    """Whether an edit overlaps one of `edits`, which are in the order of the text and do not overlap each other."""
    place = bisect(edits, edit)
    return any(edit.start < end and start < edit.end for start, end, _ in edits[max(0, place - 1) : place + 1])


def _edited(text: str, edits: list[PlacedEdit]) -> str:
    """Returns a text after its edits."""
    parts, at = [], 0
    for start, end, new in edits:
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


# --- comments that switch rules off ----------------------------------------------------------------------------------

_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|(#[^\n]*)')
_SILENCE = re.compile(r"#\s*lint:\s*off(?P<file>-file)?\b(?P<codes>[^#\n]*)")
_CODE = re.compile(r"(?<![A-Z])[A-Z]++[0-9]++")


@record(frozen=False)
class _Silence:
    """A comment that switches rules off, on `lines` or (if empty) in the whole file; no codes means all rules."""

    span: Span
    codes: tuple[str, ...]
    lines: tuple[int, ...]
    used: set[str]


def _silences(source: Source) -> Iterator[_Silence]:
    """Finds `# lint: off QC1001`, for its line or for the next line of code, and `# lint: off-file QC1001`."""
    following: list[int] = []
    for comment in _COMMENT.finditer(source.text):
        match = _SILENCE.match(comment[1] or "")
        if match is None:
            continue
        following = following or _following(source)
        start = comment.start()
        span = Span(source, start, start + len(match[0].rstrip()))
        line, column = source.position(start)
        is_alone = not source.line(line)[: column - 1].strip()
        lines = () if match["file"] else (line, following[line]) if is_alone else (line,)
        yield _Silence(span, tuple(_CODE.findall(match["codes"])), lines, set())


def _following(source: Source) -> list[int]:
    """For every line, counted from 1, the next line with something other than a comment, or the last line."""
    texts = ["", *source.text.split("\n")]
    following = [len(texts) - 1] * len(texts)
    for line in range(len(texts) - 2, 0, -1):
        following[line] = line + 1 if texts[line + 1].strip()[:1] not in ("", "#") else following[line + 1]
    return following


def _audible(findings: list[Finding], silences: list[_Silence]) -> list[Finding]:
    """The findings that no comment switches off; `used` of each comment gets the codes it switches off."""
    if not silences:
        return findings
    codes: dict[int, set[str]] = {}  # by line; 0: anywhere
    for one in findings:
        for line in (0, _line(one)):
            codes.setdefault(line, set()).add(one.diagnostic.code)
    silent: set[tuple[int, str]] = set()
    for silence in silences:
        wanted = set(silence.codes)
        for line in silence.lines or (0,):
            there = codes.get(line, set())
            used = there & wanted if wanted else there
            silence.used |= used
            silent.update((line, code) for code in used)
    return [one for one in findings if silent.isdisjoint((line, one.diagnostic.code) for line in (0, _line(one)))]


def _line(one: Finding) -> int:
    """The line of a finding, -1 if it has no place."""
    span = one.diagnostic.span
    return span.source.position(span.start)[0] if span is not None else -1


def _useless(silences: list[_Silence]) -> Iterator[Finding]:
    """Finds comments that switch nothing off, and codes in comments that do not."""
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
            edits = []  # words follow it
        elif not source.line(source.position(start)[0])[: source.position(start)[1] - 1].strip():
            line = source.text.rfind("\n", 0, start) + 1
            edits = [Edit(Span(source, line, min(end + 1, len(source.text))), "")]
        else:
            edits = [Edit(Span(source, blanks_before(source.text, start), end), "")]
        yield finding("QC1019", silence.span, *edits, codes=", ".join(f"`{code}`" for code in idle) or "any rule")
