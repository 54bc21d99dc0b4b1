"""`python -m tests.bench.published`: compares new measurements with published results, and writes the page.

python -m tests.bench.published --levels 2        # without the search, which takes 10 s a circuit and spelling
python -m tests.bench.published --only tof_3      # these circuits
"""

from __future__ import annotations

import argparse

from tests.bench.peers import page
from tests.bench.published import circuits, results


def main() -> None:
    """Measures, then writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.published")
    parser.add_argument("--only", nargs="+", default=circuits.NAMES, metavar="CIRCUIT", choices=circuits.NAMES)
    parser.add_argument("--levels", nargs="+", type=int, default=results.LEVELS, choices=results.LEVELS)
    arguments = parser.parse_args()
    results.measure(tuple(arguments.only), tuple(arguments.levels))
    page.write()


if __name__ == "__main__":
    main()
