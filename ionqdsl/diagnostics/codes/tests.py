"""Diagnostics about the tests of programs: failures, and faults in `expect`."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_FLIP = 'test "flip" {{\n  qubit q\n  {}\n  expect {}\n}}\n'


def _flip(statement: str, condition: str) -> str:
    return _FLIP.format(statement, condition)


_TURN = 'circuit turn{} {{ qubit q; rx(theta) q }}\ntest "turn" {{ turn{}; expect prob("0") == 1 }}\n'

TESTS: tuple[Code, ...] = (
    Code(
        "QC0260",
        "test `{test}` simulates gates that have no value for {names}",
        """A test simulates its circuit, so every angle needs a number. An open `param` has none. A parameter of the
circuit gets its value where the test calls the circuit, such as `turn(0)`, or `turn(t)` in a test with a loop over
`t`. `ionqdsl test --set theta=0.3` gives one value to all tests.""",
        label="this gate needs a value",
        helps=(
            "make it a parameter of the circuit, `circuit name({first}) {{ ... }}`, and call `name(0.3)` in the test",
            "give one value to all tests: `ionqdsl test --set {first}=0.3`",
        ),
        example="param theta\n" + _TURN.format("", ""),
        fixed=_TURN.format("(theta)", "(0)"),
    ),
    Code(
        "QC0440",
        "{test}: {found}",
        """An `expect` states a property that holds at its place in a test. It is computed exactly, without shots, and
this one does not hold. The message shows the computed number and the expected one. Numbers count as equal if they are
at most 1e-9 apart; `within` sets another tolerance.""",
        helps=("write another `expect` after earlier gates, to see where the state first differs",),
        example=_flip("h q", 'prob("1") == 1'),
        fixed=_flip("h q", 'prob("1") == 0.5'),
    ),
    Code(
        "QC0441",
        "{test}: `{value}` is not certain: {found}",
        """`value(reg)` is the number that a register holds. It exists only if a measurement would give the same bits
every time. Here several outcomes are possible, and the message lists the most likely ones.""",
        helps=('use `prob` for outcomes that are not certain, such as `prob("1") == 0.5`',),
        example=_flip("h q", "value(q) == 1"),
        fixed=_flip("x q", "value(q) == 1"),
    ),
    Code(
        "QC0442",
        "{test}: the circuit is not the same as `{other}`: {found}",
        """`same` compares whole unitaries up to a global phase: every input, every output, and the phases between them.
The two circuits differ, and the message shows an input for which they do. `same(c) within 0.01` allows the final states
from any input to be as far apart as that, in the 2-norm, for circuits that are only approximately equal.""",
        helps=("if only the outcomes from |0...0> matter, use `prob` or `value`",),
        example=_flip("h q; z q; h q", "same(identity)"),
        fixed=_flip("h q; z q; h q; x q", "same(identity)"),
    ),
    Code(
        "QC0443",
        "{test}: whether the circuit is the same as `{other}` could not be decided: {reason}",
        """Circuits on many qubits are compared rotation by rotation, by the strings of their rotations and by sums
over paths, which can prove that they are equal, but not for all pairs of equal circuits. A test that could not be
decided counts as failed.""",
        helps=("test the same property on fewer qubits",),
    ),
    Code(
        "QC0444",
        "{reason}",
        """The first argument of `prob` is a bit string in quotes, one character 0 or 1 for each qubit, the first
qubit first, or a list of these numbers. Without further arguments the bits are those of all qubits of the test.""",
        helps=('write one 0 or 1 for each qubit, or name the qubits: `prob("1", q[0])`',),
        example='test "pair" {\n  qubit q[2]\n  x q[0]\n  expect prob("1") == 1\n}\n',
        fixed='test "pair" {\n  qubit q[2]\n  x q[0]\n  expect prob("1", q[0]) == 1\n}\n',
    ),
    Code(
        "QC0445",
        "`{name}` names both qubits and a register here, which are not the same",
        """In `prob` and `value` a name may be that of qubits or of a register that `register` defines. Here it could
mean both, and they read different qubits or another order.""",
        helps=("give the register a name of its own",),
        example='test "pair" {\n  qubit q[2]\n  x q[0]\n  register q = q[1], q[0]\n  expect value(q) == 2\n}\n',
        fixed='test "pair" {\n  qubit q[2]\n  x q[0]\n  register r = q[1], q[0]\n  expect value(r) == 2\n}\n',
    ),
    Code(
        "QC0446",
        "`{quantity}` cannot stand in a comprehension",
        """The quantities of an `expect` are computed before its condition is evaluated, so they cannot depend on a name
