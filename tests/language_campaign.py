"""Compares lowering with the plain interpreter on random programs over the whole language.

`make campaign-language ARGS="--programs 20000 --seed 1"`. A third are written by language_programs.py, a sixth each by
calls.py and register_programs.py, the others by the strategies of programs.py and whole_programs.py. Some of the first
get values or sweeps by flags. With `--ways 2` these are also formatted, printed and compiled in two ways each, and
compared with the results of numpy for the text (language_checks.py). Prints the number of programs that were the same,
refused by both, or different, and every program that was different; exits with 1 if there is one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import language_checks
import language_programs
import register_programs
from calls import program
from hypothesis import HealthCheck, given, seed, settings
from meaning import Judged, judged
from programs import programs, symbolic_programs
from whole_programs import Whole, whole_programs

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics.source import Source


class Campaign:
    """Counts, and the programs that differed; those of language_programs.py are compiled in `ways` ways, 0 for none."""

    def __init__(self, ways: int = 0) -> None:
        self.ways = ways
        self.kinds: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.rows = self.powers = self.compiled = 0
        self.differing: list[tuple[str, str]] = []

    def note(self, text: str, judge: Callable[[], Judged]) -> None:
        """Judges one program; an exception is a difference."""
        try:
            found = judge()
        except Exception as error:
            found = Judged("differs", repr(error))
        self.kinds[found.kind] += 1
        self.rows += found.rows
        self.powers += found.powers
        if found.kind in ("refused", "limit", "early"):
            self.codes[found.said] += 1
        if not self.kinds.total() % 1000:
            print(dict(self.kinds), flush=True)
        if found.kind == "differs":
            self.differing.append((text, found.said))

    def run(self, count: int, first: int) -> None:
        """So many programs, from a seed on."""
        with tempfile.TemporaryDirectory() as folder:
            for number in range(first, first + count - count // 3):
                if number % 2:
                    path = language_programs.program(number).write(Path(folder))
                    self.note(path.read_text("utf-8"), lambda path=path, number=number: self._whole(path, number))  # type: ignore[misc]
                else:
                    text = (program if number % 4 else register_programs.program)(number)
                    self.note(text, lambda text=text: judged(text))  # type: ignore[misc]
        share = count // 9
        for strategy in (programs(), symbolic_programs(), whole_programs()):
            self._drawn(strategy, share, first)

    def _whole(self, path: Path, number: int) -> Judged:
        source = stages.read(str(path))
        found = judged(source, *language_programs.flags(number, source.text))
        if self.ways and found.kind != "differs":
            self.compiled += language_checks.kept(path, Random(number), self.ways)
        return found

    def _drawn(self, strategy: Any, count: int, first: int) -> None:
        folder = os.path.realpath(os.getcwd())

        @seed(first)
        @settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        @given(strategy)
        def each(drawn: str | Whole) -> None:
            files = {"main.qc": drawn} if isinstance(drawn, str) else drawn.files
            beside = {os.path.join(folder, name): text for name, text in files.items()}
            source = Source(files["main.qc"], os.path.join(folder, "main.qc"), beside=beside)
            self.note(source.text, lambda: judged(source))

        each()


def main() -> int:
    """The campaign of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ways", type=int, default=0)
    arguments = parser.parse_args()
    campaign, begun = Campaign(arguments.ways), time.process_time()
    with suppress(KeyboardInterrupt):  # the findings until then count
        campaign.run(arguments.programs, arguments.seed)
    kinds = ", ".join(f"{kind} {count}" for kind, count in campaign.kinds.most_common())
    print(f"{campaign.kinds.total()} programs from seed {arguments.seed}: {kinds}")
    print(f"{campaign.rows} rows compared one by one, {campaign.powers} applications by their effect")
    print(f"{campaign.compiled} compilations compared with the text")
    print("refusals:", ", ".join(f"{code} {count}" for code, count in campaign.codes.most_common(40)))
    print(f"{time.process_time() - begun:.0f} s of the processor")
    for text, said in sorted(campaign.differing, key=lambda pair: len(pair[0]))[:20]:
        print(f"--- {said}\n{text}")
    return bool(campaign.differing)


if __name__ == "__main__":
    sys.exit(main())
