"""`python -m tests.bench.fair`: takes the missing measurements under equal terms, and writes docs/benchmarks.md.

python -m tests.bench.fair --compilers ionqdsl   # this project, as it is now
python -m tests.bench.fair --only own/barenco    # circuits whose names begin so
"""

from __future__ import annotations

import argparse

from tests.bench.fair import results
from tests.bench.peers import page


def main() -> None:
    """Measures, then writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fair")
    parser.add_argument("--only", nargs="+", default=[], metavar="CIRCUIT", help="circuits whose names begin so")
    parser.add_argument("--compilers", nargs="+", default=[], metavar="NAME", help="compilers whose names begin so")
    parser.add_argument("--time-limit", type=float, default=results.SECONDS, metavar="S", help="seconds each")
    arguments = parser.parse_args()
    results.measure(arguments.only, arguments.compilers, arguments.time_limit)
    results.measure_approximations(arguments.time_limit)
    page.write()


if __name__ == "__main__":
    main()
