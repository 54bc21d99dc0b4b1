"""Inputs at volume, outside the gate: `make fuzz MINUTES=10 SEED=7 ARGS="--kind ledger"`.

Each kind of input is made from known ones by small changes, from a seed that is printed; whatever raises something else
than one of ionqdsl's own errors, or takes more than three seconds of processor time, is made smaller and
kept in a file under `fuzz-found/`. Says how many inputs were tried, and how many a second of each kind. With
`--again FILE` an input that was kept is judged once more.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz import answers, calls, commands, editors, emulated, ledgers, places, texts
from tests.fuzz.judging import Kind, fault, name_of, smaller

FOUND = Path(__file__).parent.parent.parent / "fuzz-found"
KINDS: dict[str, Kind] = {
    **texts.KINDS, **ledgers.KINDS, **answers.KINDS, **emulated.KINDS, **editors.KINDS, **commands.KINDS,
    **calls.KINDS,
}  # fmt: skip


def keep(name: str, text: str, what: str, number: object) -> Path:
    """The file with a shortened input."""
    FOUND.mkdir(exist_ok=True)
    path = FOUND / f"{name.replace(' ', '-')}-{number}.txt"
    path.write_bytes(smaller(KINDS[name].judge, text, what).encode("utf-8", "surrogatepass"))
    return path


def campaign(names: list[str], minutes: float, seed: int, each: int = 0) -> int:
    """Kinds in turns, each for the same time, or with `each` so many inputs of each."""
    source, found = random.Random(seed), set[str]()
    tried, seconds = Counter[str](), Counter[str]()
    until = time.monotonic() + 60 * minutes
    spent: Counter[str] = tried if each else seconds
    while tried.total() < each * len(names) if each else time.monotonic() < until:
        name = min(names, key=lambda one: spent[one])
        kind, began = KINDS[name], time.perf_counter()
        text = kind.change(source.choice(kind.corpus), kind.corpus, source)
        what = fault(kind.judge, text)
        tried[name] += 1
        seconds[name] += time.perf_counter() - began
        if what and (key := f"{name} {name_of(what)}") not in found:
            found.add(key)
            print(f"{name}: {what}\n  {keep(name, text, what, f'{seed}-{tried[name]}')}", flush=True)
    rates = {name: f"{tried[name]:,} ({tried[name] / max(seconds[name], 1e-9):.0f}/s)" for name in names}
    print(f"seed {seed}: {tried.total():,} inputs, {len(found)} faults; {json.dumps(rates)}")
    return len(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--each", type=int, default=0, metavar="N", help="so many inputs of each kind, in any time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=tuple(KINDS), action="append")
    parser.add_argument("--again", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    names = arguments.kind or list(KINDS)
    try:
        if arguments.again is not None:
            KINDS[names[0]].judge((places.STARTED / arguments.again).read_bytes().decode("utf-8", "surrogatepass"))
            return 0
        return bool(campaign(names, arguments.minutes, arguments.seed, arguments.each))
    finally:
        places.leave()


if __name__ == "__main__":
    sys.exit(main())
