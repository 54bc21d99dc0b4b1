"""Caches: every one is listed here with the reason why its key is complete.

They are found in the syntax trees of the package, so a new one fails until its reason is entered. Then the keys are
attacked: values that are equal in Python and not in the language, objects that are freed while their identity is
remembered, parts that a key omits, the order of calls, and files that change.
"""

from __future__ import annotations

import ast
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import ionqdsl
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import qc
from ionqdsl.ir import notation
from ionqdsl.ir.angle import TAU, Angle
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator, shared
from ionqdsl.ir.options import Options
from ionqdsl.language import values
from ionqdsl.language.lower.keys import NULL, key_of
from ionqdsl.language.values import EMPTY_SUM, PI, Measure, NamedQubits, PauliLetter, PauliSum
from ionqdsl.pipeline import load, transpile

PACKAGE = Path(ionqdsl.__file__).parent

SELF = "a property of one object that nobody changes afterwards"
TEXT = "a function of strings and numbers of one type each, which are the whole key; the result is not changed"
FIXED = "takes no arguments and reads files of the package alone"
ROW = "a row or its angles, whose equality tells floats from exact numbers; the result is only read"
LOCAL = "lives for one call, in which all else that counts stays the same"
COLLECTED = "collects what was found, by name: the values are what is asked for, no work is saved"

