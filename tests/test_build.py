"""The bytes that a build makes depend on the sources alone.

Would catch tables whose order depends on the seed of hashes or on addresses in memory, and tables that lost a state.
A kernel is compiled again where another one would come of it, and only there. `python .ci/reproduce.py` compares whole
builds, with the kernel.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ionqdsl.language.numbering import renumbered
from kernel import build

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


def test_a_kernel_is_kept_until_it_would_become_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        pytest.skip("no kernel is built for it")
    kernel, source = tmp_path / "ionqdsl" / "_kernel.abi3.so", tmp_path / "source.c"
    compiled: list[bytes] = []

    def compile_sources() -> None:
        compiled.append(source.read_bytes())
        kernel.write_bytes(b"made of " + source.read_bytes())

    def times() -> int:
        assert build.build() == kernel
        assert kernel.read_bytes() == b"made of " + source.read_bytes()
        return len(compiled)

    kernel.parent.mkdir()
    source.write_text("one")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "MADE", tmp_path / "build" / "kernel")
    monkeypatch.setattr(build, "SOURCES", [source])
    monkeypatch.setattr(build, "note", lambda digest: None)
    monkeypatch.setattr(build, "compile_sources", compile_sources)
    monkeypatch.delenv("CFLAGS", raising=False)
    assert [times(), times()] == [1, 1]
    source.write_text("another")
    assert [times(), times()] == [2, 2]
    monkeypatch.setenv("CFLAGS", "-O1")
    assert [times(), times()] == [3, 3]
    kernel.write_bytes(b"cut off")
    assert [times(), times()] == [4, 4]
