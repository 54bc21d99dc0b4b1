"""The linter finds every fault it documents, is quiet about the rest, and its corrections change nothing.

Every rule is provoked by the example of its code and silent about the corrected one. A correction is checked by
simulation: same qubits, same unitary, global phase included. Would catch a rule that never fires or fires on the
project's own examples, an edit at a wrong place, a correction that changes a circuit, and a comment that silences too
much.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from commands import command
from dynamic_programs import far, outcomes
from dynamic_programs import text as dynamic_program
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from programs import programs
from test_fuzz import TOKENS, mutated

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.codes.lint import LINT
from ionqdsl.diagnostics.codes.tests import TESTS
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.gates import GATES
from ionqdsl.language.library import standard_signatures
from ionqdsl.linter import FINDABLE, FIXED, fixed, lint
from ionqdsl.linter import gates as rules_of_gates
from ionqdsl.simulation import simulate

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("*.qc"))


def codes(text: str) -> list[str]:
    return [found.diagnostic.code for found in lint(Source(text))]


def correct(text: str) -> str:
    return fixed(Source(text))[0]


def runs(text: str) -> Sequence[FlatCircuit]:
    return stages.load(Source(text))[0].runs


def same(before: str, after: str) -> None:
    """Every circuit that runs has the same unitary, exactly, or the same joint distribution of all that it reads."""
    first, second = runs(before), runs(after)
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        assert one.width == other.width
        assert one.registers == other.registers
        if one.is_dynamic or other.is_dynamic:
            assert far(outcomes(one), outcomes(other)) < 1e-9
            continue
        assert np.allclose(simulate.unitary(one), simulate.unitary(other), atol=1e-9)


# -- rules -------------------------------------------------------------------------------------------------------


def test_every_rule_has_a_code_and_every_code_a_rule() -> None:
    about_tests = [code.name for code in TESTS if not Diagnostic(code.name).is_error]
    assert sorted([*(code.name for code in LINT), *about_tests]) == sorted(FINDABLE)


@pytest.mark.parametrize("code", [code for code in LINT if code.example], ids=lambda code: code.name)
def test_examples_provoke_their_rule_and_nothing_else(code: object) -> None:
    assert codes(code.example) == [code.name]
    assert codes(code.fixed) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_of_the_project_are_clean(path: Path) -> None:
    assert lint(stages.read(str(path))) == []


QUIET = {
    "angles with names": "param t\nconst k = 3\nqubit q\nh q\nrx(2*t) q\nrx(k) q\n",
    "multiples of pi": "qubit q\nrx(pi/2) q\nrx(-3*pi/4) q\n",
    "native gates": "gateset native\nqubit q\ngpi2(0.25) q\n",
    "numbers of gates of one's own": "gate g(a) x { rx(a*pi) x }\nqubit q\ng(0.3) q\n",
    "numbers of times": "qubit q\npauliexp(0.5, X[0]) q\n",
    "loops that only count": "qubit q\nfor k in range(3) { h q; t q }\nh q\n",
    "a gate used by a gate that is used": "gate a x { h x }\ngate b x { a x }\nqubit q\nb q\n",
    "a parameter used in a default": "circuit c(a, b = a) {\n  qubit q\n  rx(b) q\n}\nrun c(1)\n",
    "a name used in a label": "const n = 2\ncircuit c(a) {\n  qubit q\n  rx(a) q\n}\n"
    'run c(t) for t in [1] as "{n} {t}"\n',
    "gates and registers of plain lines": "gate flip a { x a }\nqubit q[2], r[1]\nh q\n" + "flip r[0]\nx q[0]\n" * 6,
    "functions and operators with parameters": "def twice(x) = 2*x\nhamiltonian o(J = 1) = J*Z[0]\nqubit q\n"
    "pauliexp(twice(0.1), o()) q\n",
    "a constant for a test": 'const n = 2\nqubit q\nx q\ntest "n" { qubit q; expect value(q) == n - 2 }\n',
    "a file of definitions": "const n = 3\ngate g a { h a }\n",
    "neighbours of a kind that overlap": "qubit q[3]\nh q\ncnot q[0:2], q[1:3]\ncnot q[0:2], q[1:3]\n",
    "neighbours on other qubits": "qubit q[2]\nh q[0]\nh q[1]\n",
    "copies of a gate kept apart": "qubit q\nfor k in range(3) { verbatim { x q } }\n",
    "neighbours in verbatim": "qubit q\nh q\nverbatim { x q; x q }\n",
    "powers that are no inverses": "qubit q\npow(0.5) @ x q\npow(0.5) @ x q\n",
    "rotations that add up": "qubit q\nrx(0.3rad) q\nrx(0.3rad) q\n",
    "an order that matters": "qubit q[2]\nh q\nctrl @ s q[0], q[1]\nctrl @ h q[0], q[1]\n",
    "a phase seen in one round of two": "qubit q\nfor k in range(2) { h q; t q }\nh q\n",
    "shots with noise": 'job { backend = "simulator"; shots = 10; noise { model = "aria-1" } }\nqubit q\nh q\n',
    "few shots on a machine": 'job { backend = "qpu.forte-1"; shots = 100 }\nqubit q\nh q\n',
    "an empty branch with an else": "qubit q\nif 1 > 2 { } else { h q }\n",
    "outcomes and resets that are needed": "qubit a, b\nregister s[3]\nfor i in range(3) {\n  h b\n  cnot b, a\n"
    "  s[i] = measure a\n  reset a\n}\nregister out = b\n",
    "a measurement after a flip": "qubit a\nx a\nregister m = measure a\nh a\n",
    "a flip for another outcome": "qubit a, b\nh a\nh b\nregister m = measure a, b\nif m[1] { x a }\nh a\n",
    "a flip for the outcome 0": "qubit a\nh a\nregister m = measure a\nif not m[0] { x a }\nh a\n",
    "a flip after another gate": "qubit a\nh a\nregister m = measure a\nh a\nif m[0] { x a }\nh a\n",
    "a flip with an else": "qubit a\nh a\nregister m = measure a\nif m[0] { x a } else { h a }\nh a\n",
    "a flip of some rounds": "qubit q[2]\nregister s[2]\nh q\nfor i in range(2) {\n  s[i] = measure q[i]\n"
    "  if s[0] { x q[i] }\n  h q[i]\n}\n",
    "a reset after a gate under an outcome": "qubit a, b\nh a\nregister m = measure a\nif m[0] { x b }\nreset b\nh b\n",
    "a reset that the last round does not need": "qubit a\nregister s[2]\nfor i in range(2) {\n  h a\n"
    "  s[i] = measure a\n  reset a\n}\n",
    "a reset that the first round does not need": "qubit a\nregister s[2]\nfor i in range(2) {\n  reset a\n  h a\n"
    "  s[i] = measure a\n}\nh a\n",
    "a reset that a register reads": "qubit a, b\nh a\nh b\nreset a\nregister out = a, b\n",
    "a reset after a swap with an unknown qubit": "qubit a, b\nh a\nswap a, b\nreset b\nh b\n",
    "measured again after a gate": "qubit a, b\nh a\nh b\nregister m[2]\nm[0] = measure a\ncnot b, a\n"
    "m[1] = measure a\nh a\n",
    "a condition that depends on a parameter": "circuit c(n) {\n  qubit a, b\n  h a\n  h b\n  register m = measure a\n"
    "  if n > 1 and m[0] { x b }\n  h a\n}\nrun c(1)\n",
    "gates that all qubits read": "qubit a\nh a\nregister m = measure a\nh a\n",
    "energies end in other bases": "hamiltonian o = X[0]\nparam t\ncircuit c {\n  qubit q\n  rz(t) q\n}\n"
    'job { backend = "simulator"; shots = 9 }\nenergy { hamiltonian = o; ansatz = c; params = [0.1] }\n',
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_is_fine_is_left_alone(text: str) -> None:
    assert codes(text) == []


FOUND = {
    "a sum of numbers": ("qubit q\nrx(0.1 + 0.2) q\n", ["QC1001"]),
    "standard gates": ("qubit q[2]\ncrx(0.5) q\nu(1, 2, 3) q\nh q\n", ["QC1001"] * 4),
    "plain lines": ("qubit q[2]\n" + "rx(0.5) q[0]\nrx(45) q[1]\n" * 6, ["QC1001", "QC1002"] * 6),
    "native degrees": ("gateset native\nqubit q\ngpi2(90) q\n", ["QC1002"]),
    "names in gate bodies": ("gate g(a) x { const k = a; h x }\nqubit q\ng(1) q\n", ["QC1005"]),
    "param": ("param t, s\nqubit q\nrx(t) q\n", ["QC1004"]),
    "functions": ("def f(x) = x\nqubit q\nh q\n", ["QC1005"]),
    "hamiltonians": ("hamiltonian o = Z[0]\nqubit q\nh q\n", ["QC1005"]),
    "a power of nothing": ("qubit q\nh q\npow(0) @ x q\n", ["QC1009"]),
    "angles and their negatives": ("qubit q\nrx(0.3rad) q\nrx(-0.3rad) q\n", ["QC1010"]),
    "roots and their inverses": ("qubit q\nh q\ns q\nsi q\nh q\n", ["QC1010"]),
    "inverses of anything": ("qubit q[2]\niswap q[0], q[1]\ninv @ iswap q[0], q[1]\n", ["QC1010"]),
    "three in a row": ("qubit q\nh q\nh q\nh q\n", ["QC1010"]),
    "the last of a sweep": ("circuit c(t) {\n  qubit q\n  h q\n  rz(t) q\n}\nrun c(t) for t in [1, 2]\n", ["QC1011"]),
    "idle in every run": ("circuit c(n) {\n  qubit q[5]\n  h q[0:n]\n}\nrun c(1), c(3)\n", ["QC1014"]),
    "resets of two that are 0": ("qubit q[2], t\nh t\nreset q\nreset t\nh q\ncnot q[0], t\n", ["QC1036"]),
    "a reset of a control": ("qubit a, b\nh b\nz a\ncnot a, b\nreset a\nreset b\nh a\nh b\n", ["QC1036"]),
    "flipped twice and reset": ("qubit a\nx a\ny a\nreset a\nh a\n", []),  # errors of a machine may have changed it
    "a syndrome that is 0 without errors": (
        "qubit d[2], a\nregister s[2]\nx d\nfor i in range(2) {\n  cnot d[0], a\n  cnot d[1], a\n"
        "  s[i] = measure a\n  reset a\n}\nregister data = d\n",
        [],
    ),
    "measured again after phases": (
        "qubit a, b\nregister m[2]\nh a\nh b\nm[0] = measure a\nt a\ncz a, b\nbarrier a\nm[1] = measure a\nh a\nh b\n",
        ["QC1037"],
    ),
    "measured before its gates": ("qubit a, b\nregister m = measure a\nh a\ncnot a, b\n", ["QC1038"]),
    "the second of a chain": (
        "qubit a, b\nh a\nh b\nregister m = measure a\n"
        "if m[0] { x b } else if m[0] { h b } else if not m[0] { z b } else { y b }\nh a\nh b\n",
        ["QC1039"],
    ),
    "always, and nothing after it": (
        "qubit a, b\nh a\nh b\nregister m\nm = measure a\nif m or not m { x b } else if m { h b }\nh a\nh b\n",
        ["QC1040"],
    ),
    "unread after a reset": (
        "qubit a, b, c\nh a\ncnot a, b\nreset a\nh a\ncnot a, c\nregister out = b\n",
        ["QC1041", "QC1041"],
    ),
    "a reset by hand in a loop": (
        "qubit q[2]\nregister s[2]\nh q\nfor i in range(2) {\n  s[i] = measure q[i]\n"
        "  if s[i] { not q[i] }\n  h q[i]\n}\n",
        ["QC1043"],
    ),
    "a reset by hand in one of two runs": (
        "circuit c(flip) {\n  qubit a\n  h a\n  if flip { h a; t a; h a }\n"
        "  register m = measure a\n  if m[0] { x a }\n  h a\n}\n"
        "run c(0), c(1)\n",
        ["QC1043"],
    ),
    "a flip that depends on more than an outcome": (
        "circuit c(flag) {\n  qubit a\n  h a\n  register m = measure a\n  if m and flag == 1 { x a }\n  h a\n}\n"
        "run c(0), c(1)\n",
        [],
    ),
    "a flip to a power": (
        "circuit c(n) {\n  qubit a\n  h a\n  register m = measure a\n  if m { pow(n) @ x a }\n  h a\n}\nrun c(1)\n",
        [],
    ),
    "a flip in a gate": (
        "gate g r[] { x r[0] }\nqubit q[2]\nh q\nregister m = measure q[0]\nif m { g q }\nh q\n",
        [],
    ),
    "hidden by a loop": ("qubit q[2]\nfor k in [1] { for k in [0] { h q[k] } }\nx q\n", ["QC1016"]),
}


@pytest.mark.parametrize(("text", "wanted"), FOUND.values(), ids=FOUND)
def test_what_is_found(text: str, wanted: list[str]) -> None:
    assert codes(text) == wanted


def test_includes_that_nothing_uses(tmp_path: Path) -> None:
    (tmp_path / "lib.qc").write_text("gate flip a { x a }\nconst n = 2\n")
    (tmp_path / "runs.qc").write_text("circuit c { qubit q; h q }\n")
    main_file = tmp_path / "main.qc"
    for text, wanted in (
        ('include "lib.qc"\nqubit q\nh q\n', ["QC1008"]),
        ('include "lib.qc"\nqubit q\nflip q\n', []),
        ('include "lib.qc"\nqubit q[n]\nh q\n', []),
        ('include "runs.qc"\ncircuit d {\n  qubit q\n  h q\n}\n', []),
        ('include "runs.qc"\ncircuit d {\n  qubit q\n  h q\n}\nrun d\n', ["QC1008"]),
    ):
        main_file.write_text(text)
        assert [found.diagnostic.code for found in lint(stages.read(str(main_file)))] == wanted
    assert fixed(stages.read(str(main_file)))[0] == "circuit d {\n  qubit q\n  h q\n}\nrun d\n"


# -- corrections -------------------------------------------------------------------------------------------------


CORRECTED = {
    "units": ("qubit q\nrx(-.5) q\nu(1, 2e-1, 0.3) q\n", "qubit q\nrx(-.5rad) q\nu(1rad, 2e-1rad, 0.3rad) q\n"),
    "a comment stays": ("qubit q\nh q\nrx(0) q  # note\n", "qubit q\nh q\n# note\n"),
    "others on the line stay": ("qubit q\nh q; rx(0) q; x q\n", "qubit q\nh q; x q\n"),
    "inside a block": ("qubit q\nfor i in [1] { rx(0) q; x q }\n", "qubit q\nfor i in [1] { x q }\n"),
    "one thing shows another": ("qubit q\nh q\nfor i in [1] { rx(0) q }\n", "qubit q\nh q\n"),
    "pairs around pairs": ("qubit q\nh q\nx q\ns q\nsi q\nx q\n", "qubit q\nh q\n"),
    "constants in a chain": ("const a = 1\nconst b = a\nqubit q\nh q\n", "qubit q\nh q\n"),
    "the end of a chain": (
        "qubit q\nh q\nif false { x q } else if 1 > 2 { y q }\nelse if 2 > 3 { }\nx q\n",
        "qubit q\nh q\nif false { x q } else if 1 > 2 { y q }\nx q\n",
    ),
    "an else beside": (
        "qubit q\nh q\nfor i in [1] { if 1 > i { x q } else if 2 > 3 { }; x q }\n",
        "qubit q\nh q\nfor i in [1] { if 1 > i { x q }; x q }\n",
    ),
    "a reset of 0": ("qubit a\nreset a  # first\nh a\n", "qubit a\n# first\nh a\n"),
    "a reset by hand": (
        "qubit a\nh a\nregister m = measure a\nif m[0] { x a }  # flipped\nh a\n",
        "qubit a\nh a\nregister m = measure a\nreset a  # flipped\nh a\n",
    ),
    "a reset by hand and another": (
        "qubit a\nh a\nregister m = measure a\nif m[0] { x a }\nreset a\nh a\n",
        "qubit a\nh a\nregister m = measure a\nreset a\nh a\n",
    ),
    "a reset by hand with a comment inside": (
        "qubit a\nh a\nregister m = measure a\nif m[0] {  # why\n  x a\n}\nh a\n",
        "qubit a\nh a\nregister m = measure a\nif m[0] {  # why\n  x a\n}\nh a\n",
    ),
    "a reset that another value needs": (
        "param n = 0\nqubit a, b\nif n == 1 { x b }\nreset b\ncnot b, a\n",
        "param n = 0\nqubit a, b\nif n == 1 { x b }\nreset b\ncnot b, a\n",
    ),
    "a reset that another run needs": (
        "circuit c(n = 0) {\n  qubit a, b\n  if n == 1 { x b }\n  reset b\n  cnot b, a\n}\nrun c\n",
        "circuit c(n = 0) {\n  qubit a, b\n  if n == 1 { x b }\n  reset b\n  cnot b, a\n}\nrun c\n",
    ),
    "silences": ("qubit q\n# lint: off QC1001\nh q\n", "qubit q\nh q\n"),
    "one code of two": ("qubit q\nrx(1) q  # lint: off QC1001, QC1002\n", "qubit q\nrx(1) q  # lint: off QC1001\n"),
}


@pytest.mark.parametrize(("text", "wanted"), CORRECTED.values(), ids=CORRECTED)
def test_corrections(text: str, wanted: str) -> None:
    assert correct(text) == wanted
    same(text, wanted)


@pytest.mark.parametrize("code", [code for code in LINT if code.name in FIXED], ids=lambda code: code.name)
def test_corrections_settle_the_examples(code: object) -> None:
    if code.example:
        result = correct(code.example)
        assert codes(result) == []
        same(code.example, result)


def test_gates_taken_for_the_identity_are_it() -> None:
    """Every standard gate with one parameter, and every rotation of the table, at 0."""
    gates = [name for name, signature in standard_signatures().items() if len(signature.parameters) == 1]
    assert len(gates) > 10
    for gate in [*gates, "rx", "ry", "rz", "xx", "yy", "zz"]:
        width = 1 if gate in ("rx", "ry", "rz") else getattr(standard_signatures().get(gate), "operands", 2)
        text = f"qubit q[{width}]\nh q\n{gate}(0) {', '.join(f'q[{k}]' for k in range(width))}\n"
        assert "QC1009" in codes(text)
        same(text, f"qubit q[{width}]\nh q\n")


def test_gates_taken_for_inverses_are_it() -> None:
    """Every pair of the rule's table, and every gate it takes for its own inverse, global phase included."""
    pairs = [sorted(pair) for pair in rules_of_gates._INVERSES] + [[gate] * 2 for gate in rules_of_gates._SELF_INVERSE]
    for names in pairs:
        row = GATES.get(names[0])
        width = row.operands if row else standard_signatures()[names[0]].operands
        operands = ", ".join(f"q[{k}]" for k in range(width))
        native = "gpi" in names
        head = ("gateset native\n" if native else "") + f"qubit q[{width}]\n"
        text = head + "".join(f"{name}{'(0.1turn)' * native} {operands}\n" for name in names)
        assert "QC1010" in codes(text)
        assert correct(text) == head
        assert np.allclose(simulate.unitary(runs(text)[0]), np.eye(2**width), atol=1e-9), text


