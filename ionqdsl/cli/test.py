"""Runs the tests of programs, exactly and on this computer.

A test is an item `test "name" { ... }` with `expect` statements, each of which states a property that holds at its
place. A folder means all .qc files in it and below; tests of included files run only if you name those files. A
failure shows the statement, the computed value and the expected one. Exits with 1 if a test fails or a file has
errors, with 2 if there is no test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ionqdsl.pipeline as stages
from ionqdsl.cli.endings import check_no_program
from ionqdsl.cli.files import add_programs, programs_below, spare
from ionqdsl.cli.flags import add_set, add_workers, bindings, workers_of
from ionqdsl.cli.program import with_hint
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError
from ionqdsl.formats import only_qc
from ionqdsl.ir.files import write

if TYPE_CHECKING:
    import argparse

    from ionqdsl.testing.suite import Chosen, Outcome


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `test`."""
    add_programs(parser)
    parser.add_argument("-k", dest="only", metavar="TEXT", help="run the tests whose file or name contains this text")
    add_workers(parser)
    add_set(parser)
    parser.add_argument("--list", action="store_true", help="show the tests without running them")
    parser.add_argument("--junit", metavar="FILE", help="also write the outcomes as JUnit XML; - is standard output")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Runs the tests of every file, even after errors; the exit code is the highest of all."""
    from ionqdsl.testing import reports  # late: a wrong command line does not need them

    paths = programs_below(arguments.files)
    if arguments.junit is not None:
        spare(paths, arguments.junit)
        check_no_program(arguments.junit, "the outcomes", ".xml", "test")
    chosen, code, excluded = _chosen(paths, arguments, terminal)
    spare([path for file, _ in chosen for path in file.source.files], arguments.junit)
    cases = [file.listed(number) for file, numbers in chosen for number in numbers]
    if not cases and not code:
        where = ", ".join(f"`{path}`" for path in arguments.files)
        raise UsageError([Diagnostic("QC0449", facts={"where": where, "excluded": excluded or None})])
    if arguments.list:
        terminal.data("".join(f"{one.file}:{one.line}: {one.title}\n" for one in cases) or "no test\n")
        terminal.answer(tests=[one.to_json() for one in cases])
        return code
    outcomes = _run(chosen, len(cases), arguments, terminal)
    if arguments.junit == "-":
        terminal.data(reports.junit(outcomes), exact=True)
    elif arguments.junit is not None:
        write(arguments.junit, reports.junit(outcomes))
    failed = sum(outcome.passed is False for outcome in outcomes)
    if arguments.junit != "-" and outcomes:
        terminal.data(_summary(len(outcomes), failed))
    terminal.answer(tests=[one.to_json() for one in outcomes], passed=len(outcomes) - failed, failed=failed)
    return max(code, 1 if failed else 0)


def _chosen(paths: list[str], arguments: argparse.Namespace, terminal: Terminal) -> tuple[list[Chosen], int, int]:
    """The cases to run of each file, the exit code of files that cannot be read, and how many cases `-k` excludes."""
    from ionqdsl.testing.suite import TestedFile

    wanted = arguments.only.casefold() if arguments.only is not None else ""
    values = bindings(arguments.set)
    chosen: list[Chosen] = []
    code = excluded = 0
    for path in terminal.counted(paths, lambda path: f"reading {path}"):
        try:
            source = only_qc(stages.read(path), "test")
        except UsageError as error:
            terminal.report(error.diagnostics)
            code = 2
            continue
        try:
            file = TestedFile(source, values)
        except CompileError as error:
            terminal.report(with_hint(error, source, "test"))
            code = max(code, 1)
            continue
        titles = [f"{one.file}: {one.title}".casefold() for one in map(file.listed, range(len(file.cases)))]
        numbers = [number for number, title in enumerate(titles) if wanted in title]
        excluded += len(titles) - len(numbers)
        chosen.append((file, numbers))
    return chosen, code, excluded


def _run(chosen: list[Chosen], count: int, arguments: argparse.Namespace, terminal: Terminal) -> list[Outcome]:
    """The outcomes, with failures shown as they come and the progress while the tests run."""
    from ionqdsl.testing import suite

    outcomes: list[Outcome] = []
    told: set[tuple[Any, ...]] = set()
    failed = 0
    with workers_of(arguments) as workers:
        for outcome in suite.run(chosen, workers):
            outcomes.append(outcome)
            if not outcome.passed:
                failed += 1
                terminal.progress("")
                new = [one for one in outcome.diagnostics if (one.code, one.place, one.message) not in told]
                told.update((one.code, one.place, one.message) for one in new)  # cases may fail for one reason
                terminal.report(new)
            terminal.detail(f"{'passed' if outcome.passed else 'failed'}: {outcome.file}: {outcome.title}")
            terminal.progress(f"{len(outcomes)} of {count} tests, {failed} failed")
    terminal.progress("")
    return outcomes


def _summary(count: int, failed: int) -> str:
    tests = f"{count} test{'s' * (count != 1)}"
    return f"{tests}: {count - failed} passed, {failed} failed\n" if failed else f"{tests} passed\n"
