"""Notes about permuted inputs help to compare and are never believed: comparisons without them come out alike."""

from __future__ import annotations

import random
import re

import pytest

import ionqdsl as iq
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir import input_permutation
from ionqdsl.language.reformat import reformat


def chain(width: int, seed: int) -> str:
    """Random rotations and cnots with an exchange of qubits that a compiler does by name."""
    generator = random.Random(seed)
    lines = [f"qubit q[{width}]"]
    for _ in range(4 * width):
        a, b = generator.sample(range(width), 2)
        lines += [f"ry({generator.uniform(-3, 3):.3f}) q[{a}]", f"cnot q[{a}], q[{b}]"]
        if generator.random() < 0.3:
            lines.append(f"swap q[{a}], q[{b}]")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("target", ["aria", "forte"])
def test_compiled_text_says_how_inputs_were_renamed(target: str) -> None:
    source = iq.circuit(chain(14, 1))
    native = iq.compile(source, target=target)
    text = str(native)
    assert native.inputs is not None
    assert input_permutation.MARK in text
    back = iq.circuit(text)
    assert back.inputs == native.inputs
    assert back == native
    assert str(back) == text
    assert input_permutation.noted(reformat(Source(text)), [f"q[{k}]" for k in range(14)]) == native.inputs
    verdict = iq.equivalent(source, back)
    assert (verdict.equal, verdict.method, verdict.inputs) == (True, "rotations", native.inputs)
    twice = iq.compile(back, target=target, level=2)
    assert iq.equivalent(source, iq.circuit(str(twice)))
    assert iq.equivalent(back, twice)


def test_a_program_of_several_circuits_says_it_of_each() -> None:
    text = "".join(f"circuit {n} {{ {chain(12, k)} }}\n" for k, n in enumerate("ab")) + "run a, b"
    native = iq.compile(iq.program(text), target="aria")
    back = iq.program(str(native))
    assert [circuit.inputs for circuit in back.runs] == [circuit.inputs for circuit in native.runs]
    assert native.runs[0].inputs != native.runs[1].inputs
    assert iq.equivalent(iq.program(text), back)


@pytest.mark.parametrize("seed", range(2))
def test_a_note_is_never_believed(seed: int) -> None:
    """Any exchange, noted of a circuit that is equal, or of one that is not."""
    source = iq.circuit(chain(12, 7))
    text = str(iq.compile(source, target="forte"))
    places = list(range(12))
    random.Random(seed).shuffle(places)
    note = "\n".join(input_permutation.lines(places, [f"q[{k}]" for k in range(12)]))
    lied = re.sub(rf"({input_permutation.MARK}.*\n)+", note + "\n", text)
    assert iq.circuit(lied).inputs == tuple(places)
    assert iq.equivalent(source, iq.circuit(lied)).equal is True
    broken = lied.splitlines()
    del broken[[k for k, line in enumerate(broken) if line.startswith("zz")][seed]]
    assert iq.equivalent(source, iq.circuit("\n".join(broken))).equal is not True


@pytest.mark.parametrize(
    "note",
    ["q[0] starts as q[9]", "q[0] starts as q[1]", "a starts as b", "q[0] starts as", "nothing", "q[0] starts as q[0]"],
)
def test_notes_that_are_none(note: str) -> None:
    assert iq.circuit(f"qubit q[2]\n# inputs: {note}\nh q\n").inputs is None


def test_notes_are_no_documentation() -> None:
    from ionqdsl.language.comments import about

    text = "circuit a {\n  qubit q[2]\n  # inputs: q[0] starts as q[1], q[1] starts as q[0]\n  register r = q\n}\n"
    assert about(Source(text), text.index("register")) == ""


@pytest.mark.parametrize("width", [14, 40])
def test_inputs_are_exchanged_without_a_note(width: int) -> None:
    """The exchange is played at the start of one program, or was left to names by a compilation whose note is lost."""
    text = chain(width, 3)
    source = iq.circuit(text)
    moved = "\nswap q[0], q[7]\ncnot q[7], q[9]\ncnot q[9], q[7]\ncnot q[7], q[9]\n"
    verdict = iq.equivalent(source, iq.circuit(text.replace("\n", moved, 1)))
    assert (verdict.equal, verdict.method) == (True, "rotations")
    assert verdict.inputs is not None
    assert [k for k, q in enumerate(verdict.inputs) if k != q] == [0, 7, 9]
    for target in ("aria", "forte"):
        native = iq.compile(source, target=target)
        verdict = iq.equivalent(source, native.replace(inputs=None))
        assert (verdict.equal, verdict.method, verdict.inputs) == (True, "rotations", native.inputs)


def test_very_many_exchanges_are_not_taken_for_none() -> None:
    """Twelve tries of a permutation of ten alike inputs are not all of them: an adder's matrix has entries 0 and 1."""
    rows = "".join(f"ccx q[{k}], q[{k + 1}], q[{k + 2}]; cnot q[{k}], q[{k + 1}];" for k in range(8))
    source = iq.circuit(f"qubit q[10]; {rows}")
    moved = iq.circuit(f"qubit q[10]; {' '.join(f'swap q[{k}], q[{9 - k}];' for k in range(5))} {rows}")
    verdict = iq.equivalent(source, moved)
    assert verdict.equal is True
    assert verdict.inputs == tuple(reversed(range(10)))
