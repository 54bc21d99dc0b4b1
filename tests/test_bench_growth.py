"""The measurement of large programs: the programs are as long as they say, and growth is counted right.

Would catch a shape that is refused and so takes no time, a second program that differs from the first, and an exponent
that the time to start makes smaller.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

import ionqdsl as iq
from ionqdsl import formats
from ionqdsl.diagnostics.source import Source
from tests.bench.growth import page
from tests.bench.growth.editor import WORK
from tests.bench.growth.runs import Command
from tests.bench.growth.shapes import SHAPES, near
from tests.bench.growth.verbs import VERBS


def read(shape: str, text: str) -> list[Any]:
    name = "main.qasm" if shape.startswith("qasm") else "main.qc"
    return formats.loaded(Source(text, name))[0].runs


@pytest.mark.parametrize("shape", SHAPES)
def test_programs_are_as_long_as_they_say(shape: str) -> None:
    points = 5 if shape == "sweep" else 1
    for count in (200, 1000):
        rows = points * sum(len(circuit.rows) for circuit in read(shape, SHAPES[shape](count)))
        assert 0.9 * count <= rows <= 1.1 * count
    text = SHAPES[shape](40)
    other = near(text)
    assert other != text
    pairs = zip(read(shape, text), read(shape, other), strict=True)
    assert all(iq.equivalent(first, second) for first, second in pairs)


def test_every_command_has_shapes() -> None:
    for command, shapes in VERBS.values():
        assert set(shapes) <= set(SHAPES)
        assert command.split()[0] != "editor" or command.split()[1] in WORK


def row(verb: str, gates: int, seconds: float, code: int = 0) -> dict[str, Any]:
    known = {"shape": "lines", "version": "ionqdsl 1", "machine": "x", "date": "2026-01-01", "mb": 40}
    return {"verb": verb, "gates": gates, "cpu_s": seconds, "code": code, **known}


def test_the_exponent_leaves_out_what_starting_takes() -> None:
    """0.5 s to start, then n^1.5: 0.1, 3.16, 100."""
    rows = [row("check", 10**power, 0.5 + seconds) for power, seconds in ((2, 0), (3, 0.1), (4, 3.162), (5, 100))]
    rows += [row("draw", 100, 0.5), row("draw", 1_000, 0.5), row("draw", 10_000, 300, -24)]
    text = page.section(rows)
    assert "| `check` | lines | 0.5 | 0.6 | 3.7 | 100 | 1.5 | 40 |" in text
    assert "| `draw` | lines | 0.5 | 0.5 | over 300 | · | · | 40 |" in text
    assert page.section([]) == "Not measured yet.\n"


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals")
def test_silence_ends_with_each_word(tmp_path: Path) -> None:
    """A pause of half a second between two words on a terminal, and a third word at once."""
    from tests.bench.growth.silence import silence

    program = (
        "import sys, time; sys.stderr.write(str(sys.stderr.isatty())); sys.stderr.flush(); time.sleep(0.5);"
        "print('on standard output'); sys.stderr.write('b'); time.sleep(0.5)"
    )
    found = silence(Command([sys.executable, "-S", "-c", program], os.devnull), tmp_path)
    assert 0.5 <= found.longest < found.whole
    assert found.whole >= 1
