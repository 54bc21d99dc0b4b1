"""The bytes that a build makes depend on the sources alone.

Would catch tables whose order depends on the seed of hashes or on addresses in memory, and tables that lost a state.
`python .ci/reproduce.py` compares whole builds, with the kernel.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

from ionqdsl.language.numbering import renumbered

ROOT = Path(__file__).parents[1]
SAVE = "import sys; from ionqdsl.language.lark_parser import save_tables; save_tables(sys.argv[1])"


def saved(folder: Path, seed: str) -> dict[str, bytes]:
    folder.mkdir()
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", SAVE, str(folder)], env=environment, check=True, timeout=120)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_tables_are_the_same_bytes_whatever_the_seed(tmp_path: Path) -> None:
    first, second = (saved(tmp_path / seed, seed) for seed in ("1", "2"))
    assert set(first) == {
        "grammar.tables",
        "openqasm.tables",
        "qc.automaton.tables",
        "openqasm.automaton.tables",
    }
    assert first == second
    for name in ("grammar.tables", "openqasm.tables"):
        tables = pickle.loads(first[name])[1]["data"]["parser"]["parser"]
        assert renumbered(tables) == tables
        assert len(tables["states"]) > 100


def test_numbers_follow_names_and_ways() -> None:
    """Two automata that differ only in their numbers become one; the actions of each state stay the same."""
    one = {
        "tokens": {0: "b", 1: "a"},
        "states": {5: {0: (0, 7), 1: (0, 9)}, 7: {1: (1, {"@": 3})}, 9: {0: (0, 5)}},
        "start_states": {"start": 5},
        "end_states": {"start": 7},
    }
    other = {
        "tokens": {4: "a", 8: "b"},
        "states": {1: {4: (1, {"@": 3})}, 3: {8: (0, 2)}, 2: {4: (0, 3), 8: (0, 1)}},
        "start_states": {"start": 2},
        "end_states": {"start": 1},
    }
    expected = {
        "tokens": {0: "a", 1: "b"},
        "states": {0: {0: (0, 1), 1: (0, 2)}, 1: {1: (0, 0)}, 2: {0: (1, {"@": 3})}},
        "start_states": {"start": 0},
        "end_states": {"start": 2},
    }
    assert renumbered(one) == renumbered(other) == expected
