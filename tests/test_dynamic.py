"""Measurements, resets and conditions on outcomes: language, lowering and the passes.

Distributions come from dynamic_programs.py, which shares no code with the passes. Would catch a gate that moves across
a measurement, an outcome that is lost or put into another slot, and a condition that holds at other outcomes.
"""

from __future__ import annotations

import pytest
from dynamic_programs import WIDE, far, outcomes, registers, text
from hypothesis import given, settings
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl import formats, passes, pipeline
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import qc
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit, Slot
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.language.reformat import reformat
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.expand_pauliexp import expand_pauliexp
from ionqdsl.passes.read_at_end import read_at_end

SEEDS = st.integers(0, 10**6)


def circuit(source: str) -> FlatCircuit:
    program, _ = pipeline.load(Source(source))
    (run,) = program.runs
    return run


def codes(source: str) -> list[str]:
    try:
        _, found = pipeline.load(Source(source))
    except CompileError as error:
        found = list(error.diagnostics)
    return [diagnostic.code for diagnostic in found]


def compiled(source: FlatCircuit, target: str, **options: object) -> FlatCircuit:
    return passes.transpile(source, TARGETS[target], Options(**options), checked=True)[0]  # type: ignore[arg-type]


# --- language --------------------------------------------------------------------------------------------------------


SYNDROME = """
circuit syndrome(rounds = 3) {
  qubit d[3], a
  register s[rounds]
  for i in range(rounds) {
    cnot d[0], a; cnot d[1], a
    s[i] = measure a
    reset a
  }
  register first = measure d[0]
  register data = d
}
"""


def test_the_manual_s_syndrome() -> None:
    found = circuit(SYNDROME)
    round_ = [("cnot", (0, 3)), ("cnot", (1, 3)), (MEASURE, (3,)), (RESET, (3,))]
    assert [(op.gate, op.qubits) for op in found.rows] == [*round_ * 3, (MEASURE, (0,))]
    assert [op.slot for op in found.rows if op.slot] == [("s", 0), ("s", 1), ("s", 2), ("first", 0)]
    assert found.registers == (
        ("s", (Slot("s", 0), Slot("s", 1), Slot("s", 2))),
        ("first", (Slot("first", 0),)),
        ("data", (0, 1, 2)),
    )
    assert found.readout == (("s", (4, 5, 6)), ("first", (7,)), ("data", (0, 1, 2)))


@pytest.mark.parametrize(
    ("statements", "slots"),
    [
        ("register m = measure q", [0, 1, 2]),
        ("register m[3]\nm = measure q", [0, 1, 2]),
        ("register m[3]\nm[0:2] = measure q[1:3]\nm[2] = measure q[0]", [1, 2, 0]),
        ("register m[3]\nm[2, 0, 1] = measure q", [1, 2, 0]),
        ("register m[4]\nm[3] = measure q[2]\nm[0] = measure q[1]", [1, None, None, 2]),
    ],
)
def test_slots_take_outcomes_in_order(statements: str, slots: list[int | None]) -> None:
    """Read at the end, since nothing follows: the qubit of each slot."""
    found = read_at_end(circuit(f"qubit q[3]\nh q\n{statements}"))
    assert found.registers == (("m", tuple(slots)),)
    assert not found.is_dynamic


def test_reset_broadcasts() -> None:
    assert [op.qubits for op in circuit("qubit q[3]\nh q\nreset q[0:2]\nreset q[2]").rows if op.gate == RESET] == [
        (0,),
        (1,),
        (2,),
    ]


