"""Golden cases: a title, a program, and the compiler's output.

    == a gate with too many qubits
    flags: --set theta=0.3
    qubit q[2]
    rx(theta) q[0], q[1]
    -- lib/gates.qc
    gate flip a { x a }
    -- out
    error[QC0203]: gate `rx` takes 1 qubit, but 2 were given
    ...

A file contains any number of cases in sequence. The text up to the first `--` line is the main program, `program.qc`;
further files follow under their names. The folder of a file determines how its cases are run (`KINDS`). With `pytest
--update` the expectations are rewritten and the diff is the review.
"""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path(__file__).parent / "cases"
MAIN = "program.qc"
SEVERAL = "(several files)"


@dataclass(frozen=True)
class Case:
    """One case; `files` has the main program first, texts end with a line end."""

    path: Path
    title: str
    flags: str
    files: dict[str, str]
    out: str

    @property
    def name(self) -> str:
        """Unique among all cases."""
        return f"{self.path.parent.name}/{self.path.stem}: {self.title}"


def parse(path: Path, text: str) -> list[Case]:
    """The cases of a file."""
    cases = []
    for part in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        flags = ""
        if rest.startswith("flags: "):
            flags, _, rest = rest.removeprefix("flags: ").partition("\n")
        main, *sections = re.split(r"^-- ", rest, flags=re.MULTILINE)
        named = [section.partition("\n") for section in sections]
        out = "".join(body for name, _, body in named if name == "out")
        files = {MAIN: main, **{name: body for name, _, body in named if name != "out"}}
        cases.append(Case(path, title, flags, files, out.rstrip("\n")))
    return cases


def text(case: Case) -> str:
    """A case as it stands in its file."""
    lines = [f"== {case.title}\n"]
    if case.flags:
        lines.append(f"flags: {case.flags}\n")
    for name, body in case.files.items():
        lines += [body] if name == MAIN else [f"-- {name}\n", body]
    return "".join([*lines, "-- out\n", case.out, "\n\n"])


def all_cases() -> list[Case]:
    """Every case below `tests/cases`."""
    paths = sorted(FOLDER.rglob("*.case"))
    return [case for path in paths for case in parse(path, path.read_bytes().decode())]


def update(case: Case, out: str) -> None:
    """Writes a new expectation into the case's file."""
    cases = parse(case.path, case.path.read_bytes().decode())
    changed = [replace(other, out=out) if other.title == case.title else other for other in cases]
    case.path.write_bytes("".join(map(text, changed)).rstrip("\n").encode() + b"\n")


# --- running ---------------------------------------------------------------------------------------------------------


def run(case: Case, folder: Path) -> str:
    """The output of the compiler, with the case's files written into the folder, which is the current one."""
    return KINDS[case.path.parent.name](case, folder)


def check(case: Case, folder: Path) -> str:
    """The diagnostics of a program, as `ionqdsl check` shows them."""
    from ionqdsl.pipeline import read

    write(case, folder)
    return diagnostics(case, lambda: read(MAIN))


def write(case: Case, folder: Path) -> None:
    """The case's files, as bytes."""
    for name, body in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(case, body))


def encoded(case: Case, body: str) -> bytes:
    """A text under the case's flags."""
    flags = parsed_flags(case)
    if flags.bare_end:
        body = body.removesuffix("\n")
    if flags.crlf:
        body = body.replace("\n", "\r\n")
    return body.encode("utf-8-sig" if flags.bom else "utf-8")


def parsed_flags(case: Case) -> argparse.Namespace:
    """`--crlf`, `--bom` and `--bare-end` (without the last line end) change the text; the others are the command's."""
    parser = argparse.ArgumentParser()
    for flag in ("--crlf", "--bom", "--bare-end"):
        parser.add_argument(flag, action="store_true")
    for flag in ("--set", "--sweep"):
        parser.add_argument(flag, action="append", default=[])
    return parser.parse_args(shlex.split(case.flags))


def diagnostics(case: Case, source: Callable[[], object]) -> str:
    """Everything reported while a source is read and loaded, and about its width, rendered."""
    from ionqdsl.batch.widths import narrower
    from ionqdsl.diagnostics import CompileError, UsageError
    from ionqdsl.diagnostics.source import Source
    from ionqdsl.pipeline import load

    flags = parsed_flags(case)
    values, sweeps = (dict(item.partition("=")[::2] for item in given) for given in (flags.set, flags.sweep))
    try:
        made = source()
        assert isinstance(made, Source)
        program, found = load(made, values, sweeps)
        found += narrower(program)
    except (CompileError, UsageError) as error:
        found = list(error.diagnostics)
    return "\n".join(diagnostic.render() for diagnostic in found) or "nothing to say"


def tests(case: Case, folder: Path) -> str:
    """The outcomes of a program's tests and their failures, or its errors; the linter's remarks if all passed."""
    from ionqdsl.diagnostics import CompileError
    from ionqdsl.linter import lint
    from ionqdsl.pipeline import read
    from ionqdsl.testing.suite import outcomes

    write(case, folder)
    try:
        tested = outcomes(read(MAIN))
    except CompileError as error:
        return "\n".join(diagnostic.render() for diagnostic in error.diagnostics)
    said = []
    for outcome in tested:
        said.append(f"{outcome.title}: {'passed' if outcome.passed else 'failed'}")
        said += [diagnostic.render() for diagnostic in outcome.diagnostics]
    if all(tested):
        said += [remark.diagnostic.render() for remark in lint(read(MAIN))]
    return "\n".join(said)


KINDS: dict[str, Callable[[Case, Path], str]] = {"check": check, "tests": tests}
"""How the cases of a folder are run."""
