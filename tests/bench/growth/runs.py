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


def run(name: str, shape: str, count: int, folder: Path, limit: int) -> Run:
    """Measures a command on a program of so many gates; `limit` is in seconds of the processor."""
    ending = ".qasm" if shape.startswith("qasm") else ".qc"
    names = {name: folder / f"{name}{ending}" for name in ("program", "near", "far")}
    command, _ = VERBS[name]
    text = SHAPES[shape](count)
    names["program"].write_text(text)
    if "{near}" in command:
        names["near"].write_text(near(text))
    if "{far}" in command:
        names["far"].write_text(SHAPES[shape](count + 20))
    places = {name: shlex.quote(str(path)) for name, path in names.items()}
    command, _, given = command.format(places["program"], out=folder / "out.html", **places).partition(" < ")
    verb, *rest = shlex.split(command)
    words = [sys.executable, "-m", *(["tests.bench.growth.editor"] if verb == "editor" else ["ionqdsl", verb]), *rest]
    if shape == "sweep" and verb in _SWEEPING:
        words += ["--sweep", SWEEP]
    with open(given or os.devnull) as stdin, (folder / "errors").open("w") as errors:
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