def test_words_of_version_1_go_on_working() -> None:
    """`measure` and `reset` as names of gates, qubits and values."""
    assert [op.gate for op in circuit("gate reset a { x a }\nqubit q\nreset q").rows] == ["x"]
    assert [op.gate for op in circuit("gate measure a { h a }\nqubit q\nmeasure q").rows] == ["h"]
    assert circuit("qubit measure, reset\nx measure\nregister out = measure, reset").registers == (("out", (0, 1)),)
    assert circuit("const reset = 2\nqubit q\nrx(reset) q").rows[0].angles[0].in_radians() == 2
    assert len(circuit("qubit q[2]\n" + "reset q[0]\n" * 9).rows) == 9  # plain lines, read in bulk


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("qubit a\nregister m[2]\nm[0] = measure a\nm[0] = measure a", "QC0290"),
        ("qubit a\nregister m[2]\nfor i in range(2) { m[0] = measure a }", "QC0290"),
        ("qubit a, b\nregister m[2]\nm[0, 0] = measure a, b", "QC0290"),
        ("qubit a\nregister m[2]\nm[1] = measure a", "QC0291"),
        ("qubit a\nmeasure a", "QC0292"),
        ("qubit a\nregister output_all = measure a", "QC0293"),
        ("qubit a\nregister bit[1]\nbit[0] = measure a", "QC0293"),
        ("gate g a { reset a }\nqubit q\ng q", "QC0294"),
        ("gate g a { register m = measure a }\nqubit q\ng q", "QC0407"),
        ("qubit a, b\nctrl @ reset a, b", "QC0294"),
        ("qubit a\ninv @ reset a", "QC0294"),
        ("qubit a\ninv @ measure a", "QC0294"),
        ("qubit q[2]\nregister m = measure q[0], q", "QC0295"),
        ("qubit q[2]\nregister m[3]\nm = measure q", "QC0296"),
        ("qubit a, b\nregister m = measure a\nrx(m[0]) b", "QC0298"),
        ("circuit c { qubit a; register m = measure a; const c = m }", "QC0298"),
        ("qubit a, b\nregister m = measure a\nif m[0] { reset b }", "QC0299"),
        ("qubit a, b\nregister m = measure a\nif m[0] { register n = measure b }", "QC0299"),
        ("qubit a, b\nregister m = measure a\nif m[0] { qubit c }", "QC0299"),
        ("qubit a, b\nregister m = measure a\nif m[0] { verbatim { x b } }", "QC0299"),
        ("qubit a, b\nregister m = measure a\nverbatim { if m[0] { x b } }", "QC0299"),
        ("hamiltonian h = Z[0]\ncircuit a { qubit q; h q; reset q }\nenergy { hamiltonian = h; ansatz = a }", "QC0300"),
        ("hamiltonian h = Z[0]\ncircuit a { qubit q; h q; register m = measure q }\n"
         "energy { hamiltonian = h; ansatz = a }", "QC0300"),
        ("qubit a\nregister m[0]", "QC0334"),
        ("qubit a\nregister m[20000]", "QC0334"),
        ("qubit a\nm = measure a", "QC0335"),
        ("qubit a, b\nb = measure a", "QC0335"),
        ("qubit a\nregister out = a\nout = measure a", "QC0335"),
        ("qubit a\nregister m\nm[0] = measure a", "QC0336"),
        ("qubit a, b\nregister m[2]\nm[0] = measure a\nif m[1] { x b }\nm[1] = measure b", "QC0337"),
        ("qubit q[12]\nregister m = measure q\nif m == [1]*12 { x q[0] }", "QC0338"),
        ("qubit a\nreset(0.5) a", "QC0339"),
        ("qubit a\nreset", "QC0339"),
        ("qubit a\nregister m = measure a\nregister m = a", "QC0219"),
        ("qubit a\nregister m = measure b", "QC0231"),
        ("qubit q[2]\nregister m[2]\nm[5] = measure q[0]", "QC0206"),
    ],
)  # fmt: skip
def test_faults_have_their_code(source: str, code: str) -> None:
    assert codes(source) == [code]


