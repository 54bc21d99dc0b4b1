"""The files of the standard library: found by every program, documented, and as standard_library.py claims.

Would catch a gate without a claim or a description, a wrong angle or order of qubits, a figure of cost that nobody
measured, and an include that finds a file of the user instead.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest
import standard_codes  # noqa: F401  adds its claims
import standard_models  # noqa: F401  adds its claims
import standard_random  # noqa: F401  adds its claims
from reading import codes, diagnostics, rows, unitary
from standard_library import CLAIMS, holds

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics.source import Source
from ionqdsl.language import comments, standard, syntax
from ionqdsl.language.parse import must_parse
from ionqdsl.language.reformat import reformat

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "generate"))
import library  # noqa: E402

FILES = [name.removeprefix(standard.PREFIX).removesuffix(".qc") for name in standard.names()]
COSTLY = os.environ.get("IONQDSL_COSTS") == "1"


def source(file: str) -> Source:
    return stages.read(f"std/{file}.qc")


def gates(file: str) -> list[syntax.GateDefinition]:
    items = must_parse(source(file)).items
    return [item for item in items if isinstance(item, syntax.GateDefinition) and not item.name.text.startswith("_")]


@pytest.mark.parametrize(("file", "gate"), [(file, gate) for file in CLAIMS for gate in CLAIMS[file]])
def test_gates_do_what_is_claimed(file: str, gate: str) -> None:
    claims = list(CLAIMS[file][gate]())
    assert claims
    for claim in claims:
        assert re.search(rf"\b{gate}\b", claim.text)
        assert holds(file, claim), claim.text


@pytest.mark.parametrize("file", FILES)
def test_every_gate_has_claims_a_description_and_a_cost(file: str) -> None:
    assert {gate.name.text for gate in gates(file)} == {*CLAIMS.get(file, ())}
    assert comments.head(source(file))
    for gate in gates(file):
        said = comments.about(gate.span.source, gate.span.start)
        assert said, gate.name.text
        assert len(library.COST.findall("## " + said.replace("\n", "\n## "))) == 1, gate.name.text


@pytest.mark.parametrize("file", FILES)
def test_files_hold_gates_and_what_they_need_and_pass_the_tools(file: str) -> None:
    text = source(file).text
    assert codes(text) == ["QC0401"]  # definitions only
    allowed = (syntax.GateDefinition, syntax.FunctionDefinition, syntax.Include)
    assert all(isinstance(item, allowed) for item in must_parse(source(file)).items)
    assert reformat(source(file)) == text


def test_costs_are_those_that_were_measured() -> None:
    """All of them with IONQDSL_COSTS=1; otherwise those of the smallest examples."""
    for path in library.library():
        for call, declared, said in library.COST.findall(path.read_text("utf-8")):
            two_qubit = int(re.search(r"(\d+) two-qubit", said)[1]) if "two-qubit" in said else 0
            if COSTLY or two_qubit <= 3:
                assert library.cost(path, call, declared) == said, f"{call}: run `python generate --costs`"


def test_no_gate_costs_more_than_the_peer_for_its_task() -> None:
    """By the costs that the files state; the test above compares those with new measurements."""
    peers = json.loads((ROOT / "tests" / "bench" / "library_peers.json").read_text("utf-8"))
    stated = {
        call: [int(count) for count in re.findall(r"(\d+) two-qubit", said)]
        for path in library.library()
        for call, _, said in library.COST.findall(path.read_text("utf-8"))
    }
    for call, peer in [*peers["tasks"].items(), *peers["pennylane_tasks"].items()]:
        assert max(stated[call]) <= peer["two_qubit_gates"], call
    for means in peers["cliffords"].values():
        assert means["ours"] <= means["qiskit"]
    for counts in peers["states"].values():
        assert counts["ours"] <= min(counts["qiskit"], counts["pennylane"])


def two_qubit_gates(text: str) -> int:
    return sum(len(qubits) > 1 for _, qubits in rows(f'include "std/states.qc"\n{text}\n'))


@pytest.mark.parametrize("n", range(1, 7))
def test_amplitudes_take_few_two_qubit_gates_and_fewer_for_simple_states(n: int) -> None:
    head = f"qubit q[{n}]\namplitudes"
    numbers = range(2**n)
    some = [1 + (k * k + 3 * k) % 7 for k in numbers], [k * k % 5 + 0.1 * k for k in numbers]
    assert two_qubit_gates(f"{head}({some[0]}, {some[1]}) q") <= 2**n - n - 1
    ghz = [int(k in (0, 2**n - 1)) for k in numbers]
    assert two_qubit_gates(f"{head}({ghz}, [0.3]*{2**n}) q") == n - 1
    product = [3 ** k.bit_count() for k in numbers], [0.7 * k for k in numbers]
    assert two_qubit_gates(f"{head}({product[0]}, {product[1]}) q") == 0


def test_phases_that_are_open_are_refused_where_they_are_given() -> None:
    (found,) = diagnostics('include "std/states.qc"\nparam t\nqubit q[1]\namplitudes([1, 1], [0, t]) q\n')
    assert found.code == "QC0305"
    assert [span.text for span, _ in found.labels] == ["amplitudes([1, 1], [0, t]) q"]


@pytest.mark.parametrize(("n", "chosen"), [(6, "fourier_add a, b"), (7, "ripple_add a, b")])
def test_add_is_the_cheaper_adder(n: int, chosen: str) -> None:
    head = f'include "std/arithmetic.qc"\nqubit a[{n}], b[{n}]\n'
    assert rows(f"{head}add a, b") == rows(f"{head}{chosen}")


@pytest.mark.parametrize(
    ("file", "call", "declared", "said"),
    [
        ("arithmetic", "fourier_add a, b", "a[3], b[2]", "a is longer than b"),
        ("arithmetic", "add_constant(0.5) b", "b[2]", "k is a whole number"),
        ("arithmetic", "less_than_constant(9) a, t", "a[3], t", "k has more bits than a"),
        ("arithmetic", "add_constant_modulo(5, 5) b, c", "b[3], c", "0 <= k < m <= 2**len(b)"),
        ("states", "uniform(9) q", "q[3]", "m is a whole number, 1 <= m <= 2**len(q)"),
        ("states", "dicke(4) q", "q[3]", "0 <= k <= len(q)"),
        ("states", "amplitudes([1, 2, 3]) q", "q[2]", "one amplitude for each of the 2**len(q) numbers"),
        ("states", "amplitudes([0, 0]) q", "q[1]", "all amplitudes are 0"),
        ("search", 'mark("01") q', "q[3]", "one bit for each qubit"),
        ("search", 'mark("0a") q', "q[2]", "a string of 0 and 1"),
        ("simulation", "ising(1, 1, 1, order = 3) q", "q[2]", "the order is 1, 2 or 4"),
        ("simulation", "heisenberg(1, 1, 1, 1, steps = 0) q", "q[2]", "steps is a whole number from 1"),
        ("simulation", 'select_term([(1, "XA")]) a, q', "a[1], q[2]", "a letter I, X, Y or Z for each qubit"),
        ("simulation", 'block_encode([(1, "XA")]) a, q', "a[1], q[2]", "a letter I, X, Y or Z for each qubit"),
        ("simulation", 'block_encode([(1, "X")]) a, q', "a[1], q[2]", "a letter I, X, Y or Z for each qubit"),
        ("optimisation", "cost_layer([(0, 3)], [], 1) q", "q[3]", "an edge joins two of the qubits"),
        ("optimisation", "qaoa([(0, 1)], [], [1], []) q", "q[2]", "one beta for each gamma"),
        ("ansatz", "two_local([1, 2], 1) q", "q[2]", "an angle for each qubit in each of layers + 1"),
        ("ansatz", "uccsd([1], 2) q", "q[4]", "an angle for each single and double excitation"),
    ],
)
def test_wrong_arguments_are_refused_with_a_reason(file: str, call: str, declared: str, said: str) -> None:
    found = diagnostics(f'include "std/{file}.qc"\nqubit {declared}\n{call}\n')
    assert [one.code for one in found] == ["QC0409"]
    assert said in found[0].message


# --- the include ------------------------------------------------------------------------------------------------------

QFT = 'include "std/fourier.qc"\nqubit q[2]\nqft q\n'


def test_the_library_is_found_before_files_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "std").mkdir()
    (tmp_path / "std" / "fourier.qc").write_text("gate qft q[] { x q }\n")
    (tmp_path / "std" / "mine.qc").write_text('include "fourier.qc"\ngate mine a { h a }\n')
    main = tmp_path / "main.qc"
    main.write_text(QFT)
    monkeypatch.chdir(tmp_path)
    assert "h" in [op.gate for op in stages.load(stages.read("main.qc"))[0].runs[0].rows]
    main.write_text('include "std/mine.qc"\nqubit q[2]\nmine q[0]; qft q\n')  # a file of the user, and one next to it
    assert [op.gate for op in stages.load(stages.read("main.qc"))[0].runs[0].rows] == ["h", "x", "x"]


def test_strings_and_nested_includes_find_the_library(tmp_path: Path) -> None:
    assert [gate for gate, _ in rows(QFT)] == ["h", "p", "h", "swap"]
    (tmp_path / "part.qc").write_text('include "std/fourier.qc"\ngate twice q[] { pow(2) @ qft q }\n')
    (tmp_path / "main.qc").write_text('include "part.qc"\ninclude "std/fourier.qc"\nqubit q[2]\ntwice q; qft q\n')
    program, warnings = stages.load(stages.read(str(tmp_path / "main.qc")))
    assert not warnings
    assert len(program.runs[0].rows) == 12


def test_unknown_files_of_the_library_are_answered_with_those_there_are() -> None:
    (found,) = diagnostics('include "std/furier.qc"\nqubit q\nh q\n')
    assert (found.code, found.span and found.span.text) == ("QC0238", '"std/furier.qc"')
    assert found.helps[0] == "did you mean `std/fourier.qc`?"
    assert codes('include "std/../std/fourier.qc"\nqubit q\nh q\n') == ["QC0238"]


def test_an_error_in_a_gate_of_the_library_names_the_file_and_the_call() -> None:
    (found,) = diagnostics('include "std/fourier.qc"\nqubit q[2]\napproximate_qft(0) q\n')
    assert found.span is not None
    assert (found.code, found.span.source.name) == ("QC0409", "std/fourier.qc")
    assert [(span.text, role) for span, role in found.labels] == [("approximate_qft(0) q", "in this call")]


def test_names_of_the_library_may_be_used_for_values() -> None:
    assert unitary('include "std/fourier.qc"\nconst qft = 2\nqubit q\nrx(qft) q\n').shape == (2, 2)
    assert codes('include "std/fourier.qc"\ngate qft q[] { x q }\nqubit q[2]\nqft q\n') == ["QC0220"]
