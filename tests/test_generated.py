"""Generated files agree with the current tables."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_generated_files_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "generate", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_figures_of_an_earlier_compiler_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "generate"))
    monkeypatch.syspath_prepend(str(ROOT))
    import figures

    from tests.bench.peers.table import PEERS, version

    now = version(PEERS["ionqdsl/O2/aria"])
    (tmp_path / "new.md").write_text(f"| ionqdsl/O2 | {now} | today |\nsince ionqdsl 0.1.0\n")
    assert [*figures.notes(tmp_path)] == []
    (tmp_path / "old.md").write_text(f"| ionqdsl/O2 | ionqdsl 0.1.0 00c0ffee, {now} | before |\n")
    [note] = figures.notes(tmp_path)
    assert note == f"old.md: measured before later changes, with ionqdsl 0.1.0 00c0ffee; this is {now}"