KEPT: dict[str, dict[str, str]] = {
    "ir/angle.py": {
        "_to_turns": "typed, so that a float never stands for the fraction it equals",
        "_to_radians": "typed, so that a float never stands for the fraction it equals",
        "_sum_terms:total": COLLECTED,
    },
    "ir/symbols.py": {"steps": TEXT, "names": TEXT},
    "batch/__init__.py": {
        "__init__:self.sizes": "by the identity of families, which the circuits of the batch keep",
        "bind_all:plan": LOCAL,
        "compiled:self._alone": "rows by identity, kept by the circuits of the batch; all that differs in a report is "
        "in the key or compared, and options are the batch's",
        "compiled:self._families": "by the identity of families, which the circuits of the batch keep, and the target",
    },
    "python/included.py": {
        "_read_once": "a text that includes a file of the standard library and has all arguments; read only",
    },
    "python/calls.py": {
        "signature_of": TEXT,
        "_standard": "the name of a standard gate; its circuit is read only, arguments are put into copies",
    },
    "ir/characterization.py": {"of_record:values": COLLECTED},
    "language/check.py": {
        "_definitions:circuits": COLLECTED,
        "_definitions:gates": COLLECTED,
    },
    "ir/circuit.py": {"shared": ROW},
    "cli/flags.py": {"_pairs:result": COLLECTED},
    "cloud/collect.py": {"_states:states": COLLECTED, "line:counts": COLLECTED},
    "cloud/database.py": {
        "acquire:_open": "the real path, in this process: a fork closes all, and a file that was replaced is noticed"
    },
    "cloud/draft.py": {"clone:said": COLLECTED, "prepare:warnings": COLLECTED},
    "cloud/keepsake.py": {"_circuit:places": LOCAL},
    "cloud/looking.py": {"_identify:matches": COLLECTED},
    "cloud/prices.py": {"_gate": "all that the circuit of one gate is made of, and a row of the targets"},
    "cloud/remote.py": {"_children:listed": COLLECTED},
    "cloud/registers.py": {"_by_number:sizes": COLLECTED},
    "cloud/shapes.py": {"_counted:table": COLLECTED, "_table:table": COLLECTED},
    "cloud/states.py": {"_with_rows:blank": COLLECTED, "_with_rows:matches": COLLECTED},
    "cloud/transport.py": {"_key": SELF},
    "pipeline.py": {"transpile:vanished": COLLECTED},
    "accept.py": {"uniquely_named:seen": COLLECTED},
    "emit/plot.py": {"plot_several:largest": COLLECTED},
    "emit/openqasm.py": {"_gates:written": ROW},
    "emit/qasm3.py": dict.fromkeys(["add:found", "defined:found", "definitions:found"], COLLECTED),
    "emit/dynamic.py": {"_fault": ROW, "_gates": ROW, "layout:bits": LOCAL, "layout:finals": LOCAL},
    "emit/payload.py": {
        "_frame_text": TEXT,
        "_head:block": COLLECTED,
        "_head:head": COLLECTED,
        "_rows_text:texts": "rows by identity, which the circuits of the program keep, for one gateset and wire",
    },
    "emit/qc.py": {
        "_job_tree:block": COLLECTED,
        "_rows:written": ROW,
        "symbols_parameters:sizes": COLLECTED,
        "lines:written": ROW,
    },
    "emit/svg.py": {"_hint:hints": LOCAL},
    "emulator/judging.py": {"validator": TEXT, "validator_of": TEXT},
    "emulator/machine.py": {"_broken": TEXT},
    "emulator/results.py": {"probabilities:total": COLLECTED},
    "emulator/shapes.py": {"registers_result:table": COLLECTED, "result:table": COLLECTED},
    "emulator/tolerances.py": {"tolerated:fields": COLLECTED},
    "exchange/qiskit.py": {"_holds_reset:seen": "the identity of definitions, which it keeps"},
    "exchange/cirq.py": {"read:registers": COLLECTED},
    "formats.py": {"narrowed:rows_of_op": ROW},
    "ir/gates.py": dict.fromkeys(["is_diagonal", "is_phase", "is_rotation", "phases", "required", "signature"], SELF),
    "algebra/interactions.py": {
        "_parts": ROW,
        "from_circuit:parts_of_row": "rows by identity, which the circuit keeps meanwhile",
    },
    "language/includes.py": {"_read_library": FIXED},
    "language/standard.py": {"_folder": FIXED},
    "language/library.py": {"_standard_text": FIXED, "standard_definitions": FIXED, "standard_signatures": FIXED},
    "emulator/loopback.py": {"__call__:message": COLLECTED, "guarded:message": COLLECTED},
    "language/lower/blocks.py": {
        "_data:chosen": COLLECTED,
        "_settings:seen": COLLECTED,
        "energy_settings:chosen": COLLECTED,
    },
    "language/lower/circuits.py": {
        "_define:scope.names": COLLECTED,
        "_is_even:self.even": "the place of a loop, and only its text is looked at",
        "_lines:slices": "the text of a line of literals, in one scope and block, whose rows add no phase and no block",
        "_place:placed_rows": LOCAL,
    },
    "language/lower/gates.py": {
        "_body:self._known": "the definition, which the library keeps, the real power, arguments by keys.key_of, and "
        "lengths of register operands; the rest is the expander's; errors are not kept, nor is a body used where it "
        "would stand too deep",
        "place:placed_rows": LOCAL,
        "expand:self._rows": "the key of a row of the table without parameters, whose width is the table's",
    },
    "language/syntax/items.py": {"takes_registers": SELF},
    "language/lower/measurements.py": {"measured:self.written": COLLECTED},
    "language/lower/names.py": {"define_globals:names": COLLECTED},
    "language/lower/runs.py": {"run_arguments:arguments": COLLECTED, "run_listed:names": COLLECTED},
    "language/lower/templates.py": {
        "gatesets": SELF,
        **dict.fromkeys(
            ["_controlled:controlled_rows", "_inverse:inverses"], "rows by identity, which the template keeps meanwhile"
        ),
    },
    "lsp/document.py": {
        "_reach:self._reaches": "by name, for one text among certain files; a view of it among others begins anew",
        **dict.fromkeys(["_gatesets", "_starts", "definitions", "includes", "loads", "own", "pieces", "shared"], SELF),
        "others": "a document lives as long as its text; a change anywhere makes new ones of those that include it",
        "reach:documents": COLLECTED,
    },
    "lsp/problems.py": {"shown:result": COLLECTED},
    "lsp/hover.py": {"about_gate": TEXT},
    "lsp/constant_values.py": {
        "_scope:known": COLLECTED,
        "named:self.known": "the address of a text and the place of a name in it, for one answer about these texts",
    },
    "lsp/mentions.py": {"mentions_of": TEXT},
    "lsp/outline.py": {"outline:inside": LOCAL},
    "lsp/fragments.py": {"read": TEXT},
    "lsp/renaming.py": {"rename:places": COLLECTED},
    "lsp/tokens.py": {"_packed": TEXT},
    "lsp/workspace.py": {
        "_saved": "a path with the time, size and number of the file it names",
        "open:self.documents": COLLECTED,
        "programs:mains": COLLECTED,
    },
    "ir/notation.py": {
        "number": "typed, so that a float is written as a float",
        "angle": ROW,
        "is_factor": TEXT,
    },
    "language/recursion.py": {"circles:places": LOCAL},
    "language/parse.py": {"_parser": FIXED, "_token_parser": FIXED},
    "passes/__init__.py": {"_check_pairs:diagnostics": COLLECTED},
    "passes/approximate.py": {"_change": ROW, "approximate:chosen": COLLECTED},
    "passes/break_wide_gates.py": dict.fromkeys(
        ["flip_plan", "phases_cost", "relative_plan", "toggle_plan", "turn_plan"], TEXT
    ),
    "passes/cost.py": {"_evolution_cost": ROW, "_gate_cost": ROW},
    "passes/expand_phase.py": {"_expanded": ROW},
    "passes/fold_rotations.py": {"_rotations": ROW},
    "passes/frames.py": {"_known_sum": ROW, "_known_without": ROW, "play:self.recipes": ROW},
    "passes/pairs.py": {"interact:self.stacks": LOCAL},
    "passes/place_pulses.py": {"_plain:_PLAIN": "floats alone; 0.0 and -0.0 are sent alike"},
    "passes/read_at_end.py": {"_last_measurements:before": COLLECTED, "_last_measurements:last": COLLECTED},
    "passes/reuse.py": {"_pieces:last": LOCAL, "add:last": LOCAL},
    "passes/reduce_tableaus.py": {"_local_cliffords": FIXED, "_local_cliffords:cliffords": LOCAL, "_pairs": TEXT},
    "passes/router.py": {
        "distances": "of an object that does not change",
        "_solved:least": LOCAL,
        "_within:distance": LOCAL,
    },
    "passes/synthesise_paulis.py": {"_upper:_UPPER": TEXT},
    "passes/translate_native.py": {"_as_qis": ROW},
    "passes/windows.py": {
        "_locals": FIXED,
        "_locals:numbers": LOCAL,
        "improve_windows:best": LOCAL,
        "improve_windows:folded_by_contract": LOCAL,
    },
    "algebra/paulis.py": {"__call__:self.seen": "whole numbers, under one relabelling", "_folded:last": LOCAL},
    "playground/answers.py": {
        "_kept:memory": "the text, its name and all that was chosen; a text that names other files is not kept"
    },
    "playground/asking.py": {"asked:fields": COLLECTED},
    "playground/places.py": {"examples": FIXED},
    "playground/setup.py": {"examples": FIXED},
    "ir/points.py": {
        **dict.fromkeys(["_values", "numbers", "phase", "rows"], SELF),
        "at_point:bound": ROW,
        "rows:bound": ROW,
        "values:values": COLLECTED,
    },
    "read/functions.py": {"_hamiltonian:terms": COLLECTED},
    "read/openqasm/gates.py": {"_definitions": FIXED},
    "read/openqasm/parse.py": {"_parser": FIXED},
    "read/openqasm/program.py": {
        "define:scope.names": COLLECTED,
        "gate_definition:self.own": COLLECTED,
        "lines:heads": "the text of a gate with literal arguments, in one scope",
        "lines:registers": LOCAL,
        "template:self.templates": "the definition, which the tree keeps, and arguments by keys.key_of; nothing that "
        "changes may enter a body",
    },
    "read/openqasm/translate.py": {"gate:self.gates": COLLECTED, "plain_lines:heads": LOCAL},
    "read/payload.py": {
        "_evolution:terms": COLLECTED,
        "_spelled:fields": COLLECTED,
        "circuit:op_of": "the whole row as Python writes it",
    },
    "describe/reference/links.py": {"_anchor:taken": COLLECTED},
    "simulation/branches.py": {
        "evolve:branch.axes": LOCAL,
        "play:self.known": LOCAL,
        "_reduced:branch.known": LOCAL,
        "distribution:found": COLLECTED,
    },
    "simulation/stabilisers.py": {"distribution:found": COLLECTED},
    "simulation/tableaus.py": {"_action": ROW, "_paulis": "a number of qubits; the matrices are only read"},
    "simulation/results.py": {
        **dict.fromkeys(["_kept", "register_counts", "register_probabilities"], SELF),
        "marginal:totals": COLLECTED,
    },
    "linter/tests.py": {"tests_of_one_name:first": COLLECTED},
    "testing/suite.py": {"_batch:_FILES": "a number that the process that started this one gives to a text, once"},
    "linter/subject.py": dict.fromkeys(["applications", "bodies", "functions", "own_gates"], SELF),
    "diagnostics/source.py": {"line_starts": SELF},
    "simulation/statevector.py": {"evolve:waiting": LOCAL},
    "ir/sweep.py": {"_plan": "the circuit is a copy that the sweep alone has", "slots": SELF},
    "ir/symbolic.py": {
        "bind:rows": ROW,
        "bound_angle:resolved": "an expression's text, at one point",
        "form": TEXT,
        "replaced:rows": ROW,
    },
    "language/values.py": {"_pauli_product:terms": COLLECTED, "add:terms": COLLECTED},
    "variational/history.py": {"_take:self._sent": "the job of a point, until that point is asked for or has a value"},
    "verify/energies.py": {"_terms:total": COLLECTED},
    "verify/interpreter/circuits.py": {"_define:scope.names": COLLECTED},
    "verify/interpreter/jobs.py": {"_fill:result": COLLECTED},
    "verify/interpreter/program.py": {
        "_energy:self.result.energy": COLLECTED,
        "_arguments:arguments": COLLECTED,
        "_at:self.scope.names": COLLECTED,
    },
    "verify/interpreter/values.py": {"collected:total": COLLECTED},
    "verify/rows.py": {"_after:ends": COLLECTED, "_bound:self.point": "a value for each parameter, at one point"},
    "algebra/rotations.py": {
        "number:self._numbers": "the cell of a grid; directions near its edge are looked for beside it"
    },
    "verify/checker.py": {"answer:options": COLLECTED},
    "verify/guesses.py": {"_alike:keys": COLLECTED},
    "verify/matching.py": {"_has_begun:meeting.loose": LOCAL},
    "verify/product_rotations.py": {"_rotations": ROW},
    "verify/stabilised.py": {"moves:waiting": LOCAL},
    "verify/sampling.py": {"bound:bound_rows": ROW},
}
"""Where something is kept, and why it is right to use it again."""


