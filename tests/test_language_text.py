"""The manual's sections Text, Items and Errors: how characters become statements, and statements a program.

Would catch a newline rule gone wrong, a keyword that names something, namespaces that mix, a wrong circuit name, and
files accepted that say two things at once.
"""

from __future__ import annotations

import pytest
from reading import agree, circuit, codes, diagnostics, load, rows, same, unitary

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.keywords import KEYWORDS

BELL = [("h", (0,)), ("cnot", (0, 1))]

# --- Text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n",
        "qubit q[2]\nh q[0]\ncnot q[0], q[1]",
        "qubit q[2]; h q[0]; cnot q[0], q[1]",
        "qubit q[2]; h q[0]; cnot q[0], q[1];",
        ";;\n;qubit q[2];;\n\nh q[0];\n;cnot q[0], q[1]\n;",
        "qubit q[2]\r\nh q[0]\r\ncnot q[0], q[1]\r\n",
        "  qubit q[2]\n\t h   q[0]\n cnot\tq[0]  ,\tq[1]",
        '# c\nqubit q[2] # é ∂\nh q[0]# no blank\n#\ncnot q[0], q[1] # "{ (',
        "qc 1\nqubit q[2]\nh q[0]\ncnot q[0], q[1]",
        "# first\n\nqc 1; qubit q[2]; h q[0]; cnot q[0], q[1]",
        "qubit q[\n2\n]\nh q[\n\n0 # c\n]\ncnot q[0],\n# c\n\n q[1]",
        "qubit q[(1 +\n1)]\nh q[0]\ncnot q[0], q[1]",
        "if 1 == 1\n\n{ }\nelse\n{ }\nqubit q[2]; h q[0]; cnot q[0], q[1]",
    ],
)
def test_statements_end_at_newlines_and_semicolons(text: str) -> None:
    """Newlines inside brackets, after a comma and before `{` or `else` do not end one; comments count as blanks."""
    assert rows(text) == BELL


def test_a_statement_that_closes_with_a_brace_ends_there() -> None:
    """The last one in a block needs no end of its own."""
    text = "qubit q[2]; for i in range(1) { h q[i] } if true { cnot q[0], q[1] } x q[0]"
    assert rows(text) == [*BELL, ("x", (0,))]
    assert rows("gate g a { h a } circuit c { qubit q; g q } run c") == [("h", (0,))]
    assert rows("qubit q; verbatim { h q } native { gpi(0) q } x q") == [("h", (0,)), ("gpi", (0,)), ("x", (0,))]


@pytest.mark.parametrize("text", ["qubit q[2] h q[0]", "qubit q[2]\nh q[0] x q[1]", "qubit q[2]\ncnot q[0]\n, q[1]"])
def test_two_statements_need_something_between_them(text: str) -> None:
    assert {"QC0128", "QC0129"} & set(codes(text))


@pytest.mark.parametrize(
    "text",
    [
        "qubit q\nif false { x q } else if false { y q } else { z q }",
        "qubit q\nif false { x q }\nelse if false { y q }\n\n# c\nelse\n{ z q }",
        "qubit q\nif false { x q } # c\n # d\nelse if false\n{ y q }\nelse if true { z q } else { h q }",
    ],
)
def test_else_if_chains(text: str) -> None:
    assert rows(text) == [("z", (0,))]


def test_a_name_may_begin_with_else() -> None:
    """`else` is a word, not four letters."""
    assert rows("gate elsewhere a { h a }\nqubit q\nif true { x q }\nelsewhere q") == [("x", (0,)), ("h", (0,))]


def test_only_versions_1_and_2_are_read() -> None:
    assert codes("qc 1\nqubit q\nh q") == codes("qc 2\nqubit q\nh q") == []
    assert codes("qc 3\nqubit q\nh q") == ["QC0109"]
    assert codes("qubit q\nqc 1\nh q") != []


def test_text_is_utf_8(tmp_path) -> None:
    """With or without a byte order mark; anything else is an error that says where."""
    path = tmp_path / "p.qc"
    path.write_bytes("\ufeffqubit q # ψ\nh q".encode())
    program, _ = stages.load(stages.read(str(path)))
    assert [op.gate for op in program.runs[0].rows] == ["h"]
    path.write_bytes(b"qubit q # \xff\nh q")
    with pytest.raises(UsageError) as caught:
        stages.read(str(path))
    assert "byte 10" in str(caught.value)


LISTED = (  # noqa: SIM905
    "qubit let const param gate circuit hamiltonian run energy function job include for in if else "
    "barrier verbatim native register gateset gphase assert as and or not true false null ctrl negctrl "
    "inv pow"
).split()


def test_the_keywords_are_the_manual_s() -> None:
    assert set(LISTED) == KEYWORDS


