"""`python -m tests.bench`: what the levels reach on the benchmark circuits, where those are there."""

from tests.bench.levels import main

main()