def kept(tree: ast.Module) -> Iterator[str]:
    """Functions that remember, and dicts that are asked and filled in one function (`function:dict`)."""
    for node in ast.walk(tree):
        is_made = isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call)
        if is_made and "cache" in ast.unparse(node.value.func):
            yield ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if any("cache" in ast.unparse(decorator) for decorator in node.decorator_list):
            yield node.name
        asked = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.NotIn | ast.In):
                asked.add(ast.unparse(part.comparators[0]))
            is_method = isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
            if is_method and part.func.attr in ("get", "setdefault"):
                asked.add(ast.unparse(part.func.value))
        for part in ast.walk(node):
            for target in part.targets if isinstance(part, ast.Assign) else ():
                if isinstance(target, ast.Subscript) and ast.unparse(target.value) in asked:
                    yield f"{node.name}:{ast.unparse(target.value)}"


def test_every_place_that_remembers_is_known_with_its_reason() -> None:
    """A cache is a promise about its key: write the reason down, then attack it below."""
    found = {
        path.relative_to(PACKAGE).as_posix(): set(kept(ast.parse(path.read_text())))
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    named = {file: set(names) for file, names in KEPT.items()}
    new = {file: names - named.get(file, set()) for file, names in found.items()}
    gone = {file: names - found.get(file, set()) for file, names in named.items()}
    assert not {file: names for file, names in new.items() if names}, "say in KEPT why the key is complete"
    assert not {file: names for file, names in gone.items() if names}, "no longer there: take it out of KEPT"


# --- keys ------------------------------------------------------------------------------------------------------------

ALIKE = [
    [True, 1, 1.0, "1", [1], range(1, 2), Measure(Angle(0, 1)), Measure(Angle(0, 1), "rad"), PauliSum({(): 1})],
    [False, 0, 0.0, -0.0, "", [], range(0), EMPTY_SUM, Measure(Angle()), None, NULL, PauliSum({})],
    [0.5, Fraction(1, 2), Measure(Angle(0, Fraction(1, 2))), Measure(Angle(0, 0.5)), "0.5"],
    [values.literal(90, "deg"), values.literal(Fraction(1, 4), "turn"), Measure(Angle(0.25), "turn")],
    [PI, 3.141592653589793, Measure(Angle(0, 3.141592653589793))],
    [[1, 2], [1, [2]], [[1, 2]], ["1", 2], [True, 2], [1, 2.0], range(1, 3)],
    [PauliSum({(("X", 0),): 1, (("Z", 0),): 2}), PauliSum({(("Z", 0),): 2, (("X", 0),): 1})],
    [PauliSum({(("X", 0),): 1}), PauliSum({(("X", 0),): 1.0}), PauliLetter("X"), "X"],
    [NamedQubits((0,)), NamedQubits((0,), scalar=True), [0], 0],
]
"""Values that Python takes for equal, or that would print alike, and that a program can tell apart."""


@pytest.mark.parametrize("group", ALIKE, ids=lambda group: repr(group[0])[:20])
def test_values_that_differ_have_different_keys(group: list[object]) -> None:
    assert len({key_of(value) for value in group}) == len(group)


def test_equal_values_have_equal_keys() -> None:
    one, other = (PauliSum({(("X", 0),): Fraction(1, 3), (): 2}) for _ in range(2))
    assert key_of([one, "a", [1, None]]) == key_of([other, "a", [1, None]])
    with pytest.raises(TypeError):
        key_of(object())


def test_angles_that_are_written_differently_are_not_equal() -> None:
    """A row kept for a float must not come back for the exact angle it equals, or texts depend on what came before."""
    exact, rounded = Angle(Fraction(3, 8)), Angle(0.375)
    assert exact != rounded
    assert len({notation.angle(rounded), notation.angle(exact)}) == 2
    assert shared("rx", (0,), (rounded,)).angles[0].turns.__class__ is float
    assert shared("rx", (0,), (exact,)).angles[0].turns.__class__ is Fraction
    assert Angle(0, 0.0) != Angle(0, 0)
    assert Angle.of("t", turns=0.5) != Angle.of("t", turns=Fraction(1, 2))
    product = ((("X", 0),), 0.5), ((("X", 0),), Fraction(1, 2))
    assert Operator(product[:1]) != Operator(product[1:])
    assert shared("pauliexp", (0,), (exact,), operator=Operator(product[:1])) != shared(
        "pauliexp", (0,), (exact,), operator=Operator(product[1:])
    )


def test_numbers_are_rounded_by_their_type() -> None:
    """3/8 turns is the float nearest to 3 pi/4 where it is exact, whatever was asked before."""
    for value in (0.3, 0.7, 0.375, 1 / 3):
        exact = Fraction(value)
        assert Angle(value).in_radians() == float(value * TAU)
        assert Angle(exact).in_radians() == float(exact * TAU)
    assert notation.number(2.0**70) != notation.number(2**70)


# --- the gates of a program ------------------------------------------------------------------------------------------


def rows(text: str) -> list[Op]:
    program, _ = load(Source(text))
    return program.runs[0].rows


def unitary(text: str) -> np.ndarray:
    from ionqdsl.simulation.simulate import unitary as matrix

    return matrix(load(Source(text))[0].runs[0])


def codes(text: str) -> list[str]:
    try:
        load(Source(text))
    except CompileError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return []


X, Y, Z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
G = "gate g(op) a { pauliexp(0.3, op) a }\n"
CALLS = ["g(0.1*X[0]) q[0]", "g(0.2*Y[0]) q[1]", "g(0.3*Z[0]) q[2]"]


def exponential(angle: float, pauli: np.ndarray) -> np.ndarray:
    return np.cos(angle) * np.eye(2) - 1j * np.sin(angle) * pauli


WANTED = np.kron(np.kron(exponential(0.03, X), exponential(0.06, Y)), exponential(0.09, Z))
WRAPPED = [
    (G, CALLS),
    (G + "gate k(op) a { g(op) a }\n", [call.replace("g(", "k(") for call in CALLS]),
    (
        "gate g(ops) a { for op in ops { pauliexp(0.3, op) a } }\n",
        [call.replace("g(", "g([").replace(")", "])") for call in CALLS],
    ),
    ("gate g(op) a { pauliexp(0.15, op) a }\n", [f"pow(2) @ {call}" for call in CALLS]),
    ("gate g(op) a { pauliexp(0.6, op) a }\n", [f"pow(1/2) @ {call}" for call in CALLS]),
    ("gate g(op) a { pauliexp(-0.3, op) a }\n", [f"inv @ {call}" for call in CALLS]),
    ("gate g(op, n = 1) a { pauliexp(0.3*n, op) a }\n", CALLS),
    (G, [f"g({c}*{letter}[0]) q[{i}]" for i, (c, letter) in enumerate([(0.1, "X"), (0.2, "Y"), (0.3, "Z")])]),
]


@pytest.mark.parametrize(("gates", "calls"), WRAPPED)
def test_operators_given_to_a_gate_are_told_apart(gates: str, calls: list[str]) -> None:
    """They are freed after the call, and the next one may get their identity."""
    for _ in range(20):
        assert np.allclose(unitary(f"{gates}qubit q[3]\n" + "\n".join(calls)), WANTED, atol=1e-12)


def test_operators_of_a_loop_are_told_apart() -> None:
    text = f"{G}qubit q\nfor k in range(200) {{ g(k*X[0] if k % 2 else k*Z[0]) q }}"
    found = [op.operator.terms for op in rows(text) if op.operator is not None]
    assert found == [() if not k else ((((("X" if k % 2 else "Z"), 0),), k),) for k in range(200)]


def test_equal_commands_give_equal_bytes(tmp_path: Path) -> None:
    path = tmp_path / "operators.qc"
    path.write_text(G + "qubit q[3]\n" + "\n".join(CALLS) + "\n")
    made = {
        subprocess.run(
            [sys.executable, "-m", "ionqdsl", "compile", str(path), "--target", "forte"],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        ).stdout
        for _ in range(3)
    }
    assert len(made) == 1


def test_a_gate_may_be_named_as_something_inside() -> None:
    """A name is no key: definitions are told apart by what they are."""
    assert [op.gate for op in rows('gate call(a, b, c) w { x w }\nqubit q[2]\nh q[0]\ncall("h", "qis", 1) q[1]')] == [
        "h",
        "x",
    ]
    own = "gate _u4(theta, phi, lambda, gamma) a { h a }\ngate _zx(t) a, b { swap a, b }\n"
    own += "gate _power_iswap(k) a, b { swap a, b }\ngate _power_g(k) a { y a }\ngate g a { x a }\n"
    body = "qubit q[2]\ncu(0.1, 0.2, 0.3, 0.4) q\necr q\npow(1/2) @ iswap q\npow(1/2) @ cu(0.1, 0.2, 0.3, 0.4) q\n"
    body += "pow(1/2) @ g q[0]"
    called = "_power_iswap(1/2) q\n"
    assert rows(own + body) == rows("gate g a { x a }\n" + body)
    both = rows(own + body.replace("pow(1/2) @ iswap q\n", called + "pow(1/2) @ iswap q\n"))
    assert [op for op in both if op.gate != "swap"] == rows(own + body)
    direct = rows(own + "qubit q[2]\n_u4(1, 2, 3, 4) q[0]\n_zx(1) q\n" + called)
    assert [op.gate for op in direct] == ["h", "swap", "swap"]


@pytest.mark.parametrize("order", [["1", "true"], ["true", "1"], ["1.0", "true"], ["1.0", "1", "true"]])
def test_true_is_never_one(order: list[str]) -> None:
    text = "gate g(n) a { rx(n) a }\nqubit q\n" + "\n".join(f"g({value}) q" for value in order)
    assert codes(text) == ["QC0307"]
    assert codes(text.replace("true", "1")) == []


def test_arguments_of_every_type_are_told_apart() -> None:
    """Each call gives what it gives alone, in any order."""
    gate = "gate g(n) a { if n == 1 { x a } else if n == 1deg { y a } else { h a } }\n"
    plain = "gate g(n) a { if n == [1] { x a } else if n == null { y a } else { h a } }\n"
    calls = ["1", "true", '"1"', "null", "[1]", "[true]", "range(1, 2)", "[1.0]", "[[1]]", "2", "0*X[0]", "-0.0", "0"]
    alone = {call: [op.gate for op in rows(f"{plain}qubit q\ng({call}) q")] for call in calls}
    assert alone["null"] == ["y"]
    assert alone["[1]"] == alone["[1.0]"] == ["x"]
    for seed in range(5):
        order = random.Random(seed).sample(calls, len(calls))
        text = f"{plain}qubit q\n" + "\n".join(f"g({call}) q" for call in order)
        assert [op.gate for op in rows(text)] == [gate for call in order for gate in alone[call]]
    assert codes(f"{gate}qubit q\ng(1) q\ng(1deg) q") == ["QC0301"]


def test_a_body_that_was_opened_may_still_stand_too_deep() -> None:
    """Depth belongs to a place, not to a gate: which call comes first decides nothing."""
    chain = "gate g0 a { x a }\n" + "\n".join(f"gate g{k} a {{ g{k - 1} a }}" for k in range(1, 120)) + "\nqubit q\n"
    assert codes(f"{chain}g99 q") == []
    deep = codes(f"{chain}g100 q")
    assert deep == ["QC0504"]
    assert codes(f"{chain}g50 q\ng100 q") == deep
    assert codes(f"{chain}" + "\n".join(f"g{k} q" for k in range(101))) == deep
    assert codes(f"{chain}" + "\n".join(f"g{k} q" for k in range(100))) == []


def test_a_refusal_is_that_of_its_call() -> None:
    text = "gate g(n) a { rx(n) a }\nqubit q\ng(1) q\ng(true) q\ng(1.0) q\ng(true) q\n"
    with pytest.raises(CompileError) as caught:
        load(Source(text))
    (error,) = {d.labels for d in caught.value.diagnostics[:1]}
    assert error[0][0].text == "g(true) q"
    assert error[0][0].start == text.index("g(true)")


@pytest.mark.parametrize("many", [10, 1500])
def test_all_rows_of_a_body_count(many: int) -> None:
    """A qis row after many native ones is still one in a native circuit."""
    body = f"for k in range({many}) {{ native {{ gpi(0) a }} }}"
    call = "circuit c { gateset native; qubit q; g q }"
    assert codes(f"gate g a {{ {body} }}\n{call}") == []
    assert codes(f"gate g a {{ {body}; x a }}\n{call}") == ["QC0205"]


# --- numbers as operators --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "weight"),
    [
        *[("7/5", 1.4), ("2", 2), ("0", 0), ("sum([])", 0), ("pi", np.pi)],
        *[("0*X[0]", 0), ("X[0] - X[0]", 0), ("X[0]*X[0]", 1), ("X[0]*X[0] + 0.4", 1.4)],
    ],
)
def test_a_number_is_a_multiple_of_the_identity(operator: str, weight: float) -> None:
    """A global phase, and a real one under control."""
    phase = np.exp(-0.3j * weight)
    text = f"qubit c, q\nctrl @ pauliexp(0.3, {operator}) c, q"
    assert np.allclose(unitary(text), np.diag([1, 1, phase, phase]), atol=1e-12)
    assert codes(f"qubit q\npauliexp(0.3, {operator}) q") == []
    for target in ("qis", "forte", "aria"):
        program = load(Source(f"{text}\nh c"))[0]
        compiled = transpile(program, Options(target=target, verify=True))[0]
        assert len(compiled.runs) == 1