@st.composite
def with_pairs(draw: st.DrawFn) -> str:
    """Programs with gates and their inverses, rotations by nothing and empty loops put in."""
    text = draw(programs())
    extra = ["h q", "s q", "si q", "rx(0) q", "rx(0.3) q", "rx(-0.3) q", "for z in [1] { }", "x q[0]", "const z1 = 1"]
    return text.rstrip("\n") + "\n" + "\n".join(draw(st.lists(st.sampled_from(extra), max_size=8))) + "\n"


@given(with_pairs())
def test_corrections_change_no_circuit(text: str) -> None:
    assume(text.count("const z1") < 2)
    if "gateset native" in text or "register" in text:
        text = text.split("\nh q")[0] + "\n"
    try:
        before = lint(Source(text))
    except CompileError:
        assume(False)
    result = correct(text)
    same(text, result)
    assert not [found for found in lint(Source(result)) if found.edits]
    assert len(before) >= len(lint(Source(result))) or result != text


@given(st.integers(0, 10**6))
@settings(max_examples=15)
def test_corrections_of_dynamic_programs_change_no_outcome(seed: int) -> None:
    """With resets of 0 and resets by hand put in, and whatever the other rules find."""
    draw = random.Random(seed)
    lines = dynamic_program(seed, has_branches=True, most=8, has_blocks=False).splitlines()
    for _ in range(4):
        place = draw.randrange(2, len(lines) + 1)
        measured = re.fullmatch(r"m\[(\d+)\] = measure (q\[\d\])", lines[place - 1])
        extra = [f"reset q[{draw.randrange(2)}]", "reset q", "cz q[0], q[1]"]
        lines[place:place] = [f"if m[{measured[1]}] {{ x {measured[2]} }}" if measured else draw.choice(extra)]
    text = "\n".join(lines) + "\n"
    result = correct(text)
    same(text, result)
    assert not [found for found in lint(Source(result)) if found.edits]