@pytest.mark.parametrize("word", LISTED)
@pytest.mark.parametrize(
    "text",
    [
        "const {} = 1\nqubit q\nh q",
        "qubit {}\nqubit q\nh q",
        "qubit {}[2]\nqubit q\nh q",
        "param {}\nqubit q\nh q",
        "qubit q[2]\nlet {} = q\nh q",
        "gate {} a {{ h a }}\nqubit q\nh q",
        "gate g({}) a {{ h a }}\nqubit q\nh q",
        "gate g {} {{ }}\nqubit q\nh q",
        "circuit {} {{ qubit q; h q }}",
        "circuit c({} = 1) {{ qubit q; h q }}",
        "hamiltonian {} = X[0]\nqubit q\nh q",
        "qubit q\nfor {} in range(2) {{ h q }}",
        "qubit q\nregister {} = q",
        "qubit q\nrx([1 for {} in range(2)][0]) q",
        "circuit c(t) {{ qubit q; rx(t) q }}\nrun c(1) for {} in range(2)",
    ],
)
def test_keywords_name_nothing(word: str, text: str) -> None:
    assert {"QC0100", "QC0103"} & set(codes(text.format(word))), text.format(word)


@pytest.mark.parametrize("word", LISTED)
def test_keywords_are_keys_in_settings_blocks(word: str) -> None:
    text = f'job {{ metadata {{ {word} = "a"; b = "c" }} }}\nqubit q\nh q'
    assert load(text).job.get(f"metadata.{word}") == "a"
    text = f'function {{ type = "t"\n data {{ {word} {{ {word} = 1 }}\n x = 2 }} }}'
    assert load(text).function.data == {word: {word: 1}, "x": 2}


def test_names_that_only_look_like_keywords() -> None:
    text = "const iffy = 1\nconst order = 2\nconst qubits = 3\nqubit notq[3], inx\n"
    text += "rx(iffy + order + qubits) notq[0]\nx inx"
    assert rows(text) == [("rx", (0,)), ("x", (3,))]


def test_not_is_a_gate_wherever_a_gate_may_stand() -> None:
    text = "gate g a { not a }\nqubit q[3]\nnot q[0]; ctrl @ not q[0], q[1]; inv @ not q; g q[2]; pow(3) @ not q[1]"
    found = circuit(text).rows
    assert len(found) == 7
    assert agree(text, text.replace("not", "x"))
    lines = "qubit q[2]\n" + "not q[0]\nh q[1]\n" * 10
    assert rows(lines) == [("not", (0,)), ("h", (1,))] * 10


def test_gates_and_variables_are_separate_namespaces() -> None:
    """`for t in ...` is fine, and so is a gate named like a qubit or a constant."""
    text = "const x = 0.5\nqubit h, q\nfor t in [x, 2 * x] { rx(t) q; t q }\nh h; x q"
    assert rows(text) == [("rx", (1,)), ("t", (1,)), ("rx", (1,)), ("t", (1,)), ("h", (0,)), ("x", (1,))]
    assert rows("gate pi a { x a }\nqubit q\npi q") == [("x", (0,))]


# --- Items -----------------------------------------------------------------------------------------------------------


def test_bare_statements_are_a_circuit_named_after_the_file() -> None:
    """`main` from standard input or a string."""
    text = "qubit q\nh q"
    assert stages.load(Source(text, "folder/bell.qc"))[0].runs[0].name == "bell"
    assert stages.load(Source(text, "<stdin>"))[0].runs[0].name == "main"
    assert stages.load(Source(text))[0].runs[0].name == "main"


def test_all_items_at_the_top_level() -> None:
    text = """
    job { shots = 10 }
    const n = 2
    param theta = 0.5
    gate g(a) x { rx(a) x }
    hamiltonian h = Z[0]
    circuit c(m = n) { qubit q[m]; g(theta) q }
    run c(3)
    """
    program = load(text)
    assert program.runs[0].width == 3
    assert len(program.runs[0]) == 3
    assert program.job.get("shots") == 10


def test_definitions_may_come_after_their_use() -> None:
    assert rows("run c\ncircuit c { qubit q; g q }\ngate g a { f a }\ngate f a { h a }") == [("h", (0,))]


def test_bare_statements_or_circuit_blocks_not_both() -> None:
    assert codes("qubit q\nh q\ncircuit c { qubit q; h q }") == ["QC0417"]


@pytest.mark.parametrize(
    "first", ["run c", "energy { hamiltonian = Z[0]; ansatz = c }", 'function { type = "t"; data { } }']
)
@pytest.mark.parametrize(
    "second", ["run c", "energy { hamiltonian = Z[0]; ansatz = c }", 'function { type = "t"; data { } }']
)
def test_one_of_run_energy_function_at_most(first: str, second: str) -> None:
    assert codes(f"circuit c {{ qubit q; h q }}\n{first}\n{second}") == ["QC0416"]


