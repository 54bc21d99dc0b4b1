"""Every public function on values of the wrong kind: a result, or an error that names the expected and the given value.

Would catch an AttributeError, a traceback out of numpy or lark, an error without a sentence, and a value that is taken
for another one.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy

import ionqdsl as iq

ZOO: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "a number": lambda: 3,
    "a negative number": lambda: -1,
    "a huge number": lambda: 10**400,
    "a fraction": lambda: 3.5,
    "nan": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "a complex number": lambda: 1j,
    "True": lambda: True,
    "no text": lambda: "",
    "text": lambda: "abc",
    "half a character": lambda: "\ud800",
    "a null character": lambda: "a\0b",
    "bytes": lambda: b"",
    "an object": lambda: object(),
    "a class": lambda: int,
    "a dict": lambda: {"a": 1},
    "an empty list": list,
    "a mixed list": lambda: [1, "a", None],
    "a list in itself": lambda: (nest := [], nest.append(nest), nest)[2],
    "a generator": lambda: (number for number in range(3)),
    "an array": lambda: np.arange(3),
    "an array of floats": lambda: np.array([0.5, np.nan]),
    "an array without dimensions": lambda: np.array(2),
    "numpy's number": lambda: np.float64(0.5),
    "a circuit": lambda: iq.Circuit(2).h(0),
    "a program": lambda: iq.program("qubit q; h q"),
    "a result": lambda: iq.run(iq.Circuit(1), exact=True),
    "a set": lambda: {1, 2},
    "a function of sympy": lambda: sympy.Function("f")(1),
    "a condition of sympy": lambda: sympy.Symbol("t") < 1,
}

C = lambda: iq.Circuit(2).h(0).rx(iq.param("t"), 1)  # noqa: E731
P = lambda: iq.program("param t\nqubit q[2]; rx(t) q[0]")  # noqa: E731
R = lambda: iq.run([iq.Circuit(2).h(0)], shots=10, seed=1)  # noqa: E731
A = lambda: iq.circuit("param th[2]\nqubit q[2]\nrx(th[0]) q\nry(th[1]) q")  # noqa: E731
E = lambda: iq.program(  # noqa: E731
    "param t\nhamiltonian m = X[0]\ncircuit a { qubit q; ry(t) q }\n"
    "energy { hamiltonian = m; ansatz = a; params = [0.1] }"
)

NATIVE = iq.Circuit(2, gateset="native").ms(0, 0, 0, 1)

MINIMIZED = iq.circuit("param t\nqubit q\nry(t) q")
CALLS: dict[str, Callable[[Any], Any]] = {
    "Circuit(.)": lambda x: iq.Circuit(x),
    "Circuit(name=.)": lambda x: str(iq.Circuit(1, x)),
    "Circuit(gateset=.)": lambda x: iq.Circuit(1, gateset=x),
    "circuit": lambda x: iq.circuit(x),
    "circuit(name=.)": lambda x: iq.circuit("qubit q", x),
    "program": lambda x: iq.program(x),
    "program(values=.)": lambda x: iq.program("qubit q", x),
    "program(value)": lambda x: iq.program("param t\nqubit q; rx(t) q", {"t": x}),
    "program(sweeps=.)": lambda x: iq.program("qubit q", sweeps=x),
    "program(sweep)": lambda x: iq.program("param t\nqubit q; rx(t) q", sweeps={"t": x}),
    "load": lambda x: iq.load(x),
    "test": lambda x: iq.test(x),
    "test(values=.)": lambda x: iq.test("param t\nqubit q", x),
    "test(names of values)": lambda x: iq.test("qubit q", {x: 1} if isinstance(x, int | float | bytes) else x),
    "minimize": lambda x: iq.minimize("Z[0]", x),
    "minimize(operator)": lambda x: iq.minimize(x, MINIMIZED),
    "minimize(start=.)": lambda x: iq.minimize("Z[0]", MINIMIZED, start=x),
    "minimize(method=.)": lambda x: iq.minimize("Z[0]", MINIMIZED, method=x),
    "minimize(shots=.)": lambda x: iq.minimize("Z[0]", MINIMIZED, shots=x, max_evaluations=2),
    **{
        f"minimize({name}=.)": lambda x, name=name: iq.minimize("Z[0]", MINIMIZED, max_evaluations=2, **{name: x})
        for name in ("seed", "noise", "backend", "session", "tolerance", "history", "on")
    },
    "convert": lambda x: iq.convert(x, "qasm3"),
    "convert(to=.)": lambda x: iq.convert("qubit q; h q", x),
    "format": lambda x: iq.format(x),
    "lint": lambda x: iq.lint(x),
    "param": lambda x: iq.param(x),
    "param(size=.)": lambda x: iq.param("t", x),
    "plot": lambda x: iq.plot(x),
    "fold": lambda x: iq.fold(x, 3),
    "fold(scale=.)": lambda x: iq.fold(iq.Circuit(2).h(0), x),
    "twirl": lambda x: iq.twirl(x, 2),
    "twirl(count=.)": lambda x: iq.twirl(NATIVE, x),
    "twirl(seed=.)": lambda x: iq.twirl(NATIVE, 2, x),
    "calibrate": lambda x: iq.calibrate(x),
    "calibrate(shots=.)": lambda x: iq.calibrate(1, x),
    "Calibration.load": lambda x: iq.Calibration.load(x),
    "Calibration.save": lambda x: iq.Calibration(((0.01, 0.02),)).save(x),
    "executor": lambda x: iq.executor(x)(iq.Circuit(2)),
    "executor(circuits)": lambda x: iq.executor("Z")(x),
    "executor(noise=.)": lambda x: iq.executor("Z", noise=x)(iq.Circuit(1)),
    "executor(backend=.)": lambda x: iq.executor("Z", backend=x)(iq.Circuit(1)),
    "result.mitigated": lambda x: R()[0].mitigated(x),
    "from_qiskit": lambda x: iq.from_qiskit(x),
    "from_cirq": lambda x: iq.from_cirq(x),
    "compile": lambda x: iq.compile(x),
    "compile(target=.)": lambda x: iq.compile(C(), x),
    "compile(level=.)": lambda x: iq.compile(C(), level=x),
    "compile(preserve=.)": lambda x: iq.compile(C(), preserve=x),
    "compile(seed=.)": lambda x: iq.compile(C(), seed=x),
    "compile(effort=.)": lambda x: iq.compile(C(), effort=x),
    "compile(approx=.)": lambda x: iq.compile(C(), approx=x),
    "compile(characterization=.)": lambda x: iq.compile(C(), characterization=x),
    "run": lambda x: iq.run(x, exact=True),
    "run(list)": lambda x: iq.run([iq.Circuit(1), x], exact=True),
    "run(shots=.)": lambda x: iq.run(iq.Circuit(1), x),
    "run(seed=.)": lambda x: iq.run(iq.Circuit(1), 10, x),
    "run(noise=.)": lambda x: iq.run(iq.Circuit(1), 10, noise=x),
    "run(backend=.)": lambda x: iq.run(iq.Circuit(1), 10, backend=x),
    "equivalent(., circuit)": lambda x: iq.equivalent(x, iq.Circuit(2)),
    "equivalent(circuit, .)": lambda x: iq.equivalent(iq.Circuit(2), x),
    "equivalent(preserve=.)": lambda x: iq.equivalent(iq.Circuit(2), iq.Circuit(2), x),
    "circuit.h": lambda x: iq.Circuit(2).h(x),
    "circuit.rx": lambda x: iq.Circuit(2).rx(x, 0),
    "circuit.rx, run": lambda x: iq.run(iq.Circuit(2).rx(x, 0), exact=True),
    "deg * .": lambda x: iq.deg * x,
    "deg / .": lambda x: iq.deg / x,
    "circuit.gate": lambda x: iq.Circuit(2).gate(x),
    "circuit.h(controls=.)": lambda x: iq.Circuit(2).h(0, controls=x),
    "circuit.pauliexp(time)": lambda x: iq.Circuit(2).pauliexp(x, "XX", 0, 1),
    "circuit.pauliexp(operator)": lambda x: iq.Circuit(2).pauliexp(0.1, x, 0, 1),
    "circuit.pauliexp(steps=.)": lambda x: iq.Circuit(2).pauliexp(0.1, "X[0]+Z[0]", 0, 1, steps=x),
    "circuit.gphase": lambda x: iq.Circuit(2).gphase(x),
    "circuit.barrier": lambda x: iq.Circuit(2).barrier(x),
    "circuit.register(.)": lambda x: iq.Circuit(2).register(x, [0]),
    "circuit.register(qubits)": lambda x: iq.Circuit(2).register("r", x),
    "circuit.append": lambda x: iq.Circuit(2).append(x),
    "circuit.append(qubits)": lambda x: iq.Circuit(2).append(iq.Circuit(1).h(0), x),
    "circuit.insert": lambda x: iq.Circuit(2).insert(x, iq.Circuit(1).h(0)),
    "circuit.verbatim": lambda x: iq.Circuit(2).verbatim(x),
    "circuit[.]": lambda x: C()[x],
    "circuit + .": lambda x: C() + x,
    "circuit.power": lambda x: C().power(x),
    "circuit.controlled": lambda x: C().controlled(x),
    "circuit.bind": lambda x: C().bind(x),
    "circuit.bind(t=.)": lambda x: C().bind(t=x),
    "circuit.sweep": lambda x: C().sweep(x),
    "circuit.sweep(t=.)": lambda x: list(C().sweep(t=x)),
    "circuit.sweep(rows)": lambda x: list(A().sweep(th=[x])),
    "circuit.expectation": lambda x: iq.Circuit(2).expectation(x),
    "circuit.expectation(shots=.)": lambda x: iq.Circuit(2).expectation("ZZ", x),
    "circuit.expectation(at=.)": lambda x: C().expectation("ZZ", at=x),
    "circuit.expectation(seed=.)": lambda x: iq.Circuit(2).expectation("XX", 9, seed=x),
    "circuit.expectation(noise=.)": lambda x: iq.Circuit(1).expectation("X", 9, noise=x),
    "circuit.gradient": lambda x: C().gradient(x, [1]),
    "circuit.gradient(at)": lambda x: C().gradient("ZZ", x),
    "circuit.gradient(shots=.)": lambda x: C().gradient("ZZ", [1], shots=x),
    "circuit.gradient(seed=.)": lambda x: C().gradient("ZZ", [1], shots=9, seed=x),
    "circuit.equivalent": lambda x: iq.Circuit(2).equivalent(x),
    "circuit.draw": lambda x: C().draw(x),
    "circuit.svg": lambda x: C().svg(x),
    "circuit.bloch": lambda x: iq.Circuit(2).bloch(x),
    "program[.]": lambda x: P()[x],
    "program.bind": lambda x: P().bind(x),
    "program.bind(t=.)": lambda x: P().bind(t=x),
    "program.expectations(shots=.)": lambda x: E().expectations(x),
    "program.expectations(seed=.)": lambda x: E().expectations(9, seed=x),
    "program.expectations(noise=.)": lambda x: E().expectations(noise=x),
    "program.payload(backend=.)": lambda x: P().bind(t=1).payload(backend=x),
    "program.payload(shots=.)": lambda x: P().bind(t=1).payload(backend="simulator", shots=x),
    "program.payload(name=.)": lambda x: P().bind(t=1).payload(backend="simulator", name=x),
    "program.payload(noise=.)": lambda x: P().bind(t=1).payload(backend="simulator", noise=x),
    "program.payload(target=.)": lambda x: P().bind(t=1).payload(backend="simulator", target=x),
    "program.payload(wire=.)": lambda x: P().bind(t=1).payload(backend="simulator", wire=x),
    "results[.]": lambda x: R()[x],
    "results.expectation": lambda x: R().expectation(x),
    "result.expectation": lambda x: R()[0].expectation(x),
    "result.ordered": lambda x: R()[0].ordered(x),
    "result.register_order": lambda x: R()[0].register_order(x),
}


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    monkeypatch.delenv("IONQ_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", iq.ProgramWarning)
        yield


def complaint(name: str, kind: str) -> str | None:
    """The fault of the answer to a value, None if there is none."""
    try:
        CALLS[name](ZOO[kind]())
    except iq.InternalError as error:
        return str(error)
    except iq.IonqdslError as error:
        first = str(error).partition("\n")[0]
        return first if len(first) < 20 or " object at 0x" in first else None
    except Exception as error:
        if isinstance(error, IndexError) and name.endswith("[.]"):  # as for Python's lists
            return None
        return f"{type(error).__name__}: {str(error)[:90]}"
    return None


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_value_is_a_result_or_an_error_with_a_sentence(name: str) -> None:
    bad = [f"{kind}: {said}" for kind in ZOO if (said := complaint(name, kind))]
    assert not bad, "\n".join(bad)


def test_every_public_name_is_tried() -> None:
    """Except for exceptions, units, and the results of runs and jobs."""
    returned = {"Angle", "Calibration", "Client", "Program", "Result", "Results", "deg", "rad", "turn"}
    tried = {name.partition("(")[0].partition(" ")[0] for name in CALLS}
    errors = {
        name for name in iq.__all__ if isinstance(getattr(iq, name), type) and issubclass(getattr(iq, name), Exception)
    }
    errors.add("ProgramWarning")
    assert set(iq.__all__) - returned - errors - tried == set()


@pytest.mark.parametrize(
    ("call", "help_"),
    [
        (lambda: iq.Circuit(1).rx(0.1, 0).bind(x=1), "leave the value out: every parameter has one"),
        (lambda: iq.Circuit(1).rx(iq.param("t"), 0).bind(x=1), "use one of its open parameters: `t`"),
        (lambda: iq.Circuit(2).h(0).expectation("Z[5]"), "use the qubits 0 to 1"),
        (lambda: iq.Circuit(2).h(0).expectation("ZZZ"), "write `Z[0]*Z[1]`, or one letter per qubit: `ZZI`"),
        (
            lambda: iq.param("if"),
            "choose a name of letters, digits and underscores that is neither a keyword nor a constant such as `tau`",
        ),
        (lambda: iq.run([]), "give at least one circuit"),
    ],
)
def test_an_error_offers_what_the_caller_can_do(call: Callable[[], Any], help_: str) -> None:
    with pytest.raises(iq.IonqdslError) as caught:
        call()
    assert caught.value.diagnostics[0].helps == [help_]


LARGE = [
    lambda: iq.Circuit(1).rx(2**1000, 0),
    lambda: iq.Circuit(1).rx(1e300 * iq.turn * 1e5, 0),
    lambda: iq.Circuit(1).rx(iq.Angle(float("nan")), 0),
    lambda: TIMES_1E300.bind(t=1e300),
    lambda: TIMES_1E300.sweep(t=[1e300])[0],
    lambda: TIMES_1E300.sweep(t=[1e300]).angles(),
    lambda: iq.compile(TIMES_1E300, "forte").bind(t=1e300),
    lambda: TIMES_1E300.expectation("Z", at={"t": 1e300}),
    lambda: TIMES_1E300.gradient("Z", [1e300]),
]
TIMES_1E300 = iq.circuit("param t\nqubit q\nrx(t*1e300) q")


@pytest.mark.parametrize("call", LARGE)
def test_a_number_without_a_float_is_refused_where_it_is_given(call: Callable[[], Any]) -> None:
    with pytest.raises(iq.CompileError) as caught:
        call()
    assert caught.value.diagnostics[0].code in ("QC0309", "QC0881")


@pytest.mark.parametrize(
    ("angle", "text"),
    [
        (lambda: 0.1 * iq.deg, "0.1deg"),
        (lambda: 0.1 * (3 * iq.deg), "0.3deg"),
        (lambda: iq.deg / 0.1, "10deg"),
        (lambda: -33.3 * iq.deg + iq.turn / 3, "1turn/3 - 33.3deg"),
        (lambda: np.float64(0.7) * iq.turn, "0.7turn"),
        (lambda: iq.turn * np.int8(100) * np.int8(100), "10000turn"),
        (lambda: (np.array([0.3, 0.1]) * iq.rad)[1], "0.1"),
        (lambda: (iq.deg * np.array([0.1, 0.2]))[0], "0.1deg"),
        (lambda: sum([0.1 * iq.deg] * 3), "0.3deg"),
    ],
)
def test_a_number_times_a_unit_is_that_angle_in_a_text(angle: Callable[[], Any], text: str) -> None:
    """Would catch arithmetic with floats: 0.1 * deg is 0.1 degrees, and 3 of them are 0.3."""
    assert iq.Circuit(1).rx(angle(), 0) == iq.circuit(f"qubit q\nrx({text}) q")
