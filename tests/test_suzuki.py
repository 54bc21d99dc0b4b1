"""Exponentials by Suzuki's product formulas: `pauliexp(t, H, steps = n, order = 1|2|4)`.

Would catch a formula of another order, terms in another order than written, a step too many, and an output format that
means something else.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from by_hand import X, Y, Z, exponential, kron
from meaning import judged
from reading import agree, circuit, codes, same, unitary

from ionqdsl import formats
from ionqdsl import pipeline as stages
from ionqdsl.algebra import suzuki
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.options import Options
from ionqdsl.simulation import simulate

H = "0.7*X[0] + 0.4*Z[0]*Z[1] + 0.3*Y[1] + 0.2*X[0]*Y[1] - 0.5"
ONE = np.eye(2)
MATRIX = 0.7 * kron(X, ONE) + 0.4 * kron(Z, Z) + 0.3 * kron(ONE, Y) + 0.2 * kron(X, Y) - 0.5 * np.eye(4)


def written(rest: str, time: float = 0.8) -> str:
    return f"qubit q[2]\npauliexp({time}, {H}{rest}) q\n"


def off(steps: int, order: int) -> float:
    found = unitary(written(f", steps = {steps}, order = {order}"))
    return float(np.abs(found - exponential(MATRIX, 0.8)).max())


@pytest.mark.parametrize("order", suzuki.ORDERS)
def test_half_the_step_divides_the_error_by_two_to_the_order(order: int) -> None:
    assert off(8, order) / off(16, order) == pytest.approx(2**order, rel=0.15)
    assert off(8, 2) < off(8, 1) / 5
    assert off(8, 4) < off(8, 2) / 50


def test_order_two_is_its_formula() -> None:
    """exp(A/2) exp(B/2) exp(C) exp(B/2) exp(A/2) twice, A first; neighbours that commute are one exponential."""
    terms = [0.7 * kron(X, ONE), 0.4 * kron(Z, Z), 0.3 * kron(ONE, Y) + 0.2 * kron(X, Y) - 0.5 * np.eye(4)]
    halves = [exponential(term, 0.1) for term in terms]
    step = halves[0] @ halves[1] @ halves[2] @ halves[2] @ halves[1] @ halves[0]
    found = circuit(written(", steps = 4, order = 2"))
    assert same(simulate.unitary(found), np.linalg.matrix_power(step, 4))
    assert len(found) == 4 * 4 + 1


def test_order_without_steps_is_one_step() -> None:
    for order in suzuki.ORDERS:
        assert agree(written(f", order = {order}"), written(f", steps = 1, order = {order}"))
    assert agree(written(", steps = 3"), written(", steps = 3, order = 1"))
    assert agree(written(", 3, 2"), written(", order = 2, steps = 3"))


@pytest.mark.parametrize("order", suzuki.ORDERS)
def test_terms_that_commute_are_exact(order: int) -> None:
    text = f"qubit q[2]\npauliexp(0.3, 0.5*X[0]*X[1] + Z[0]*Z[1] + 2, steps = 3, order = {order}) q\n"
    assert same(unitary(text), exponential(0.5 * kron(X, X) + kron(Z, Z) + 2 * np.eye(4), 0.3))
    if order != 1:
        assert len(circuit(text)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        f"pauliexp(0.3, {H}, steps = 2, order = 2) q",
        f"pauliexp(0.3, {H}, order = 4) q",
        f"inv @ pauliexp(0.3, {H}, steps = 2, order = 4) q",
        f"ctrl @ pauliexp(0.3, {H}, steps = 2, order = 2) c, q[0], q[1]",
        f"pow(2) @ pauliexp(0.3, {H}, steps = 3, order = 2) q",
        f"native {{ }}\npauliexp(t, {H}, steps = 2, order = 4) q",
        "pauliexp(0.3, X[0]*X[1], steps = 2, order = 2) q",
        "pauliexp(0.3, 2, order = 2) q",
    ],
)
def test_the_interpreter_means_the_same(statement: str) -> None:
    assert judged(f"param t = 0.2\nqubit c, q[2]\nh c\n{statement}\n").kind == "same"


def test_an_open_time_stays_open() -> None:
    text = f"param t\nqubit q[2]\npauliexp(t, {H}, steps = 2, order = 4) q\n"
    assert judged(text).kind == "same"
    bound = unitary(text.replace("param t", "const t = 0.3"))
    assert same(simulate.unitary(circuit(text, values={"t": "0.3"})), bound)


@pytest.mark.parametrize("form", ["qc", "qasm2", "qasm3"])
def test_every_text_form_is_the_formula(form: str) -> None:
    text = written(", steps = 2, order = 4")
    program, _ = stages.load(Source(text))
    (made,) = formats.loaded(Source(formats.write(program, form)[0], f"made.{form[:4]}"))[0].runs
    assert alike(simulate.unitary(made), unitary(text))


@pytest.mark.parametrize("target", ["forte", "aria", "qis"])
def test_what_is_sent_is_the_formula(target: str) -> None:
    text = written(", steps = 2, order = 4")
    compiled, _, _ = stages.transpile(stages.load(Source(text))[0], Options(target=target))
    (made,) = compiled.runs
    assert made.inputs is None
    assert np.allclose(np.abs(simulate.unitary(made)[:, 0]), np.abs(unitary(text)[:, 0]), atol=1e-9)


def alike(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether two unitaries are equal up to a phase."""
    return bool(abs(abs(np.vdot(found, wanted)) / len(wanted) - 1) < 1e-9)


@pytest.mark.parametrize("parts", [1, 2, 5])
@pytest.mark.parametrize("order", suzuki.ORDERS)
@pytest.mark.parametrize("steps", [1, 3])
def test_the_shares_of_each_part_are_the_whole_time(parts: int, order: int, steps: int) -> None:
    made = suzuki.factors(parts, steps, order)
    whole = [float(sum(share for part, share in made if part == one)) for one in range(parts)]
    assert whole == pytest.approx([1] * parts)
    assert len(made) == suzuki.length(parts, steps, order)
    assert all(one[0] != other[0] for one, other in pairwise(made))


@pytest.mark.parametrize("order", [0, 3, 6, -1, 2.5, '"two"', "true"])
def test_other_orders_are_refused(order: object) -> None:
    (code,) = codes(written(f", steps = 2, order = {order}"))
    assert code in ("QC0329", "QC0307")
    assert codes(written(", steps = 0, order = 2")) == ["QC0320"]
    assert codes(written(", steps = 10**7, order = 4")) == ["QC0501"]