# -- switching off -----------------------------------------------------------------------------------------------


SILENCED = {
    "behind the line": ("qubit q\nrx(0.5) q  # lint: off QC1001\n", []),
    "above the line": ("qubit q\n# lint: off QC1001\n\n# why\nrx(0.5) q\n", []),
    "everything": ("qubit q\nrx(0.5) q  # lint: off\n", []),
    "the whole file": ("# lint: off-file QC1001\nqubit q\nrx(0.5) q\nrx(0.6) q\n", []),
    "with a reason": ("qubit q\nrx(0.5) q  # lint: off QC1001 # radians here\n", []),
    "not the next line": ("qubit q\nrx(0.5) q  # lint: off QC1001\nrx(0.6) q\n", ["QC1001"]),
    "another code": ("qubit q\nrx(0.5) q  # lint: off QC1002\n", ["QC1001", "QC1019"]),
    "an unknown code": ("qubit q\nrx(0.5) q  # lint: off QC9999\n", ["QC1001", "QC1019"]),
    "not in strings": ('job { name = "# lint: off-file" }\nqubit q\nrx(0.5) q\n', ["QC1001"]),
}


@pytest.mark.parametrize(("text", "wanted"), SILENCED.values(), ids=SILENCED)
def test_comments_switch_rules_off(text: str, wanted: list[str]) -> None:
    assert codes(text) == wanted


