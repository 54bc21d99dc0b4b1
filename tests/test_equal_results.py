"""`equiv` on pairs of programs whose jobs are known to give the same results, or not.

Every pair is known by hand, and those of circuits are checked again by qiskit or plain numpy. Would catch "equal" for
programs that differ in a register, a Hamiltonian, an order or an angle, "different" for the same ones, a false example,
and blind trust in a note about renamed inputs.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.verify.energies import exchanges

BELL = "qubit q[2]; ry(0.3) q[0]; cnot q[0], q[1]; x q[1]"
"""|01> with probability cos^2 0.15, |10> with the rest: no two of its bits read the same."""

SWAPPED = "qubit q[2]; ry(0.3) q[1]; cnot q[1], q[0]; x q[0]"
"""The same with its qubits exchanged."""

MITIGATED = 'job {{ backend = "qpu.forte-1"; shots = 500; settings {{ error_mitigation {{ debiasing = {} }} }} }}'

QASM = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\n'


def energy(circuit: str, hamiltonian: str, more: str = "params = [0.1, 0.7]", param: str = "param s; param t") -> str:
    block = f"energy {{ hamiltonian = h; ansatz = a; {more} }}"
    return f"{param}\nhamiltonian h = {hamiltonian}\ncircuit a {{ {circuit} }}\n{block}"


TURNED = "qubit q[2]; ry(s) q[0]; cnot q[0], q[1]; ry(t) q[1]"
TURNED_BACK = "qubit q[2]; ry(s) q[1]; cnot q[1], q[0]; ry(t) q[0]"
"""The same with its qubits exchanged."""

TWO = "circuit a { qubit q; h q }\ncircuit b { qubit q; x q }\n"
CIRCUIT = "circuit c(t) { qubit q; ry(t) q; h q }\n"

EQUAL = {
    "spelled otherwise": ("qubit q[2]; swap q", "qubit q[2]; cnot q; cnot q[1], q[0]; cnot q"),
    "a global phase": ("qubit q; rz(0.4) q; h q", "qubit q; p(0.4) q; h q; gphase(1.3)"),
    "a phase under a control, as rotations": (
        "qubit q[2]; h q; cp(0.8) q; h q",
        "qubit q[2]; h q; rz(0.4) q; cnot q; rz(-0.4) q[1]; cnot q; h q",
    ),
    "a final diagonal": (BELL, f"{BELL}; cz q; t q[0]"),
    "inputs exchanged at the start": (BELL, f"qubit q[2]; swap q; {BELL[12:]}"),
    "registers declared in another order": (
        f"{BELL}; register a = q[0]; register b = q[1]",
        f"{BELL}; register b = q[1]; register a = q[0]",
    ),
    "null slots": (f"{BELL}; register r = q[1], _, q[0]", f"{BELL}; rz(1) q[0]; register r = q[1], _, q[0]"),
    "one way to write a wave": ("param t; qubit q; rx(sin(2*t)) q", "param t; qubit q; rx(2*sin(t)*cos(t)) q"),
    "one": ("param t; qubit q; rx(sin(t)**2 + cos(t)**2) q", "qubit q; rx(1) q"),
    "a root and a power": ("param t; qubit q; ry(sqrt(t)**2) q", "param t; qubit q; ry(exp(log(t))) q"),
    "a root of a square": ("param t; qubit q; ry(sqrt(t**2)) q", "param t; qubit q; ry(abs(t)) q"),
    "a quotient": ("param t; qubit q; ry(1/(1/t)) q", "param t; qubit q; ry(t) q"),
    "an array's elements": (
        "param th[2]; qubit q; rx(th[0]) q; rx(th[1]) q",
        "param th[2]; qubit q; rx(th[0]/2) q; rx(th[1] + th[0]/2) q",
    ),
    "linear and not": ("param t; qubit q; rz(t) q; ry(tan(t)) q", "param t; qubit q; rz(t) q; ry(sin(t)/cos(t)) q"),
    "an angle of a vector": (
        "param t; qubit q; ry(atan2(sin(t), cos(t))) q",
        "param t; qubit q; ry(2*atan2(sin(t/2), cos(t/2))) q",
    ),
    "a parameter that is only declared": ("param t; param u; qubit q; rx(t) q", "param t; qubit q; rx(t) q"),
    "a parameter that cancels": ("param t; qubit q; rx(t) q; h q; h q; rx(-t) q", "param t; qubit q; rz(t) q"),
    "a sweep and its points": (
        f"{CIRCUIT}run c(t) for t in [0.1, 0.2] as 'c {{t}}'".replace("'", '"'),
        f'{CIRCUIT}run c(0.1) as "c 0.1", c(0.2) as "c 0.2"',
    ),
    "terms in another order": (energy(TURNED, "Z[0]*Z[1] + 0.5*X[0]"), energy(TURNED, "0.5*X[0] + Z[1]*Z[0]")),
    "terms that add up": (energy(TURNED, "Z[0] + 2*X[0]"), energy(TURNED, "3*X[0] - X[0] + Z[0] + 0*Z[1]")),
    "an energy with its qubits exchanged": (
        energy(TURNED, "Z[0] + 0.5*X[1]"),
        energy(TURNED_BACK, "Z[1] + 0.5*X[0]"),
    ),
    "parameters of an energy by other names": (
        energy(TURNED, "X[0]"),
        energy(TURNED.replace("(s)", "(u)").replace("(t)", "(v)"), "X[0]", param="param u; param v"),
    ),
    "a diagonal before a diagonal operator": (energy(TURNED, "Z[0]*Z[1]"), energy(f"{TURNED}; cz q", "Z[0]*Z[1]")),
    "no noise and ideal noise": (BELL, f'job {{ noise {{ model = "ideal" }} }}\n{BELL}'),
    "shots and names": (
        f'job {{ shots = 100; name = "a" }}\n{BELL}',
        f'job {{ shots = 7; metadata {{ a = "b" }} }}\n{BELL}',
    ),
    "functions": (
        'function { type = "x"; data { a = 1; b = [1, 2.0] } }',
        'function { type = "x"; data { b = [1.0, 2]; a = 1 } }',
    ),
}

DIFFERENT = {
    "an order in a register": (f"{BELL}; register r = q", f"{BELL}; register r = q[1], q[0]"),
    "a null slot": (f"{BELL}; register r = q[0], q[1]", f"{BELL}; register r = q[0], _, q[1]"),
    "a null slot elsewhere": (f"{BELL}; register r = q[0], _, q[1]", f"{BELL}; register r = q[0], q[1], _"),
    "a register by another name": (f"{BELL}; register r = q", f"{BELL}; register s = q"),
    "a register too many": (f"{BELL}; register r = q", f"{BELL}; register r = q; register s = q[0]"),
    "no register": (BELL, f"{BELL}; register r = q"),
    "a qubit too many": (BELL, BELL.replace("q[2]", "q[3]")),
    "qubits in another order": (BELL, SWAPPED),
    "qubits in another order, behind registers": (f"{BELL}; register r = q", f"{SWAPPED}; register r = q[1], q[0]"),
    "a phase under a control": ("qubit q[2]; h q; ctrl @ rz(0.4) q; h q", "qubit q[2]; h q; ctrl @ p(0.4) q; h q"),
    "a parameter by another name": ("param t; qubit q; rx(t) q", "param u; qubit q; rx(u) q"),
    "a sign": ("param t; qubit q; ry(t) q", "param t; qubit q; ry(abs(t)) q"),
    "a maximum": ("param t; qubit q; ry(max(t, 1)) q", "param t; qubit q; ry(max(t, 1.5)) q"),
    "a frequency": ("param t; qubit q; rx(sin(2*t)) q", "param t; qubit q; rx(sin(3*t)) q"),
    "a constant in place of a parameter": ("param t; qubit q; rx(t) q", "qubit q; rx(0.3) q"),
    "a millionth": (BELL, BELL.replace("0.3", "0.300001")),
    "a millionth of a phase": ("qubit q; h q; rz(0.3) q; h q", "qubit q; h q; rz(0.300001) q; h q"),
    "circuits in another order": (f"{TWO}run a, b", f"{TWO}run b, a"),
    "circuits by other names": (f"{TWO}run a, b", f'{TWO}run a as "c", b'),
    "one of several circuits": (f"{TWO}run a, b", f"{TWO.replace('x q', 'y q; h q')}run a, b"),
    "a point of a sweep": (
        f'{CIRCUIT}run c(t) for t in [0.1, 0.2] as "c"'.replace('as "c"', 'as "c {t}"'),
        f'{CIRCUIT}run c(0.1) as "c 0.1", c(0.21) as "c 0.2"',
    ),
    "another operator": (energy("qubit q; ry(s) q; rx(t) q", "X[0]"), energy("qubit q; ry(s) q; rx(t) q", "Z[0]")),
    "a coefficient": (energy(TURNED, "Z[0] + 0.5*X[1]"), energy(TURNED, "Z[0] + 0.500001*X[1]")),
    "a constant": (energy(TURNED, "Z[0] + 0.5"), energy(TURNED, "Z[0] + 0.25")),
    "qubits exchanged in the operator alone": (energy(TURNED, "Z[0] + 0.5*X[1]"), energy(TURNED, "Z[1] + 0.5*X[0]")),
    "a phase that the operator sees": (energy(TURNED, "X[0]*X[1]"), energy(f"{TURNED}; s q[0]", "X[0]*X[1]")),
    "parameters of an energy in another order": (
        energy(TURNED, "Z[0]"),
        energy(TURNED, "Z[0]", param="param t; param s"),
    ),
    "values of parameters": (energy(TURNED, "X[0]"), energy(TURNED, "X[0]", "params = [0.1, 0.71]")),
    "a tail": (energy(TURNED, "Z[0]"), energy(TURNED, "Z[0]", "params = [0.1, 0.7]; cvar_alpha = 0.2")),
    "a penalty": (
        energy(TURNED, "Z[0]", "params = [0.1, 0.7]; penalty = 2; linear_constraints = [[[1, 1], 1]]"),
        energy(TURNED, "Z[0]", "params = [0.1, 0.7]; penalty = 3; linear_constraints = [[[1, 1], 1]]"),
    ),
    "a constraint": (
        energy(TURNED, "Z[0]", "params = [0.1, 0.7]; penalty = 2; linear_constraints = [[[1, 1], 1]]"),
        energy(TURNED, "Z[0]", "params = [0.1, 0.7]; penalty = 2; linear_constraints = [[[1, 0], 1]]"),
    ),
    "an energy and its ansatz": (energy(TURNED, "Z[0]"), f"param s; param t; {TURNED}"),
    "noise": (BELL, f'job {{ noise {{ model = "aria-1" }} }}\n{BELL}'),
    "a seed of the noise": (
        f'job {{ noise {{ model = "aria-1"; seed = 1 }} }}\n{BELL}',
        f'job {{ noise {{ model = "aria-1"; seed = 2 }} }}\n{BELL}',
    ),
    "a machine": (f'job {{ backend = "simulator" }}\n{BELL}', f'job {{ backend = "qpu.forte-1" }}\n{BELL}'),
    "mitigation": (
        f"{MITIGATED.format('true')}\n{BELL}",
        f"{MITIGATED.format('false')}\n{BELL}",
    ),
    "data of a function": ('function { type = "x"; data { a = 1 } }', 'function { type = "x"; data { a = 2 } }'),
    "a function's type": ('function { type = "x"; data { a = 1 } }', 'function { type = "y"; data { a = 1 } }'),
}


def said(
    capsys: pytest.CaptureFixture[str], folder: Path, one: str, other: str, *flags: str, endings: str = "qc qc"
) -> dict[str, Any]:
    """The answer of `equiv` about two texts."""
    paths = [folder / f"{name}.{ending}" for name, ending in zip(("one", "other"), endings.split(), strict=True)]
    for path, text in zip(paths, (one, other), strict=True):
        path.write_text(text)
    code = main(["equiv", *map(str, paths), "--json", *flags])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == (0 if answer["equal"] else 1), answer
    return answer


@pytest.mark.parametrize("name", EQUAL)
def test_equal(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for one, other in (EQUAL[name], EQUAL[name][::-1]):
        answer = said(capsys, tmp_path, one, other)
        assert answer["equal"] is True, answer
        assert answer["compared"] or "function" in one
        assert "shots" in answer["not_compared"]


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Never equal, always for a reason: something named, or two circuits of which one input tells."""
    for one, other in (DIFFERENT[name], DIFFERENT[name][::-1]):
        answer = said(capsys, tmp_path, one, other)
        assert answer["equal"] is False, answer
        bad = [pair for pair in answer["pairs"] if pair["equal"] is False]
        assert answer["differences"] or bad
        for pair in bad:
            example = pair["counterexample"]
            assert (
                example or "register" in pair["checked"] or "against" in pair["checked"] or "state" in pair["checked"]
            )