@pytest.mark.parametrize(
    ("condition", "acts"),
    [
        ("m[0]", {"10", "11"}),
        ("not m[1]", {"00", "10"}),
        ("m[0] == m[1]", {"00", "11"}),
        ("m[0] + m[1] == 1", {"01", "10"}),
        ("m == [1, 0]", {"10"}),
        ("m[0] or m[1]", {"01", "10", "11"}),
        ("2*m[1] + m[0] > 2", {"11"}),
        ("any(m)", {"01", "10", "11"}),
        ("m[0] ^ m[1]", {"01", "10"}),
        ("true", {"00", "01", "10", "11"}),
        ("m[0] and false", set()),
        ("any(m[j] == 1 for j in range(2))", {"01", "10", "11"}),
        ("m[j] == 1 and any(m[j + 1] == 1 for j in range(1))", {"11"}),
        ("sum([m[k] for k in range(2)]) % 2 == 1", {"01", "10"}),
        ("all(m[k] == bit for k, bit in enumerate([1, 0]))", {"10"}),
        ("any(any(m[k + j] == 1 for k in range(1)) for j in range(2) if j > 0)", {"01", "11"}),
        ("any(m[0] == 1 for m in [[0], [1]])", {"00", "01", "10", "11"}),
    ],
)
def test_conditions_are_expressions_over_outcomes(condition: str, acts: set[str]) -> None:
    """The flipped qubit says where the condition held; both outcomes of both qubits occur.

    A name of a comprehension is not that of the loop around it: its values may be other indices.
    """
    branch = f"for j in range(1) {{ if {condition} {{ x t }} }}"
    found = circuit(f"qubit q[2], t\nh q\nregister m = measure q\n{branch}\nh q\nregister out = t")
    seen = {m for (m, out), share in registers(found).items() if out == "1" and share > 1e-9}
    assert seen == acts


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("m == 1", "QC0635"),
        ("1 != m", "QC0635"),
        ("not m == 0", "QC0635"),
        ("m[0] == true", "QC0635"),
        ("(m[0] ^ n[0]) == true", "QC0635"),
        ("sum(w) == false", "QC0635"),
        ("m + n == 1", "QC0635"),
        ("m in [1]", "QC0635"),
        ("w == 2", "QC0635"),
        ('w == "10"', "QC0635"),
        ("w == [1]", "QC0635"),
        ("w == (1, 0)", "QC0635"),
        ("is_one(m)", "QC0635"),
        ("any(x == true for x in w)", "QC0635"),
        ("min(m, n)", "QC0307"),
        ("1 if m else 0", "QC0307"),
        ("any([m, n])", "QC0307"),
        ("w == [1, 0]", ""),
        ("m == n", ""),
        ("is_one(m[0]) and w[0:1] == [1]", ""),
        ("m[0] == 1.0 and m[0] in [1, 2]", ""),
        ("(m[0] == 1) == (n[0] == 1)", ""),
    ],
)
def test_a_comparison_that_can_never_hold_is_refused(condition: str, code: str) -> None:
    """Values of different kinds are never equal: such a branch would silently never be taken, or always."""
    assert codes(f"def is_one(v) = v == 1\nqubit a, b, q[2]\nh a\nregister m = measure a\nregister n = measure b\n"
                 f"register w = measure q\nif {condition} {{ x a }}") == [code] * bool(code)  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "advised"),
    [
        ("m == 1", "m[0] == 1"),
        ("1 != m", "1 != m[0]"),
        ("m[0] == true", "m[0] == 1"),
        ('"0" == m[0]', "0 == m[0]"),
        ("m[0] == [1]", "m[0] == 1"),
        ('w == "10"', "w == [1, 0]"),
        ('"01" != w', "[0, 1] != w"),
        ("w == (1, 0)", "w == [1, 0]"),
        ("(1,) == w[0:1]", "[1] == w[0:1]"),
        ("m + n == 1", None),
        ('w == "1"', None),
        ("w == 2", None),
    ],
)
def test_a_comparison_of_two_kinds_is_answered_by_the_one_meant(condition: str, advised: str | None) -> None:
    """The advice is a line that is accepted; where the kinds tell no such line, the rule."""
    text = "qubit a, b, q[2]\nh a\nregister m = measure a\nregister n = measure b\nregister w = measure q\n"
    with pytest.raises(CompileError) as caught:
        circuit(f"{text}if {condition} {{ x a }}")
    (error,) = caught.value.diagnostics
    assert error.helps[0].startswith(f"write `{advised}`" if advised else "compare an outcome with 0 or 1")
    assert advised is None or codes(f"{text}if {advised} {{ x a }}") == []