of a comprehension. A loop around an `expect` has the same meaning, and a failure names the value that fails.""",
        helps=("write a loop: `for bits in [...] {{ expect prob(bits) <= 0.1 }}`",),
        example='test "pair" {\n  qubit q[2]\n  h q\n  expect sum([prob(b) for b in ["00", "11"]]) == 0.5\n}\n',
        fixed='test "pair" {\n  qubit q[2]\n  h q\n  expect prob("00") + prob("11") == 0.5\n}\n',
    ),
    Code(
        "QC0447",
        "this `within` has nothing to act on",
        """`within` sets the largest difference at which two numbers still count as equal, or the final states of two
circuits. The condition compares neither numbers nor circuits.""",
        helps=("compare two numbers, or use `same`",),
        example=_flip("x q", 'prob("1") within 0.1'),
        fixed=_flip("x q", 'prob("1") == 1 within 0.1'),
    ),
    Code(
        "QC0448",
        "{test}: simulating {rows:gate} on {qubits:qubit} takes too long for a test",
        """Tests compute exact states, at a cost that doubles with each qubit. This test would take minutes or hours, so
it does not start. `entanglers(...)`, `pulses(...)`, `depth()` and often `same(...)` need no simulation of the state, so
they work on wide circuits.""",
        helps=("test the same property on fewer qubits",),
        example='test "wide" {\n  qubit q[29]\n  for i in range(9) { h q }\n  expect prob("0", q[0]) == 0.5\n}\n',
        fixed='test "narrow" {\n  qubit q[9]\n  for i in range(9) { h q }\n  expect prob("0", q[0]) == 0.5\n}\n',
    ),
    Code(
        "QC0449",
        "no test was found in {where}",
        """`ionqdsl test` runs the `test` items of the files and folders it is given. There are none, or `-k` excludes
all of them. Tests of included files run only if those files are named.

A test is a circuit with statements `expect`: `test "flip" { qubit q; x q; expect prob("1") == 1 }`.""",
        helps=("`-k` excludes {excluded:test}: `ionqdsl test --list` shows all names",),
        otherwise='write one: `test "flip" {{ qubit q; x q; expect prob("1") == 1 }}`',
    ),
    Code(
        "QC0450",
        "a condition goes on after its `within`",
        """An `expect` has one tolerance, which ends it and holds for every comparison of numbers in its condition. Two
conditions with tolerances of their own are two statements.""",
        helps=("write `expect A and B within 1e-9`, or one `expect` for each condition",),
        example=_flip("h q", 'prob("0") == 0.5 within 0.1 and prob("1") == 0.5'),
        fixed=_flip("h q", 'prob("0") == 0.5 and prob("1") == 0.5 within 0.1'),
    ),
    Code(
        "QC0451",
        "`{name}` is known only in `expect`",
        """`prob`, `mean`, `value`, `same` and the like are properties of the state or the circuit at their place in a
test. Use them in `expect`, not in constants, angles or conditions: a circuit cannot depend on its own result.""",
        helps=("write `expect {name}(...) == ...`",),
        example='test "flip" {\n  qubit q\n  h q\n  const p = prob("0")\n  expect p == 0.5\n}\n',
        fixed=_flip("h q", 'prob("0") == 0.5'),
    ),
    Code(
        "QC0452",
        "`{name}` is neither `identity` nor a circuit of this program",
        """`same` compares the circuit of a test with another: with `identity`, which changes nothing, or with a
`circuit` of the program, with values for its parameters: `same(ghz(3))`. To compare with a gate, define a circuit that
applies it.""",
        helps=("did you mean `{suggestion}`?",),
        otherwise="name a circuit of the program, or `identity`",
        example=_flip("x q", "same(x)"),
        fixed="circuit flipped { qubit q; x q }\n" + _flip("x q", "same(flipped)") + "run flipped\n",
    ),
    Code(
        "QC0453",
        "the operator acts on qubit {index}, but the test has {qubits:qubit} so far",
        """`X[0]` in an operator acts on the first qubit of the test, `X[1]` on the second, in the order in which they
are declared, whatever their names are. The operator of this `mean` needs more qubits than there are at its place.""",
        helps=("count the test's qubits from 0, in the order of declaration, or declare more before the `expect`",),
        example='test "flip" {\n  qubit q\n  x q\n  expect mean(Z[1]) == -1\n}\n',
        fixed=_flip("x q", "mean(Z[0]) == -1"),
    ),
)
