"""Random programs with all of version 2: compiler, plain interpreter, formatter, printer and every target agree.

Would catch a form that lowering and the interpreter read differently, that formatting or printing changes, and a
compilation that changes the effect of a program. `IONQDSL_LANGUAGE=3000` tries so many programs.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest
from by_hand import H, X, Y, Z, controlled, kron, on, turned
from language_checks import kept, meant_by
from language_programs import flags, program
from meaning import judged
from reading import same

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics.source import Source

COUNT = int(os.environ.get("IONQDSL_LANGUAGE", "60"))
FIRST = int(os.environ.get("IONQDSL_SEED", "1")) * 100_000


@pytest.mark.parametrize("part", range(4))
def test_random_programs_mean_what_the_plain_interpreter_reads(part: int, tmp_path: Path) -> None:
    kinds: Counter[str] = Counter()
    for seed in range(FIRST + part, FIRST + COUNT, 4):
        path = program(seed).write(tmp_path)
        source = stages.read(str(path))
        found = judged(source, *flags(seed, source.text))
        assert found.kind != "differs", f"{found.said}\n{path.read_text()}"
        kinds[found.kind] += 1
    assert kinds["same"] > 0.5 * COUNT / 4, kinds


@pytest.mark.parametrize("part", range(4))
def test_random_programs_survive_every_tool_and_compilation(part: int, tmp_path: Path) -> None:
    compiled = 0
    for seed in range(FIRST + part, FIRST + COUNT // 3, 4):
        path = program(seed).write(tmp_path)
        try:
            compiled += kept(path, Random(seed))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{path.read_text()}") from None
    assert compiled > 0.3 * COUNT / 12


def test_the_matrices_are_those_of_the_gates() -> None:
    """The route in numpy has no part of the compiler in it, so it is held to matrices written out here."""
    text = (
        "gate g(x) a[], t { ctrl(len(a)) @ rx(x) a, t; gphase(x) }\nqubit q[2], t\nh q\nctrl @ gphase(0.5) q[1]\n"
        "pow(1/2) @ swap q\npauliexp(0.3, X[0]*Y[1]) t, q[0]\nnegctrl @ g(0.4) q[0], q[1:2], t\n"
        "native { gpi2(0.25) t }\n"
    )
    (got,) = meant_by(Source(text))
    root = np.array([[2, 0, 0, 0], [0, 1 + 1j, 1 - 1j, 0], [0, 1 - 1j, 1 + 1j, 0], [0, 0, 0, 2]]) / 2
    inner = np.exp(0.4j) * controlled(turned(X, 0.4))
    negated = np.kron(np.diag([1, 0]), inner) + np.kron(np.diag([0, 1]), np.eye(4))
    steps = [
        (kron(H, H), [0, 1]), (np.diag([1, np.exp(0.5j)]), [1]), (root, [0, 1]), (turned(kron(X, Y), 0.6), [2, 0]),
        (negated, [0, 1, 2]), (turned(Y, np.pi / 2), [2]),
    ]  # fmt: skip
    want = np.eye(8)
    for matrix, qubits in steps:
        want = on(matrix, qubits, 3) @ want
    assert same(got, want)
    assert not same(got, on(Z, [0], 3) @ want)