@pytest.mark.parametrize("condition", ["m", "not m", "m and true"])
def test_a_register_of_one_outcome_is_a_condition(condition: str) -> None:
    """Would catch a list of one that counts as true because it is not empty."""
    source = f"qubit a, t\nh a\nregister m = measure a\nif {condition} {{ x t }}\nh a\nregister out = t"
    wants = {("0", "1"), ("1", "0")} if condition == "not m" else {("0", "0"), ("1", "1")}
    program, _ = pipeline.load(Source(source))
    assert {key for key, share in registers(program.runs[0]).items() if share > 1e-9} == wants
    assert pipeline.verified(program)
    assert codes(source.replace("measure a", "measure a, t")) == ["QC0307"]


@pytest.mark.parametrize(
    ("condition", "acts"),
    [
        ("any(m[k] == 1 for k in range(2))", {"01", "10", "11"}),
        ("sum(m[k] << k for k in range(3) if k < 2) == 2", {"01"}),
        ("any(m[j] & m[k] == 1 for j in range(2) for k in range(j))", {"11"}),
        ("any(m[k] == 1 and all(m[j] == 0 for j in range(2) if j != k) for k in range(2))", {"01", "10"}),
        ("len([k for k in range(2) if m[k] == 1]) == 1", {"01", "10"}),
        ("any(m[5] == 1 for m in [[0]*5 + [1]])", {"00", "01", "10", "11"}),
        ("m[0] == 2 and any(m[k] == 1 for k in [range(2)][3])", None),
        ("any(k < 2 and m[k] == 1 for k in [0, 1, 7])", {"01", "10", "11"}),
        ("any(k < 9 and m[k] == 1 for k in [0, 1, 7])", None),
        ("any(m[k] == 1 for k in range(3))", None),
        ("any(m[bit] == 1 for bit in m[0:2])", None),
    ],
)
def test_conditions_may_look_at_part_of_a_register(condition: str, acts: set[str] | None) -> None:
    """The last slot is written later: a condition that may look at it is refused, at indices of a comprehension too."""
    text = f"qubit q[3], t\nregister m[3]\nh q\nm[0] = measure q[0]\nm[1] = measure q[1]\nif {condition} {{ x t }}\n"
    text += "m[2] = measure q[2]\nh q\nregister out = t"
    if acts is None:
        assert codes(text)[0] in ("QC0337", "QC0635", "QC0206")
        return
    seen = {m[:2] for (m, out), share in registers(circuit(text)).items() if out == "1" and share > 1e-9}
    assert seen == acts
    assert pipeline.verified(pipeline.load(Source(text))[0])


def test_pictures_show_measurements_and_conditions() -> None:
    from ionqdsl.emit import drawing, svg

    source = circuit("qubit a, b\nh a\nregister m = measure a\nif m[0] { x b; cnot a, b }\nreset a\nh a")
    for picture in (drawing.drawing(source), svg.svg(source)):
        assert all(text in picture for text in ("M m[0]", "X if m[0]", "|0⟩"))


def test_else_and_nested_conditions_exclude_each_other() -> None:
    found = circuit(
        "qubit q[2], t[3]\nh q\nregister m = measure q\n"
        "if m[0] { if m[1] { x t[0] } else { x t[1] } } else if m[1] { x t[2] }\nregister out = t"
    )
    assert registers(found) == pytest.approx({("00", "000"): 0.25, ("01", "001"): 0.25, ("10", "010"): 0.25,
                                              ("11", "100"): 0.25})  # fmt: skip


@given(SEEDS)
@settings(max_examples=60)
def test_a_program_prints_as_one_that_reads_back_the_same(seed: int) -> None:
    source, _ = pipeline.load(Source(text(seed, has_branches=True)))
    again, _ = pipeline.load(Source(qc.program_text(source)))
    assert again.runs[0] == source.runs[0]


@given(SEEDS)
@settings(max_examples=25)
def test_lowering_means_what_the_text_says(seed: int) -> None:
    source, _ = pipeline.load(Source(text(seed, has_branches=True)))
    assert pipeline.verified(source)


def test_a_condition_at_other_outcomes_is_found() -> None:
    """The interpreter follows each branch on its own."""
    source, _ = pipeline.load(Source("qubit a, b\nh a\nregister m = measure a\nif m[0] { x b } else { h b }\nh a"))
    run = source.runs[0]
    turned = [op._replace(when=tuple((slot, 1 - bit) for slot, bit in op.when)) for op in run.rows]
    run.rows[:] = turned
    with pytest.raises(Exception, match="do not follow from the text"):
        pipeline.verified(source)


