"""`python -m tests.bench.growth`: measures how commands grow with a program, and writes the page.

python -m tests.bench.growth --only check "compile -O2" --shapes lines --sizes 1000 10000
"""

from __future__ import annotations

import argparse

from tests.bench.growth import results
from tests.bench.growth.shapes import SHAPES
from tests.bench.growth.verbs import VERBS
from tests.bench.peers import page


def main() -> None:
    """Measures, then writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth")
    parser.add_argument("--only", nargs="+", default=[*VERBS], metavar="VERB", choices=VERBS)
    parser.add_argument("--shapes", nargs="+", default=[*SHAPES], choices=SHAPES)
    parser.add_argument("--sizes", nargs="+", type=int, default=[], metavar="GATES")
    parser.add_argument("--page", action="store_true", help="only write docs/benchmarks.md")
    arguments = parser.parse_args()
    if not arguments.page:
        results.measure(arguments.only, arguments.shapes, arguments.sizes)
    page.write()


if __name__ == "__main__":
    main()