def test_operators_are_equal_where_they_do_the_same() -> None:
    for condition in ["X[0]*X[0] == 1", "0*X[0] == Z[1] - Z[1]", "X[0] + Z[0] == Z[0] + X[0]", "X[0] - X[0] == 0"]:
        assert codes(f'qubit q\nassert {condition}, "so"') == [], condition
    for condition in ["X[0] == 1", "X[0] == Y[0]", "X[0] == [X[0]]", "X[0] == true", "X[0] == null", "X[0] == 1deg"]:
        assert codes(f'qubit q\nassert {condition}, "so"') == ["QC0409"], condition


# --- the points of a sweep -------------------------------------------------------------------------------------------

SWEPT = [
    "if [t] == [0] { x q } else { h q }",
    "if t == 0 { x q } else { h q }",
    "if t { x q }",
    "if t in [1, 2] { x q }",
    "rx(1 if t else 2) q",
    "rx([3, 4, 5, 6, 7, 8, 9, 10, 11, 12][t]) q",
    "rx(round(t/2)) q",
    "for k in range(t) { x q }",
    "rx(0/t) q",
    "rx(t/t) q",
    "rx(1/t) q",
    "rx(t/(t - 3)) q",
    "rx(log(t) - log(t)) q",
    "rx(sqrt(t - 1)**2) q",
    "rx((t - 1)**0.5 * 0) q",
    "rx(min(t, 2) + max([t, 3]) + abs(t - 4)) q",
    "pow(t) @ x q",
    "pow(t) @ g(1) q",
    "g(t) q",
    "ctrl @ g(t) c, q",
    "pauliexp(1, t*Z[0]) q",
    "pauliexp(t, Z[0]) q",
    "ctrl @ gphase(t) c",
    "native { gpi(t) q }",
    "gphase(t*t)",
    "rx(1e290*t*10**(20*t)) q",
    "rx(t//2 + t%2) q",
    "rx(sum([t, t*t])) q",
    "if len([k for k in range(3) if k != t]) == 3 { x q }",
    'assert t < 9, "so"',
]


