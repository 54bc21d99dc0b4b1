"""Work on rows grows in proportion to their number, from the text to the job, the picture and the outcomes.

Commands get programs of three sizes. Would catch a property of the whole circuit that is computed again at each row,
and a list searched for each of its members. `IONQDSL_GROWTH=all` takes every command.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ionqdsl.cli import main
from tests import steps
from tests.test_growth import many

SHAPES: dict[str, Callable[[int], str]] = {
    "angles that differ": lambda n: "qubit q[3]\n" + many("rz(0.@1) q[1]\nzz(0.@3) q[0], q[2]\n", n),
    "equal rows": lambda n: "qubit q[3]\n" + many("h q[1]\ncnot q[0], q[1]\nt q[1]\ncnot q[2], q[1]\n", n),
    "measurements": lambda n: (
        f"qubit q[2]\nregister m[{n}]\n" + many("x q[0]\ncnot q[0], q[1]\nm[@] = measure q[1]\nreset q[1]\n", n)
    ),
    "open parameters": lambda n: many("param a@ = 0.@1\n", n) + "qubit q[2]\n" + many("rx(a@) q\ncnot q[0], q[1]\n", n),
    "circuits": lambda n: many("circuit c@ { qubit q, r; h q; rx(0.@1) q; cnot q, r }\n", n),
    "points of a sweep": lambda n: (
        f"circuit c(t) {{ qubit q, r; rx(t) q; cnot q, r }}\nrun c(t) for t in linspace(0, pi, {n})\n"
    ),
    "registers": lambda n: "qubit q[3]\n" + many("h q[1]\nregister r@ = q[1], q[2]\n", n),
    "blocks taken as written": lambda n: (
        "qubit q[2]\n" + many("verbatim { h q[0]; cnot q[0], q[1] }\nrx(0.@1) q[0]\n", n)
    ),
}
VERBS: dict[str, tuple[str, ...]] = {
    "a job": ("compile", "-O0"),
    "OpenQASM": ("convert", "--to", "qasm3"),
    "a picture": ("draw", "--as", "svg"),
    "outcomes": ("run", "--shots", "5", "--seed", "1"),
}
MORE: dict[str, tuple[str, ...]] = {
    "compiled": ("compile", "--target", "tempo", "-O2", "--emit", "qc"),
    "verified": ("compile", "--target", "tempo", "-O1", "--verify"),
    "printed": ("convert", "--to", "qc"),
    "counted": ("stats",),
    "drawn as text": ("draw",),
    "documented": ("doc",),
    "reported": ("report",),
}
EVERY = {**VERBS, **MORE} if os.environ.get("IONQDSL_GROWTH") == "all" else VERBS


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_rows_are_four_times_the_work(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share that grows with the square shows in the differences, in which constant parts are left out."""
    monkeypatch.chdir(tmp_path)
    grown = {
        name: steps.growth(lambda size, words=words: _calls(words, SHAPES[shape](size)), 8, 40, 168)
        for name, words in EVERY.items()
    }
    assert {name: ratio for name, ratio in grown.items() if ratio > 1.7} == {}  # 6 for a square alone


def _calls(words: tuple[str, ...], text: str) -> int:
    """The calls that a command makes; it may refuse a program, but not fail."""
    Path("main.qc").write_text(text, encoding="utf-8")
    out = io.StringIO()

    def done() -> None:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            assert main([words[0], "main.qc", *words[1:]]) in (0, 1), out.getvalue()

    return steps.of(done)
