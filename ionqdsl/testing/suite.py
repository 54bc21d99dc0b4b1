"""Collects the tests of files and runs them, in other processes if that pays.

Takes sources and returns an `Outcome` for each case of each test, in the order of the files. Outcomes do not depend on
the number of processes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language.lower.names import Context
from ionqdsl.language.lower.tests import Case, cases, lower_test
from ionqdsl.pipeline import load_tests
from ionqdsl.record import record
from ionqdsl.workers import Workers

FAILURES = frozenset({"QC0440", "QC0441", "QC0442", "QC0443"})
"""Codes of expectations that do not hold; other codes mean that a test is wrong."""


@record
class Outcome:
    """The outcome of one case of a test: it passed if there are no `diagnostics`.

    `values` are those of its loops, as `a = 1, b = 3`; `span` is that of the test's name.
    """

    file: str
    name: str
    values: str
    span: Span
    diagnostics: tuple[Diagnostic, ...] = ()
    is_run: bool = True

    @property
    def passed(self) -> bool | None:
        """Whether everything held that was expected; None before it has run."""
        return not self.diagnostics if self.is_run else None

    @property
    def is_error(self) -> bool:
        """Whether the test could not be judged, because something in it is wrong."""
        return any(diagnostic.code not in FAILURES for diagnostic in self.diagnostics)

    @property
    def title(self) -> str:
        """The test's name and its values."""
        return ", ".join(filter(None, (self.name, self.values)))

    @property
    def line(self) -> int:
        """The line of the test, counted from 1."""
        return self.span.source.position(self.span.start)[0]

    def __bool__(self) -> bool:
        return self.passed is True

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "file": self.file,
            "line": self.line,
            "name": self.name,
            "values": self.values,
            "passed": self.passed,
            "diagnostics": [diagnostic.to_lsp() for diagnostic in self.diagnostics],
        }


class TestedFile:
    """One file with its tests."""

    def __init__(self, source: Source, values: Mapping[str, str] | None = None) -> None:
        """Raises CompileError with every error of the text."""
        self.source, self.values = source, dict(values or {})
        self._context: Context
        self._context, tests = load_tests(source, values or {})
        self.cases: list[Case | Outcome] = []
        for test in tests:
            try:
                self.cases += cases(self._context, test)
            except CompileError as error:  # in the loops
                self.cases.append(Outcome(source.name, test.name.value, "", test.name.span, error.diagnostics))

    def listed(self, number: int) -> Outcome:
        """One case, not yet run."""
        case = self.cases[number]
        return case if isinstance(case, Outcome) else self._outcome(case, None)

    def outcome(self, number: int) -> Outcome:
        """Runs one case."""
        from ionqdsl.testing import judging  # late: it imports numpy and the passes

        case = self.cases[number]
        if isinstance(case, Outcome):
            return case
        try:
            return self._outcome(case, judging.failures(lower_test(self._context, case)))
        except CompileError as error:
            return self._outcome(case, error.diagnostics)

    def _outcome(self, case: Case, diagnostics: Sequence[Diagnostic] | None) -> Outcome:
        name, is_run = case.test.name, diagnostics is not None
        return Outcome(self.source.name, name.value, case.assignments, name.span, tuple(diagnostics or ()), is_run)


def outcomes(source: Source, values: Mapping[str, str] | None = None, workers: Workers | None = None) -> list[Outcome]:
    """Runs all tests of a text. Raises CompileError with every error of the text."""
    file = TestedFile(source, values)
    return list(run([(file, range(len(file.cases)))], workers))


Chosen = tuple[TestedFile, Sequence[int]]
"""A file and the numbers of the cases to run."""


def run(chosen: Sequence[Chosen], workers: Workers | None = None) -> Iterator[Outcome]:
    """Runs cases in order, by `workers` if that pays."""
    pairs = [(file, number) for file, numbers in chosen for number in numbers]
    read = iter(pairs)

    def here(*_: object) -> Outcome:
        file, number = next(read)
        return file.outcome(number)

    return (workers or Workers()).each(_outcome, [(_text_of(file), number) for file, number in pairs], here)


_Text = tuple[str, str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]
"""A file as it is passed on: its text, its name, texts that replace other files, and the values of its parameters."""


def _text_of(file: TestedFile) -> _Text:
    source = file.source
    return source.text, source.name, tuple(source.beside.items()), tuple(file.values.items())


@lru_cache(maxsize=4)
def _file(text: _Text) -> TestedFile:
    content, name, beside, values = text
    return TestedFile(Source(content, name, 0, dict(beside)), dict(values))


def _outcome(text: _Text, number: int) -> Outcome:
    """The outcome of a case in another process, which reads a file once for many cases."""
    return _file(text).outcome(number)