@pytest.mark.parametrize("name", [name for name, pair in DIFFERENT.items() if "energy" not in pair[0]])
def test_examples_show_a_difference(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Probabilities that are shown are those of numpy, from the state and at the values that are shown."""
    one, other = DIFFERENT[name]
    answer = said(capsys, tmp_path, one, other)
    for pair in answer["pairs"]:
        example = pair["counterexample"]
        if not example or example["register"]:
            continue
        given = [
            next(circuit for circuit in iq.program(text).runs if circuit.name in (called, "main"))
            for text, called in zip((one, other), pair["circuits"], strict=True)
        ]
        for circuit, shown in zip(given, example["probabilities"], strict=True):
            bound = circuit.bind({k: v for k, v in example["values"].items() if k in circuit.parameters})
            final = bound.unitary() @ product(example["input"])
            assert abs(final[int(example["outcome"], 2)]) ** 2 == pytest.approx(shown, abs=1e-12)
        assert example["distance"] > 1e-9


def product(letters: str) -> NDArray[np.complex128]:
    states = {"0": [1, 0], "1": [0, 1], "+": [0.5**0.5, 0.5**0.5], "i": [0.5**0.5, 0.5**0.5 * 1j]}
    result = np.ones(1, dtype=complex)
    for letter in letters:
        result = np.kron(result, states[letter])
    return result


@pytest.mark.parametrize(
    ("one", "other", "preserve", "equal"),
    [
        ("h q; cnot q", "h q; cnot q; register r = q[0]", "outcomes", False),
        ("h q; cnot q; register r = q", "h q; cnot q; register r = q[1], q[0]", "outcomes", True),  # 00 and 11 alike
        ("h q; cnot q; register r = q", "h q; cnot q; register r = q[1], q[0]", "measurement", False),
        ("h q[0]", "h q[0]; z q[0]", "measurement", True),
        ("h q[0]", "h q[0]; z q[0]", "unitary", False),
        ("cnot q; h q[0]", "h q[0]", "outcomes", True),
        ("cnot q; h q[0]", "h q[0]", "measurement", False),
        ("cnot q; h q[0]; register r = q[0]", "h q[0]; register r = q[0]", "outcomes", True),
    ],
)
def test_contracts(
    one: str, other: str, preserve: str, equal: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [f"qubit q[2]; {text}" for text in (one, other)]
    assert said(capsys, tmp_path, *texts, "--preserve", preserve)["equal"] is equal


def test_where_jobs_start_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A cnot does nothing to |00>, which no user notices and the contract does."""
    (tmp_path / "a.qc").write_text("qubit q[2]; cnot q; h q[0]")
    (tmp_path / "b.qc").write_text("qubit q[2]; h q[0]")
    assert main(["equiv", str(tmp_path / "a.qc"), str(tmp_path / "b.qc")]) == 1
    assert "from |00>, where jobs start, the outcomes are the same" in capsys.readouterr().out


def test_an_energy_says_by_how_much_it_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """<X> of ry(0.1) is sin 0.1, <Z> its cosine."""
    texts = [energy("qubit q; ry(s) q", f"{letter}[0]", "params = [0.1]", "param s") for letter in "XZ"]
    how = {found["what"]: found["how"] for found in said(capsys, tmp_path, *texts)["differences"]}
    first, second = map(float, re.findall(r"\d+\.\d+", how["energy"])[:2])
    assert (first, second) == pytest.approx((math.sin(0.1), math.cos(0.1)), abs=1e-8)


# --- other formats ---------------------------------------------------------------------------------------------------


MEASURED = "ry(0.3) q[0];\ncx q[0], q[1];\nx q[1];\n"
CROSSED = "ry(0.3) q[1];\ncx q[1], q[0];\nx q[0];\n"


@pytest.mark.parametrize(
    ("one", "other", "endings", "equal"),
    [
        # the same bits of the same qubits, statements of measurements in another order
        (
            f"{QASM}{MEASURED}measure q -> c;",
            f"{QASM}{MEASURED}measure q[1] -> c[1];\nmeasure q[0] -> c[0];",
            "qasm qasm",
            True,
        ),
        # bits exchanged
        (
            f"{QASM}{MEASURED}measure q -> c;",
            f"{QASM}{MEASURED}measure q[1] -> c[0];\nmeasure q[0] -> c[1];",
            "qasm qasm",
            False,
        ),
        # qubits and bits exchanged: OpenQASM knows no order of qubits
        (
            f"{QASM}{MEASURED}measure q -> c;",
            f"{QASM}{CROSSED}measure q[1] -> c[0];\nmeasure q[0] -> c[1];",
            "qasm qasm",
            True,
        ),
        (f"{QASM}{MEASURED}measure q -> c;", f"{BELL}; register c = q", "qasm qc", True),
        (f"{QASM}{MEASURED}measure q -> c;", f"{BELL}; register c = q[1], q[0]", "qasm qc", False),
        (f"{QASM}{MEASURED}measure q -> c;", BELL, "qasm qc", True),  # all qubits in their order, as any job
        (f"{QASM}{MEASURED}measure q[1] -> c[0];\nmeasure q[0] -> c[1];", BELL, "qasm qc", False),
        (
            f"{QASM}{MEASURED}",
            f"{BELL}; register c = q[1], q[0]",
            "qasm qc",
            True,
        ),  # no measurement: nothing to compare
        (
            f"{QASM.replace('q[2]', 'q[3]', 1)}{MEASURED}measure q[0] -> c[0];\nmeasure q[1] -> c[1];",
            f"{BELL}; register c = q",
            "qasm qc",
            True,  # a qubit that nothing measures
        ),
        (f"{QASM}{MEASURED}measure q -> c;", f'job {{ noise {{ model = "aria-1" }} }}\n{BELL}', "qasm qc", True),
    ],
)
def test_openqasm(
    one: str, other: str, endings: str, equal: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = said(capsys, tmp_path, one, other, endings=endings)
    assert answer["equal"] is equal, answer
    assert any("one of the two cannot say" in left for left in answer["not_compared"])


@pytest.mark.parametrize(
    "text", [pair[0] for pair in EQUAL.values() if "param" not in pair[0] and "swap" not in pair[0]]
)
@pytest.mark.parametrize("form", ["payload", "qc"])
def test_a_program_and_itself_in_another_format(
    text: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if form == "payload" and "function" in text:
        written = json.dumps(iq.program(text).payload())
    else:
        written = iq.convert(text, form)
    answer = said(capsys, tmp_path, text, written, endings=f"qc {'json' if form == 'payload' else form}")
    assert answer["equal"] is True, answer


def test_an_energy_and_its_body(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The constant is no part of it, and parameters have other names there."""
    text = energy(
        TURNED.replace("(s)", "(th[0])").replace("(t)", "(th[1])"), "Z[0] + 0.5*X[1] - 2", param="param th[2]"
    )
    body = iq.program(text).payload()
    answer = said(capsys, tmp_path, text, json.dumps(body), endings="qc json")
    assert answer["equal"] is True, answer
    assert any("constant" in left for left in answer["not_compared"])
    body["input"]["data"]["data"]["hamiltonian"][0]["coefficient"] += 1e-6
    assert said(capsys, tmp_path, text, json.dumps(body), endings="qc json")["equal"] is False


def test_native_and_qis(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    native = "gateset native; qubit q; gpi2(0.25) q"  # ry(pi/2)
    assert said(capsys, tmp_path, native, "qubit q; ry(pi/2) q")["equal"] is True
    assert said(capsys, tmp_path, native, "qubit q; rx(pi/2) q")["equal"] is False


# --- parameters ------------------------------------------------------------------------------------------------------


def test_values_without_a_meaning_are_not_taken() -> None:
    """Only positive numbers have a root; an expression below 0 everywhere has none."""
    one, other = (iq.circuit(f"param t; qubit q; rx({text}) q") for text in ("sqrt(t)", "t/sqrt(t)"))
    assert iq.equivalent(one, other)
    never = iq.circuit("param t; qubit q; rx(log(-1 - t**2)) q")
    verdict = iq.equivalent(never, never)
    assert verdict.equal is None
    assert "no values" in verdict.unchecked


def test_examples_have_values_of_parameters_not_of_expressions() -> None:
    one, other = (iq.circuit(f"param th[2]; qubit q; rx(sin({text})*th[1]) q") for text in ("th[0]", "2*th[0]"))
    verdict = iq.equivalent(one, other)
    assert verdict.equal is False
    assert verdict.example is not None
    assert set(verdict.example.values) == {"th[0]", "th[1]"}
    a, b = verdict.example.values["th[0]"], verdict.example.values["th[1]"]
    chances = [math.sin(b * math.sin(k * a) / 2) ** 2 for k in (1, 2)]
    shown = verdict.example.probabilities
    ones = shown if verdict.example.outcome == "1" else [1 - share for share in shown]
    assert verdict.example.input == "0"
    assert ones == pytest.approx(chances, abs=1e-12)


# --- whole programs from Python --------------------------------------------------------------------------------------


def test_programs_and_circuits_from_python() -> None:
    one, other = iq.program(f"{TWO}run a, b"), iq.program(f"{TWO}run b, a")
    assert iq.equivalent(one, one)
    found = iq.equivalent(one, other)
    assert found.equal is False
    assert [what for what, _ in found.differences] == ["order"]
    assert all(pair.verdict for pair in found.pairs)
    read = iq.circuit(f"{BELL}; register r = q")
    assert iq.equivalent(read, read)
    assert not read.equivalent(iq.circuit(f"{BELL}; register r = q[1], q[0]"))
    with pytest.raises(iq.CompileError, match="QC1148"):
        iq.equivalent(one, read)  # type: ignore[call-overload]


def test_exchanges_of_an_operator() -> None:
    """Those of Z0 Z1 + Z1 Z2 are none and the reflection; found for a hundred qubits, and not for ever."""
    line = {(("Z", k), ("Z", k + 1)): 1.0 for k in range(2)}
    assert sorted(map(list, exchanges(line, line, 3))) == [[0, 1, 2], [2, 1, 0]]
    ring = {tuple(sorted((("Z", k), ("Z", (k + 1) % 100)), key=lambda factor: factor[1])): 1.0 for k in range(100)}
    assert list(next(iter(exchanges(ring, ring, 100)))) == list(range(100))
    full = {(("X", k),): 1.0 for k in range(40)}
    assert len(list(exchanges(full, full, 40))) <= 25


@pytest.mark.parametrize(
    ("one", "other", "lines"),
    [
        (energy(TURNED, "Z[0]"), energy(TURNED, "X[0]"), ["-hamiltonian Z[0]", "+hamiltonian X[0]"]),
        (
            energy(TURNED, "Z[0]"),
            energy(TURNED, "Z[0]", "params = [0, 1]"),
            ["-params = [0.1, 0.7]", "+params = [0, 1]"],
        ),
        (
            BELL,
            f'job {{ noise {{ model = "aria-1" }} }}\n{BELL}',
            ['-noise.model = "ideal"', '+noise.model = "aria-1"'],
        ),
        (f"{TWO}run a, b", f"{TWO}run b, a", []),
        (
            f"{BELL}; register r = q",
            f"{BELL}; register r = q[1], q[0]",
            ["-register r = q[0], q[1]", "+register r = q[1], q[0]"],
        ),
        (f"job {{ shots = 5 }}\n{BELL}", BELL, None),
    ],
)
def test_diff_shows_the_same(
    one: str, other: str, lines: list[str] | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("one", one), ("other", other)):
        (tmp_path / f"{name}.qc").write_text(text)
    code = main(["diff", str(tmp_path / "one.qc"), str(tmp_path / "other.qc")])
    out = capsys.readouterr().out.splitlines()
    assert code == (0 if lines is None else 1)
    assert [line for line in out if line[:1] in "+-" and line[:3] not in ("+++", "---")] == (lines or [])
    assert lines != [] or out == ["order: `a`, `b` against `b`, `a`"]


def test_registers_of_wide_circuits() -> None:
    """Forty qubits of which one is 1: a slot of a reversed register tells, and is named."""
    layers = " ".join(f"for i in range({first}, 39, 2) {{ cz q[i], q[i + 1] }};" for first in (0, 1))
    text = f"qubit q[40]; h q[1:39]; {layers} h q[1:39]; x q[0]; register r ="
    verdict = iq.equivalent(iq.circuit(f"{text} q"), iq.circuit(f"{text} q[39:0:-1], q[0]"))
    assert verdict.equal is False
    assert verdict.checked == "slot 0 of register `r` reads q[0] against q[39]"
    assert verdict.example is not None
    assert verdict.example.outcome == "1" + "." * 39
    assert verdict.example.probabilities == pytest.approx((1, 0))