# -- any text ----------------------------------------------------------------------------------------------------


@given(mutated() | st.text(max_size=100) | st.lists(st.sampled_from(TOKENS), max_size=40).map(" ".join))
def test_any_text_is_looked_at_or_refused(text: str) -> None:
    try:
        found = lint(Source(text))
    except CompileError:
        return
    for one in found:
        assert one.diagnostic.render().startswith(CODES[one.diagnostic.code].severity)
        one.diagnostic.to_lsp()
        for edit in one.edits:
            assert 0 <= edit.span.start <= edit.span.end <= len(text)
    fixed(Source(text))


# -- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.qc").write_bytes(b"qubit q\r\nrx(0.5) q\r\nrx(90) q\r\n")
    return tmp_path


def test_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint"]) == 1
    err = capsys.readouterr().err
    assert "note[QC1001]" in err
    assert "--> a.qc:3:4" in err
    assert "--fix corrects some of these" in err
    assert main(["lint", "--fix", "a.qc"]) == 1  # the degrees stay
    assert (folder / "a.qc").read_bytes() == b"qubit q\r\nrx(0.5rad) q\r\nrx(90) q\r\n"
    (folder / "a.qc").write_text("qubit q\nrx(90deg) q\n")
    assert main(["lint", "a.qc"]) == 0
    (folder / "b.qc").write_text("qubit q\nfoo q\n")
    assert main(["lint"]) == 1
    assert "QC0202" in capsys.readouterr().err
    assert main(["lint", "missing.qc"]) == 2