@pytest.mark.parametrize("body", SWEPT)
@pytest.mark.parametrize(
    "points", ["range(9)", "[0, 1.0, 2, 1/2, 3, 4, 5.5, 6, pi]", "linspace(0, pi, 9)", "[1, true, 2, 3, 4, 5, 6, 7, 8]"]
)
def test_a_sweep_is_its_points(body: str, points: str) -> None:
    """Many points are lowered once, with a symbol; each must be what it is alone, refusals included."""
    program = f"gate g(a) x {{ rx(a) x; gphase(a/2) }}\ncircuit c(t) {{ qubit c, q; h c; {body} }}\n"
    alone: list[FlatCircuit] = []
    refused: list[str] = []
    for k in range(9):
        try:
            alone += load(Source(f'const p = {points}\n{program}run c(p[{k}]) as "{k}"'))[0].runs
        except CompileError as error:
            refused += [diagnostic.code for diagnostic in error.diagnostics]
    text = f'const p = {points}\n{program}run c(p[k]) for k in range(9) as "{{k}}"'
    swept = f'const p = {points}\n{program}run c(t) for t in p as "{{t}} {{t:.9f}}"'
    for whole in (text, swept.replace(" {t:.9f}", "")):
        if refused:
            assert set(codes(whole)) & {*refused}
            continue
        for one, other in zip(alone, load(Source(whole))[0].runs, strict=True):
            assert _same(one, other), body


