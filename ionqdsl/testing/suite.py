"""Collects the tests of files and runs them, in other processes if that pays.

Takes sources and returns an `Outcome` for each case of each test, in the order of the files. Outcomes do not depend on
the number of processes.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from time import monotonic
from typing import Any

from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language.lower.names import Context
from ionqdsl.language.lower.tests import Case, cases, lower_test
from ionqdsl.pipeline import load_tests
from ionqdsl.record import record

ALONE = 1.0
"""Seconds of tests after which further ones go to other processes: starting those takes about as long."""
FAILURES = frozenset({"QC0440", "QC0441", "QC0442", "QC0443"})
"""Codes of expectations that do not hold; other codes mean that a test is wrong."""
BATCH = 16
"""Cases that a process is given at once, at most."""


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
        self._context, tests = load_tests(source, values)
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


def outcomes(source: Source, values: Mapping[str, str] | None = None) -> list[Outcome]:
    """Runs all tests of a text, in this process. Raises CompileError with every error of the text."""
    file = TestedFile(source, values)
    return list(run([(file, range(len(file.cases)))]))


Chosen = tuple[TestedFile, Sequence[int]]
"""A file and the numbers of the cases to run."""


def run(chosen: Sequence[Chosen], processes: int = 1) -> Iterator[Outcome]:
    """Runs cases in order, in up to so many further processes once they have taken a second."""
    waiting = iter([(file, number) for file, numbers in chosen for number in numbers])
    begun = monotonic()
    for file, number in waiting:
        yield file.outcome(number)
        if processes > 1 and monotonic() - begun > ALONE:
            break
    left = list(waiting)
    if left:
        yield from _elsewhere(left, processes)


def _elsewhere(left: Sequence[tuple[TestedFile, int]], processes: int) -> Iterator[Outcome]:
    """Runs cases in other processes, which end with this one or with an exception here."""
    files = {id(file): file for file, _ in left}
    batches: list[tuple[int, list[int]]] = []
    size = max(1, min(BATCH, len(left) // (4 * processes)))
    for key, file in files.items():
        numbers = iter([number for other, number in left if other is file])
        batches += iter(lambda: (key, list(islice(numbers, size))), (key, []))  # noqa: B023
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # numpy's own threads would compete with the processes
        os.environ.setdefault(variable, "1")  # of these alone: here numpy has read them
    context = multiprocessing.get_context("spawn")
    texts = {key: _text_of(file) for key, file in files.items()}
    pool = ProcessPoolExecutor(min(processes, len(batches)), context, initializer=_begin, initargs=(texts,))
    try:
        for outcomes in pool.map(_batch, *zip(*batches, strict=True)):
            yield from outcomes
    except BrokenProcessPool:  # the system ended one: it does so if memory runs out
        raise MemoryError from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.kill()


_Text = tuple[str, str, Mapping[str, str], Mapping[str, str]]
"""A file as it is passed on: its text, its name, the texts beside it, and the values of its parameters."""
_TEXTS: dict[int, _Text] = {}
_FILES: dict[int, TestedFile] = {}
"""In another process: the texts it was given, and the files read so far."""


def _text_of(file: TestedFile) -> _Text:
    return file.source.text, file.source.name, file.source.beside, file.values


def _begin(texts: dict[int, _Text]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    _TEXTS.update(texts)


def _batch(key: int, numbers: Sequence[int]) -> list[Outcome]:
    if key not in _FILES:
        text, name, beside, values = _TEXTS[key]
        _FILES[key] = TestedFile(Source(text, name, 0, beside), values)
    return [_FILES[key].outcome(number) for number in numbers]


def usable() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
