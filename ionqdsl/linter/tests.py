"""Rules about tests."""

from __future__ import annotations

from collections.abc import Iterator

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.language import syntax
from ionqdsl.linter.subject import Finding, Subject, finding


def tests_that_cannot_fail(subject: Subject) -> Iterator[Finding]:
    """Finds tests without an `expect`."""
    for test in _tests(subject):
        if not any(isinstance(node, syntax.Expect) for node in syntax.walk(test.body)):
            yield finding("QC1021", test.name.span)


def tests_of_one_name(subject: Subject) -> Iterator[Finding]:
    """Finds tests whose name an earlier one has."""
    first: dict[str, Span] = {}
    for test in _tests(subject):
        name, span = test.name.value, test.name.span
        if name in first:
            yield Finding(Diagnostic("QC1022", span, {"name": name}, ((first[name], "first"),)))
        else:
            first[name] = span


def _tests(subject: Subject) -> Iterator[syntax.Test]:
    return (item for item in subject.file.items if isinstance(item, syntax.Test))
