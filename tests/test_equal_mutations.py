"""No program is said to equal a changed one: mutations of random circuits, and differences that are hard to see."""

from __future__ import annotations

import math
import random
import re

import numpy as np
import pytest
from numpy.typing import NDArray

import ionqdsl as iq
from ionqdsl.verify import Verdict
from ionqdsl.verify.counterexample import replayed
from tests.test_equal_inputs import chain
from tests.test_equal_results import BELL


def changed(text: str, generator: random.Random) -> str:
    """A native program with one row dropped, doubled, moved to other qubits or turned a millionth further."""
    lines = text.splitlines()
    rows = [k for k, line in enumerate(lines) if re.match(r"\s*(gpi2?|ms|zz)\(", line)]
    place = generator.choice(rows)
    line = lines[place]
    kind = generator.choice(["drop", "double", "tiny", "half"])
    if kind == "drop":
        del lines[place]
    elif kind == "double":
        lines.insert(place, line)
    else:
        size = "1e-6" if kind == "tiny" else "0.25"
        lines[place] = re.sub(r"\(([^,)]+)", rf"(\1 + {size}", line, count=1)
    return "\n".join(lines) + "\n"


def columns(circuit: iq.Circuit) -> NDArray[np.complex128]:
    return np.asarray(circuit.unitary())


@pytest.mark.parametrize("seed", range(12))
def test_mutations_are_never_equal(seed: int) -> None:
    """By numpy: whether U_b is D U_a P, all 24 exchanges of four inputs tried."""
    from itertools import permutations

    generator = random.Random(seed)
    source = iq.circuit(chain(4, seed))
    text = changed(str(iq.compile(source, target=generator.choice(["aria", "forte"]))), generator)
    other = iq.circuit(text)
    a, b = columns(source), columns(other)
    nearest = min(
        far(a.reshape(16, 2, 2, 2, 2).transpose(0, *(1 + p for p in names)).reshape(16, 16), b)
        for names in permutations(range(4))
    )
    verdict = iq.equivalent(source, other)
    assert verdict.equal is (nearest < 1e-7), (nearest, verdict)
    if verdict.equal is False:
        assert verdict.example is not None


def far(a: NDArray[np.complex128], b: NDArray[np.complex128]) -> float:
    """How far b is from D a, D any diagonal of phases."""
    overlaps = (a.conj() * b).sum(axis=1, keepdims=True)
    return float(np.abs(b - overlaps / np.abs(np.where(overlaps == 0, 1, overlaps)) * a).max())


def test_a_difference_that_nothing_shows_is_not_known() -> None:
    """As if matrices, or another program, had found one between equal circuits."""
    bell = iq.circuit(BELL)
    for method in ("unitary", "external", "distribution"):
        verdict = replayed(Verdict(False, method, "the checked part", deviation=2e-7), bell, bell, "measurement")
        assert verdict.equal is None
        assert "no input" in verdict.unchecked
    kept = replayed(Verdict(False, "rotations", "every rotation"), bell, bell, "measurement")
    assert kept.equal is False  # a proof by itself


def test_a_difference_in_one_of_a_thousand_inputs_is_shown() -> None:
    """A phase of |1111111111> alone, under a superposition of one qubit."""
    one = iq.circuit("qubit q[10]; x q[0]; x q[0]")
    other = iq.circuit("qubit q[10]; ctrl(9) @ z q")
    verdict = iq.equivalent(one, other, "unitary")
    assert verdict.equal is False
    assert verdict.example is not None
    assert verdict.example.distance > 0.1


def test_a_wide_difference_is_shown_by_a_qubit() -> None:
    one = iq.circuit("qubit q[60]; h q; " + " ".join(f"cz q[{k}], q[{k + 1}];" for k in range(59)) + "h q")
    other = one.replace(rows=list(one.rows), origins=list(one.origins)).rx(0.4, 30)
    verdict = iq.equivalent(one, other, "outcomes")
    if verdict.equal is False:
        assert verdict.example is not None
    verdict = iq.equivalent(iq.circuit("qubit q[60]; ry(0.3) q"), iq.circuit("qubit q[60]; ry(0.3) q; x q[59]"))
    assert verdict.equal is False
    assert verdict.example is not None
    assert verdict.example.outcome == "." * 59 + "1"
    assert verdict.example.probabilities == pytest.approx((math.sin(0.15) ** 2, math.cos(0.15) ** 2))
