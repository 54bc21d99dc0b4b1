"""Typed uses of the Python API, for type checkers only: `mypy --strict tests/typing_api.py` must be silent."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, assert_type

import ionqdsl as iq
from ionqdsl.ir.sweep import Sweep
from ionqdsl.verify import Verdict


def building() -> None:
    bell = iq.Circuit(2, "bell").h(0).cnot(0, 1)
    assert_type(bell, iq.Circuit)
    theta = iq.param("theta")
    assert_type(iq.param("th", 4), list[Any])
    bell.rx(0.1, 0).rx(2 * theta, -1).rx(Fraction(1, 3), [0, 1]).rx(45 * iq.deg, range(2), controls=1)
    bell.u3(0.1, 2, theta, 0).ccx(0, 1, 2).cu(1, 2, 3, 4, 0, 1).barrier().barrier(0, 1).register("out", [1, None, 0])
    bell.pauliexp(0.5, "X[0]*X[1]", 0, 1, steps=2).pauliexp(0.5, {"XX": 0.5}, [0, 1]).gphase(0.1, controls=[0])
    native = iq.Circuit(2, gateset="native").gpi2(0.25, 0).ms(0, 0.25, 0, 1, angle=0.1).zz(0.1, 0, 1).nop(0.5)
    bell.verbatim(native).append(bell.inverse(), [1, 0]).insert(0, bell[1:2]).gate("rx", 0.1, 0).gate(
        "qft", [0, 1], include="std/fourier.qc"
    )
    assert_type(bell + bell.power(3).controlled(2), iq.Circuit)
    del bell[0]


def reading(circuit: iq.Circuit) -> None:
    for step in circuit:
        print(step.gate, step.qubits, step.angles, step.origin)
    assert_type(circuit[0:2], iq.Circuit)
    assert_type(circuit[0].angles[0], iq.Angle)
    assert_type(circuit.parameters, tuple[str, ...])
    assert_type(circuit.stats().by_gate["h"], int)
    print(circuit.unitary().shape, circuit.state().conj(), circuit.probabilities()["00"])


def using(circuit: iq.Circuit) -> None:
    native = iq.compile(circuit, target="forte", level=2, preserve="measurement")
    assert_type(native, iq.Circuit)
    assert_type(native.bind(theta=0.3), iq.Circuit)
    assert_type(native.sweep(theta=[0.1, 0.2]), Sweep[iq.Circuit])
    assert_type(native.sweep(theta=[0.1, 0.2])[0], iq.Circuit)
    assert_type(iq.run(native, shots=100, seed=7, noise="aria-1"), iq.Result)
    assert_type(iq.equivalent(circuit, native, "unitary"), Verdict)
    assert_type(iq.run(native, basis="XX"), iq.Result)
    assert_type(circuit.expectation("Z[0]", 100, at={"theta": 0.1}).value, float)
    assert_type(circuit.gradient("Z[0]", [0.1]).names, tuple[str, ...])
    assert_type(iq.minimize({"ZZ": 1}, circuit, "COBYLA", shots=100).point, dict[str, float])
    program = iq.load("file.qc", values={"n": 4}, sweeps={"t": [0.1, 0.2]})
    assert_type(iq.compile(program, "aria"), iq.Program)
    assert_type(iq.run(program), iq.Results[iq.Result])
    assert_type(iq.run([circuit, "qubit q; h q"])[0], iq.Result)
    assert_type(iq.compile("qubit q; h q", "aria"), iq.Program)
    assert_type(program.circuits["a"], iq.Circuit)
    assert_type(program.payload(shots=1000, backend="simulator", target="forte"), dict[str, Any])
    assert_type(iq.circuit("qubit q; h q"), iq.Circuit)
    with iq.Client() as client:
        job = client.submit(circuit, backend="simulator", shots=1000)
        job.wait()
    try:
        job.result()
    except (iq.JobFailed, iq.ServiceError, iq.KeyRefused, iq.Refused) as error:
        print(error.diagnostics[0].message)


def wrong(circuit: iq.Circuit, program: iq.Program) -> None:
    """Every ignored error is one: mypy complains about an `ignore` that nothing needs."""
    iq.compile(circuit, taget="forte")  # type: ignore[call-overload]
    iq.compile(program, "forte", "2")  # type: ignore[call-overload]
    iq.compile(circuit, seed="7")  # type: ignore[call-overload]
    iq.compile(3)  # type: ignore[call-overload]
    iq.run(circuit, shot=100)  # type: ignore[call-overload]
    iq.run(program, shots="100")  # type: ignore[call-overload]
    iq.run(program, 100, 7, "aria-1", "local", True)  # type: ignore[call-overload]