@pytest.mark.parametrize("line", ["s[0] = measure(q[0])", "s[0] = measure zz", "s[0] = measure q[0] q[1]"])
def test_a_measurement_with_an_error_is_the_only_complaint(line: str) -> None:
    """The slot that it would have written counts as written."""
    assert len(codes(f"qubit q[2]\nregister s[1]\n{line}\n")) == 1


# --- other tools -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("qubit  q\nregister   m=measure   q\nh q", "qubit q\nregister m = measure q\nh q\n"),
        ("qubit q[2]\nregister s [ 2 ]\ns[ 0:2 ]=  measure q", "qubit q[2]\nregister s[2]\ns[0:2] = measure q\n"),
        ("qubit q\nregister m =  # here\n  measure q", None),
        ("qubit q\nreset   q;reset q", "qubit q\nreset q\nreset q\n"),
    ],
)
def test_statements_are_formatted(text: str, formatted: str | None) -> None:
    once = reformat(Source(text + "\n"))
    assert formatted is None or once == formatted
    assert reformat(Source(once)) == once
    assert circuit(once) == circuit(text)


OPENQASM = 'OPENQASM {};\ninclude "{}";\n'
TWO, THREE = OPENQASM.format("2.0", "qelib1.inc"), OPENQASM.format("3.0", "stdgates.inc")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TWO + "qreg q[2]; creg c[1]; x q[0]; measure q[0] -> c[0]; if (c == 1) x q[1];", {("1", "11"): 1}),
        (TWO + "qreg q[2]; creg c[2]; x q[1]; measure q -> c; if (c == 2) x q[0];", {("01", "11"): 1}),
        (TWO + "qreg q[2]; creg c[2]; x q[1]; measure q -> c; if (c == 1) x q[0];", {("01", "01"): 1}),
        (THREE + "qubit[2] q; bit c; x q[0]; c = measure q[0]; if (c) x q[1]; else z q[1];", {("1", "11"): 1}),
        (THREE + "qubit[2] q; bit[2] c; x q[0]; c = measure q; if (c[0] && !c[1]) { x q[0]; x q[1]; }",
         {("10", "01"): 1}),
        (THREE + "qubit q; bit c; h q; c = measure q; if (c == 1) x q;", {("0", "0"): 0.5, ("1", "0"): 0.5}),
        (THREE + "qubit q; bit[2] c; h q; c[0] = measure q; reset q; c[1] = measure q;",
         {("00", "0"): 0.5, ("10", "0"): 0.5}),
        (THREE + "qubit q; bit c; x q; measure q; reset q; c = measure q;", {("0", "0"): 1}),
        (TWO + "qreg q[1]; h q[0]; reset q[0];", {("0",): 1}),
    ],
)  # fmt: skip
def test_openqasm_with_measurements_is_read(text: str, expected: dict[tuple[str, ...], float]) -> None:
    """Distributions worked out by hand; in OpenQASM 2 the first bit of `c` has weight 1."""
    program, _ = formats.loaded(Source(text, "x.qasm"))
    assert outcomes(program.runs[0]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (THREE + "qubit q; bit c; c = measure q; if (c) reset q;", "QC0299"),
        (THREE + "qubit q; bit c; h q; c = measure q; if (c) { gpi(0.2) q; }", "QC0299"),
        (THREE + "qubit[2] q; bit c; int i = 0; c = measure q[0]; if (c) { i = 1; } rx(i) q[1];", "QC1189"),
        (
            THREE
            + "qubit[2] q; bit c; int i = 0; c = measure q[0]; if (c) { for int k in [1:2] { i += k; } } rx(i) q[1];",
            "QC1189",
        ),
        (THREE + "qubit q; bit c; c = measure q; if (c) { c = measure q; }", "QC1188"),
        (THREE + "qubit[12] q; bit[12] c; c = measure q; if (c == 5) x q[0];", "QC0338"),
        (THREE + "qubit q; bit c; c = measure q; while (c) x q;", "QC1105"),
        (THREE + "qubit q; bit c; if (c) x q; c = measure q;", "QC0337"),
        (THREE + "qubit[2] q; bit[2] c; c = measure q; if (uint[2](c) + uint[2](3) == 0) x q[0];", "QC1117"),
        (THREE + "qubit[2] q; bit[2] c; c = measure q; if (uint[2](c) - uint[2](1) == 3) x q[0];", "QC1117"),
    ],
)
def test_openqasm_that_is_refused(text: str, code: str) -> None:
    """A native gate in a mixed circuit stands in a block, and a variable has one value in all shots."""
    with pytest.raises(CompileError) as refused:
        formats.loaded(Source(text, "x.qasm"))
    assert refused.value.diagnostics[0].code == code


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (TWO + "qreg q[1]; creg bit[1]; creg bit_[1]; h q[0]; measure q[0] -> bit[0]; h q[0];"
         " measure q[0] -> bit_[0]; h q[0];", ["bit__", "bit_"]),
        (TWO + "qreg q[1]; creg bit[1]; h q[0]; measure q[0] -> bit[0];", ["bit"]),
        (THREE + "qubit[2] q; bit h_; { bit h_; h_ = measure q[0]; reset q[0]; } h_ = measure q[1]; x q[1];",
         ["h_", "h__"]),
    ],
)  # fmt: skip
def test_registers_get_names_that_a_program_can_have(text: str, names: list[str]) -> None:
    """A register that measurements write may not be called like a word of the service's OpenQASM; others may."""
    program, _ = formats.loaded(Source(text, "x.qasm"))
    assert [name for name, _ in program.runs[0].registers] == names
    again, _ = pipeline.load(Source(formats.write(program, "qc")[0]))
    assert again.runs[0] == program.runs[0]