def test_with_energy_or_function_circuits_are_not_run() -> None:
    both = "circuit c { qubit q; h q }\ncircuit d { qubit q; x q }\n"
    assert load(both + "energy { hamiltonian = Z[0]; ansatz = c }").runs == []
    assert load(both + 'function { type = "t"; data { } }').runs == []


def test_two_job_blocks_are_an_error() -> None:
    assert codes("job { shots = 1 }\njob { shots = 2 }\nqubit q\nh q") == ["QC0415"]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "const n = 3", "gate g a { h a }", "qc 1"])
def test_a_file_with_nothing_to_run_is_an_error(text: str) -> None:
    assert codes(text) == ["QC0401"]
    assert codes("circuit c(n) { qubit q[n]; h q }") == ["QC0402"]


# --- Errors ----------------------------------------------------------------------------------------------------------


def test_the_manual_s_example_to_the_letter() -> None:
    text = "# a program\n\nqubit q[2]\nrx(pi/2) q[0], q[1]\n"
    with pytest.raises(CompileError) as caught:
        stages.load(Source(text, "bell.qc"))
    assert [line.strip() for line in str(caught.value).splitlines()] == [
        "error[QC0203]: gate `rx` takes 1 qubit, but 2 were given",
        "--> bell.qc:4:10",
        "|",
        "4 | rx(pi/2) q[0], q[1]",
        "|          ^^^^^^^^^^",
        "|",
        "= help: apply it to both with `rx(pi/2) q`",
    ]


def test_all_errors_of_a_file_in_one_run_in_its_order() -> None:
    text = "qubit q[2]\nhh q\nrx q\ncnot q[0], q[0]\nx q[5]\nrx(1 + 1deg) q\nconst a = b\nrx(a) q\ny q[\n"
    found = diagnostics(text)
    assert {"QC0202", "QC0207", "QC0209", "QC0206", "QC0301", "QC0201", "QC0102"} <= {d.code for d in found}
    assert [d.span.start for d in found] == sorted(d.span.start for d in found)


def test_one_message_per_cause() -> None:
    """A name with an error is not complained about again, nor is a loop's body in each round."""
    assert codes("const a = b + 1\nconst c = a * 2\nqubit q[3]\nrx(c) q\nfor i in range(c) { rx(a) q }") == ["QC0201"]
    assert codes("qubit q[2]\nfor i in range(100) { x q[i] }") == ["QC0206"]
    assert codes("gate g a { foo a }\nqubit q\ng q\ng q") == ["QC0202"]
    assert codes("qubit q[n]\nh q\ncnot q[0], q[1]") == ["QC0201"]


def test_an_unclosed_bracket_is_reported_at_the_bracket() -> None:
    for text, at in (("qubit q[2\nh q\n", 7), ("qubit q\nrx(1 q\nx q\n", 10), ("circuit c {\nqubit q\n", 10)):
        (found,) = diagnostics(text)
        assert found.code == "QC0102"
        assert found.span.start == at, text


def test_nothing_is_said_about_names_that_a_broken_statement_may_define() -> None:
    assert codes("gate foo a { h a b }\nqubit q\nfoo q") == ["QC0129"]
    assert codes('include "missing.qc"\nqubit q\nfoo(bar) q') == ["QC0424"]


def test_the_same_spans_from_a_file_from_standard_input_and_from_a_string(tmp_path, monkeypatch) -> None:
    import io
    import sys

    text = "qubit q[2]\n\n  cnot q[0], q[2]\n"
    path = tmp_path / "p.qc"
    path.write_text(text)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    seen = set()
    for source in (stages.read(str(path)), stages.read("-"), Source(text)):
        with pytest.raises(CompileError) as caught:
            stages.load(source)
        (diagnostic,) = caught.value.diagnostics
        seen.add((diagnostic.code, source.position(diagnostic.span.start), diagnostic.span.text))
    assert seen == {("QC0206", (3, 16), "2")}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("qubit q\nrxx(1) q[0]\ncnott q, q", "cnot"),
        ("qubit qreg1\nh qreg2", "qreg1"),
        ("const theta = 1\nqubit q\nrx(theto) q", "theta"),
        ("qubit q\nrx(sine(1)) q", "sin"),
        ("job { shotz = 5 }\nqubit q\nh q", "shots"),
        ("circuit bell { qubit q; h q }\nrun bel", "bell"),
        ("gate g(angle) a { rx(angle) a }\nqubit q\ng(angel = 1) q", "angle"),
    ],
)
def test_did_you_mean(text: str, name: str) -> None:
    assert any(f"did you mean `{name}`?" in d.helps for d in diagnostics(text))


def test_the_manual_s_first_program() -> None:
    assert rows("# bell.qc — the shortest useful program\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n") == BELL
    assert same(unitary("qubit q[1]\nh q"), unitary("qubit q\nh q"))
