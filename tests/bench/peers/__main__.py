"""`python -m tests.bench.peers`: takes the missing measurements and writes docs/benchmarks.md.

    python -m tests.bench.peers --peers ionqdsl                            # this project, as it is now
    python -m tests.bench.peers --peers "ionqdsl/O3 effort 60" --published # the setting that has to be asked for
    python -m tests.bench.peers --timing                                   # times against each other

Every compiler takes every circuit in a process of its own, one after the other. A row in results.jsonl for the same
version and the same circuit is not measured again, unless --refresh says so; of this project the version is its source.
A run that is broken off goes on where it stopped.
"""

from __future__ import annotations

import argparse
import sys

from tests.bench import rows
from tests.bench.peers import page, results, timing


def main() -> None:
    """Measures, then writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers")
    parser.add_argument("--only", nargs="+", default=[], metavar="CIRCUIT", help="circuits whose names begin so")
    parser.add_argument("--published", action="store_true", help="without the project's own families")
    parser.add_argument("--peers", nargs="+", default=[], metavar="NAME", help="compilers, or name/setting/target")
    parser.add_argument("--time-limit", type=float, default=120, metavar="S", help="seconds of the processor each")
    parser.add_argument("--refresh", action="store_true", help="repeat known measurements")
    parser.add_argument("--page", action="store_true", help="only write docs/benchmarks.md")
    parser.add_argument("--timing", action="store_true", help="only measure times against each other")
    arguments = parser.parse_args()
    if arguments.timing:
        timing.measure(arguments.only)
    elif not arguments.page:
        _measure(arguments)
        if not (timing.FILE.exists() or arguments.only or arguments.peers):
            timing.measure()
    page.write()


def _measure(arguments: argparse.Namespace) -> None:
    known = results.load()
    for peer, name, text in results.wanted(arguments.only, arguments.peers):
        is_left_out = arguments.published and name.startswith("own/")
        if is_left_out or (not arguments.refresh and results.key_of(peer, text) in known):
            continue
        own = peer.name == "ionqdsl"
        row = results.measure(peer, name, text, max(arguments.time_limit, 300 if own else 0))
        rows.save(row, results.FILE)
        said = row.get("failure") or f"{row['counts'].get(peer.target)} {row['cpu_s']:.2f} s"
        print(f"{name:28} {peer.key:32} {said}", file=sys.stderr, flush=True)
    results.compact()


main()
