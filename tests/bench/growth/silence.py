"""`python -m tests.bench.growth.silence`: the longest that each command stays silent on a terminal.

    python -m tests.bench.growth.silence --gates 1000000 --shape short --only check "compile -O2"

Messages and progress go to a pseudo-terminal, as to a person's. Prints for each command its seconds, and the longest
time from its start, or from something that it wrote, to the next or to its end. Other work on the same cores adds to
it.
"""

from __future__ import annotations

import argparse
import os
import pty
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench.growth.runs import Command, command
from tests.bench.growth.shapes import SHAPES
from tests.bench.growth.verbs import VERBS
from tests.bench.rows import ROOT


class Silence(NamedTuple):
    """Seconds of the whole command, and of its longest silence."""

    whole: float
    longest: float


def silence(asked: Command, folder: Path) -> Silence:
    """Runs a command with a terminal for its messages."""
    reading, writing = pty.openpty()
    began = last = time.monotonic()
    longest = 0.0
    with open(asked.given) as stdin:
        process = subprocess.Popen(
            asked.words,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm"},
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=writing,
        )
    os.close(writing)
    is_open = True
    while is_open:
        try:
            is_open = bool(os.read(reading, 1 << 16))
        except OSError:  # the other end is closed: the command has ended
            is_open = False
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    os.close(reading)
    process.wait()
    return Silence(last - began, longest)


def main() -> None:
    """Measures and prints, a line for each command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth.silence")
    parser.add_argument("--only", nargs="+", default=[*VERBS], metavar="VERB", choices=VERBS)
    parser.add_argument("--shape", default="short", choices=SHAPES)
    parser.add_argument("--gates", type=int, default=400_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for verb in arguments.only:
            if arguments.shape in VERBS[verb][1] and not verb.startswith("editor"):
                found = silence(command(verb, arguments.shape, arguments.gates, Path(name)), Path(name))
                print(f"{verb:18} {found.whole:7.1f} s, silent for {found.longest:.2f} s at most", flush=True)


if __name__ == "__main__":
    main()
