"""`python -m tests.bench`: the results of the levels on the benchmark circuits, where those are there."""

from tests.bench.levels import main

main()