def test_conditions_on_more_outcomes_than_one_if_may_look_at_are_nested() -> None:
    """In the language and in OpenQASM, where an index says which bits of a wide register count."""
    program, _ = pipeline.load(Source(WIDE))
    source = program.runs[0]
    assert max(len(op.when) for op in source.rows) == 13
    assert iq.circuit(str(iq.Circuit.of(source))) == source
    back, _ = formats.loaded(Source(formats.write(program, "qasm3")[0], "x.qasm"))
    assert [op for op in back.runs[0].rows if op.when] == [op for op in source.rows if op.when]


def test_qubits_and_registers_of_one_name_print_as_two() -> None:
    source = iq.Circuit(2).h(0).measure(0, into="q").cnot(0, 1)
    assert iq.circuit(str(source)) == source


def test_conditions_stay_on_what_a_time_evolution_becomes() -> None:
    """As many rows as its terms need; without the condition the other shots would turn too."""
    source = circuit(
        "qubit a, b\nh a\nregister m = measure a\nif m[0] { pauliexp(0.7, X[0]*Y[1] + 0.3*Z[0] + 2, steps = 2) a, b }"
    )
    result = expand_pauliexp(source, PassContext(TARGETS["forte"], Options()))
    assert len(result.rows) > len(source.rows)
    assert far(registers(source), registers(result)) < 1e-9
    assert far(outcomes(source), outcomes(result)) < 1e-9
    assert result.phase == source.phase


@given(SEEDS)
@settings(max_examples=25)
def test_openqasm_is_written_and_read_back(seed: int) -> None:
    program, _ = pipeline.load(Source(text(seed, has_branches=True, most=11)))
    run = program.runs[0]
    for form in ("qasm2", "qasm3"):
        if form == "qasm2" and any(op.when for op in run.rows):
            with pytest.raises(CompileError, match="QC1140"):
                formats.write(program, form)
            continue
        written = formats.write(program, form)[0]
        back, _ = formats.loaded(Source(written, "x.qasm"))
        assert far(registers(run), registers(back.runs[0])) < 1e-9
        again, _ = pipeline.load(Source(formats.write(back, "qc", Source(written, "x.qasm"))[0]))
        assert far(registers(run), registers(again.runs[0])) < 1e-9


def test_only_gates_are_folded() -> None:
    """The inverse of a measurement would be a second measurement."""
    with pytest.raises(CompileError, match="QC0647"):
        iq.fold(iq.circuit("qubit a, b\ncnot a, b\nregister m = measure a\nh a"), 3)