def test_forms_for_other_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--output-format", "sarif"]) == 1
    run = json.loads(capsys.readouterr().out)["runs"][0]
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("QC1001", "note"),
        ("QC1002", "warning"),
    ]
    assert main(["lint", "--output-format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::notice file=a.qc,line=2,endLine=2,col=4,")
    assert main(["lint", "--json"]) == 1
    assert [one["code"] for one in json.loads(capsys.readouterr().out)["diagnostics"]] == ["QC1001", "QC1002"]


def test_standard_input_is_corrected_to_standard_output() -> None:
    done = command("lint", "--fix", "-", input="qubit q\nrx(0.5) q\n")
    assert (done.returncode, done.stdout) == (0, "qubit q\nrx(0.5rad) q\n")
    done = command("lint", "--fix", "--json", "-", input="qubit q\nrx(0.5) q\n")
    assert json.loads(done.stdout)["text"] == "qubit q\nrx(0.5rad) q\n"
    comment = "# \u05d0\u200f\u05d1 \x07\n"  # a terminal would be shown escapes
    assert command("lint", "--fix", "-", input=comment + "qubit q\nrx(0.5) q\n").stdout.startswith(comment)


def test_the_python_function() -> None:
    assert [diagnostic.code for diagnostic in iq.lint("qubit q\nrx(0.5) q\n")] == ["QC1001"]


def test_explain_shows_what_a_rule_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "QC1010"]) == 0
    assert "is undone by the next statement" in capsys.readouterr().out.split("This gives:")[1]