def _same(one: FlatCircuit, other: FlatCircuit) -> bool:
    from ionqdsl.simulation.simulate import unitary as matrix

    return bool(np.allclose(matrix(one), matrix(other), atol=1e-9))


def test_circuits_that_share_rows_keep_their_own_names_of_qubits() -> None:
    text = "circuit c(n) { qubit a[n], b[3 - n]; h a[0] }\nrun c(1), c(2)"
    program = transpile(load(Source(text))[0], Options(target="forte"))[0]
    assert [circuit.wires for circuit in program.runs] == [(("a", 1), ("b", 2)), (("a", 2), ("b", 1))]


# --- files that change -----------------------------------------------------------------------------------------------


def test_a_file_that_changes_within_one_tick_of_the_clock_is_read_again(tmp_path: Path) -> None:
    from ionqdsl.lsp.workspace import saved

    path = tmp_path / "a.qc"
    path.write_text("const a = 1\n")
    before, stamp = saved(str(path)), path.stat()
    path.write_text("const a = 1234\n")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    after = saved(str(path))
    assert before is not None
    assert after is not None
    assert after.text == "const a = 1234\n"


def test_the_page_reads_included_files_again(tmp_path: Path) -> None:
    from ionqdsl.playground.answers import answer

    (tmp_path / "lib.qc").write_text("gate g a { x a }\n")
    main = tmp_path / "main.qc"
    main.write_text('include "lib.qc"\nqubit q\ng q\n')
    memory: dict[object, object] = {}
    request = {"text": main.read_text(), "parts": ["program"]}
    first = answer(request, str(main), memory)
    (tmp_path / "lib.qc").write_text("gate g a { h a }\n")
    second = answer(request, str(main), memory)
    assert "program" in first
    assert first["program"]["compiled"] != second["program"]["compiled"]


def test_printing_does_not_depend_on_what_was_printed_before() -> None:
    """A native circuit compiled before leaves floats; the exact angles of the next are still printed exactly."""
    text = "gateset native\nqubit q[2]\nms(0, 0.375turn, 0.125) q\ngpi(0.375) q[0]\n"
    rounded = [Op("ms", (0, 1), (Angle(0), Angle(0.375), Angle(0.125))), Op("gpi", (0,), (Angle(0.375),))]
    for op in rounded:
        shared(*op)
        qc.text(FlatCircuit(2, gateset="native", rows=[op], origins=[None]))
    exact = load(Source(text))[0].runs[0]
    assert all(type(angle.turns) is not float for op in exact.rows for angle in op.angles)
