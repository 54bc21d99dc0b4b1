"""Runs one command on one program in a process of its own, and says its processor seconds and its memory."""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.bench.growth.shapes import SHAPES, SWEEP, near
from tests.bench.growth.verbs import VERBS
from tests.bench.rows import ROOT


class Run(NamedTuple):
    """Seconds of the processor, megabytes at most, and the exit code, negative if it had no more time."""

    seconds: float
    megabytes: float
    code: int


class Command(NamedTuple):
    """The words of a command, and the file that it reads, /dev/null if it reads none."""

    words: list[str]
    given: str


def command(name: str, shape: str, count: int, folder: Path) -> Command:
    """Writes a program of so many gates into a folder, and returns the command on it."""
    ending = ".qasm" if shape.startswith("qasm") else ".qc"
    names = {name: folder / f"{name}{ending}" for name in ("program", "near", "far")}
    template, _ = VERBS[name]
    text = SHAPES[shape](count)
    names["program"].write_text(text)
    if "{near}" in template:
        names["near"].write_text(near(text))
    if "{far}" in template:
        names["far"].write_text(SHAPES[shape](count + 20))
    places = {name: shlex.quote(str(path)) for name, path in names.items()}
    line, _, given = template.format(places["program"], out=folder / "out.html", **places).partition(" < ")
    verb, *rest = shlex.split(line)
    words = [sys.executable, "-m", *(["tests.bench.growth.editor"] if verb == "editor" else ["ionqdsl", verb]), *rest]
    if shape == "sweep" and verb in _SWEEPING:
        words += ["--sweep", SWEEP]
    return Command(words, given or os.devnull)


def run(name: str, shape: str, count: int, folder: Path, limit: int) -> Run:
    """Measures a command on a program of so many gates; `limit` is in seconds of the processor."""
    words, given = command(name, shape, count, folder)
    with open(given) as stdin, (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1)),
        )
        _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code)


_SWEEPING = ("compile", "draw", "report", "run", "stats")