def test_an_alias_in_a_link_of_a_chain_is_judged_by_its_own_block() -> None:
    text = "qubit q[2]\nif 1 == 2 { let a = q[0]; x a } else if 1 == 1 { let a = q[1]; x q } else { let b = q; x b }\n"
    assert codes(text).count("QC1007") == 1


def test_a_name_hides_one_from_any_block_around_it() -> None:
    inner = "if b == a { const b = a\nfor a in range(2) { rx(a*b) q } }"
    text = f"const a = 1\nqubit q\nfor i in range(2) {{ const b = i\n{inner} }}\n"
    assert codes(text).count("QC1016") == 2


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rx(0rad) q\nx q\n", "x q\n"),
        ("  rx(0rad) q ; x q\n", "  x q\n"),
        ("x q; rx(0rad) q\ny q\n", "x q; \ny q\n"),
        ("x q; rx(0rad) q; rx(0rad) q; y q\n", "x q; y q\n"),
    ],
)
def test_what_is_taken_away_leaves_its_neighbours(text: str, wanted: str) -> None:
    assert correct("qubit q\n" + text) == "qubit q\n" + wanted


def test_comments_in_a_row_silence_the_next_line_of_code_alone() -> None:
    text = "qubit q\n# lint: off QC1001\n# a comment\n\n# lint: off QC1009\nrx(1) q\nrx(1) q\n"
    assert codes(text) == ["QC1019", "QC1001"]
