"""Diagnostics of the linter, about programs that compile and run but may not do as their authors intend."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

LINT: tuple[Code, ...] = (
    Code(
        "QC1001",
        "`{number}` has no unit, so it counts in radians",
        """A plain number means radians in an abstract gate and turns in a native one. Readers of `rx(0.5)` have to know
that; other tools use degrees, turns and half turns. A unit makes it clear: `0.5rad` is exactly the same angle. The rule
ignores multiples of `pi`, names and zero, and native gates, because all documentation gives their angles in turns.""",
        helps=("write the unit: `rad`, `deg` or `turn`",),
        example="qubit q\nrx(0.5) q\n",
        fixed="qubit q\nrx(0.5rad) q\n",
        severity="note",
    ),
    Code(
        "QC1002",
        "`{gate}` turns by {number} {unit}, more than a full turn: did you mean degrees?",
        """A plain number means radians in an abstract gate and turns in a native one, and more than a full turn is
rarely intended: 90 radians are 14 turns and 117 degrees. A unit makes it clear: `90deg`, or `90rad` if radians are
intended. `--fix` leaves this to you, because the correction changes the program.""",
        helps=("write `deg` after the number, or the unit you mean",),
        example="qubit q\nrx(90) q\n",
        fixed="qubit q\nrx(90deg) q\n",
        severity="warning",
    ),
    Code(
        "QC1003",
        "`{name}` is declared and never used",
        """No statement of the circuit mentions these qubits. They are sent and measured all the same: every outcome has
a 0 for each of them, and the circuit needs a larger machine. Removing the declaration shortens the outcomes, so `--fix`
leaves that to you.""",
        helps=("remove it, or use it",),
        example="qubit q[2], spare\nh q\n",
        fixed="qubit q[2]\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1004",
        "the {what} is never used",
        """Nothing depends on this parameter or operand, so setting it changes nothing. Often the body should use it in
place of another name, or it is a leftover. Removing it changes how the gate, circuit or function is called, so
`--fix` leaves that to you.""",
        helps=("remove it, or use it",),
        example="gate tilt(theta, phi) a { rx(theta) a }\nqubit q\ntilt(0.1rad, 0.2rad) q\n",
        fixed="gate tilt(theta) a { rx(theta) a }\nqubit q\ntilt(0.1rad) q\n",
        severity="warning",
    ),
    Code(
        "QC1005",
        "`{name}` is defined and never used",
        """Nothing in the program depends on this constant, function or Hamiltonian. It may be a leftover, or another
name is used in its place. Files that only contain definitions for other files are not checked.""",
        helps=("remove it, or use it",),
        example="const n = 3\nqubit q[2]\nh q\n",
        fixed="qubit q[2]\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1006",
        "gate `{name}` is defined and never applied",
        """No circuit applies it, directly or through another gate. Keep gates that several programs use in an included
file: its unused gates are not reported.""",
        helps=("remove it, apply it, or move it to a file of definitions",),
        example="gate flip a { x a }\nqubit q\nh q\n",
        fixed="gate flip a { x a }\nqubit q\nh q\nflip q\n",
        severity="warning",
    ),
    Code(
        "QC1007",
        "the alias `{name}` is never used",
        """`let` only gives qubits another name, so without a use it has no effect. Perhaps the program uses the longer
spelling instead of the alias.""",
        helps=("remove it, or use it",),
        example="qubit q[4]\nlet half = q[0:2]\nh q\n",
        fixed="qubit q[4]\nlet half = q[0:2]\nh q\nz half\nh half\n",
        severity="warning",
    ),
    Code(
        "QC1008",
        "nothing in `{path}` is used",
        """The program uses none of the constants, gates, circuits and Hamiltonians that this file and its own includes
define. Reading the file costs time and ties the program to a file it does not need.""",
        helps=("remove the `include`",),
        severity="warning",
    ),
    Code(
        "QC1009",
        "`{gate}` does nothing",
        """A rotation by 0, or a gate to the power 0, is the identity, even with controls. It costs nothing, because the
compiler drops it, but readers wonder about it. The rule ignores values given by a name, which may be 0 only sometimes.
To wait use `nop`; to keep gates apart use `barrier`.""",
        helps=("remove it",),
        example="qubit q\nh q\nrx(0) q\n",
        fixed="qubit q\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1010",
        "`{gate}` is undone by the next statement",
        """Two neighbouring statements are each other's inverse: together they do nothing, and the optimiser removes
both. To keep them on purpose, as in echoes and benchmarks, put them into a `verbatim` block, which is sent exactly as
written and which this rule ignores.""",
        helps=("remove both, or put them into `verbatim {{ ... }}`",),
        example="qubit q[2]\nh q\ncnot q[0], q[1]\ncnot q[0], q[1]\n",
        fixed="qubit q[2]\nh q\nverbatim { cnot q[0], q[1]; cnot q[0], q[1] }\n",
        severity="warning",
    ),
    Code(
        "QC1011",
        "`{gate}` does not affect the outcomes: it only changes phases before the measurement",
        """All qubits are measured in the Z basis at the end. A diagonal gate (`z`, `rz`, `cz`, `zz` and others) with no
other gate after it only changes phases that this measurement does not show: the outcomes are the same without it.
Perhaps another gate should follow, such as an `h` to measure in another basis. The rule ignores gates in `verbatim`
blocks.""",
        helps=("remove it, or change the basis after it, with `h` for instance",),
        example="qubit q\nh q\ns q\n",
        fixed="qubit q\nh q\ns q\nh q\n",
        severity="note",
    ),
    Code(
        "QC1012",
        "the simulator without noise ignores `shots`",
        """IonQ's ideal simulator computes exact probabilities without sampling, so the number of shots changes neither
the result nor its cost. With a noise model it matters: every shot is then simulated by itself. `ionqdsl run` on this
computer does sample.""",
        helps=('remove it, or add noise: `noise {{ model = "aria-1" }}`',),
        example='job { backend = "simulator"; shots = 1000 }\nqubit q\nh q\n',
        fixed='job { backend = "simulator" }\nqubit q\nh q\n',
        severity="note",
    ),
    Code(
        "QC1013",
        "the job leaves it to the service whether `{backend}` debiases",
        """Debiasing distributes the shots of a job over several variants of its circuit, which costs time, and its
results can be aggregated in more than one way. For jobs of at least 500 shots the service has a default, on for
abstract circuits and off for native ones, and may change it. A file that sets debiasing keeps its meaning.""",
        helps=("write `settings {{ error_mitigation {{ debiasing = true }} }}`, or false, in the job",),
        example='job { backend = "qpu.forte-1"; shots = 1000 }\nqubit q\nh q\n',
        fixed='job {\n  backend = "qpu.forte-1"\n  shots = 1000\n'
        "  settings { error_mitigation { debiasing = false } }\n}\nqubit q\nh q\n",
        severity="note",
    ),
    Code(
        "QC1014",
        "no gate acts on {qubits}",
        """The register is used, but these of its qubits never are. They are always measured as 0, make outcomes longer
and need a larger machine. Often a loop ends one round too early, or the register is one qubit too large.""",
        helps=("make the register smaller, or check the bounds of the loops",),
        example="qubit q[3]\nh q[0]\nfor i in range(1) { cnot q[i], q[i + 1] }\n",
        fixed="qubit q[3]\nh q[0]\nfor i in range(2) { cnot q[i], q[i + 1] }\n",
        severity="warning",
    ),
    Code(
        "QC1015",
        "this {what} is empty",
        """There is nothing between its braces, so it has no effect. It may be a leftover, or its contents ended up
after it.""",
        helps=("remove it, or fill it",),
        example="qubit q[2]\nh q\nfor i in range(2) { }\n",
        fixed="qubit q[2]\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1016",
        "`{name}` hides another `{name}`",
        """Inside this block the name has another meaning than outside it. That is allowed, but easily misread: after
the block the outer meaning applies again. Different names avoid the confusion.""",
        labels={"first": "the one it hides"},
        helps=("choose another name",),
        example="const k = 2\nqubit q[3]\nrx(k*pi/7) q\nfor k in range(3) { ry(k*pi/7) q[k] }\n",
        fixed="const k = 2\nqubit q[3]\nrx(k*pi/7) q\nfor i in range(3) { ry(i*pi/7) q[i] }\n",
        severity="warning",
    ),
    Code(
        "QC1017",
        "`verbatim` around the single gate `{gate}`",
        """A `verbatim` block keeps the order and the number of its gates, and is a barrier for everything around it. A
single gate has no order to keep; the block is then only a barrier and a gate that is never merged with its neighbours,
which makes circuits longer. If you only need the barrier, write `barrier`.""",
        helps=("move the gate out of the block, or write `barrier` if you need a barrier",),
        example="qubit q\nh q\nverbatim { x q }\nh q\n",
        fixed="qubit q\nh q\nx q\nh q\n",
        severity="note",
    ),
    Code(
        "QC1018",
        "every outcome of this circuit is 0: its gates only change phases",
        """All qubits begin as 0, and all gates of the circuit are diagonal (`z`, `s`, `rz`, `zz` and others), so the
measurement shows zeros for any angles. Simulators and machines may even refuse such a circuit. Phases matter only in a
superposition, so begin with an `h` on each qubit; another `h` at the end makes them visible.""",
        helps=("begin with `h`, and make the phases visible with `h` at the end",),
        example="qubit q\ns q\n",
        fixed="qubit q\nh q\ns q\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1019",
        "this comment switches off {codes}, which finds nothing here",
        """`# lint: off QC1001` after a statement, or alone on the line above it, silences the linter for that
statement's line; `# lint: off-file QC1001` silences it for the whole file. This comment silences nothing: the finding
is gone, or the comment names another code. If it stayed, it could hide a later finding.""",
        helps=("remove the comment",),
        example="qubit q\nh q  # lint: off QC1001\n",
        fixed="qubit q\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1020",
        "`^` combines bits: did you mean the power `{left}**{right}`?",
        """In many languages `^` is a power. Here, as in Python, `a ^ b` is the number whose bits are those in which
a and b differ: `2^3` is 1, not 8. The rule looks at 2 and 10 before a `^` and at 2 to 10 after it. If you mean the
bits, say so in a comment: `# lint: off QC1020`.""",
        helps=("a power is written `**`",),
        example="const n = 3\nqubit q\nrx(pi/(2^n)) q\n",
        fixed="const n = 3\nqubit q\nrx(pi/(2**n)) q\n",
        severity="note",
    ),
    Code(
        "QC1021",
        "the test has no `expect`, so it cannot fail",
        """A test passes if all its `expect` statements hold. Without one it only shows that its circuit can be
built. `check` shows that for every circuit of a file, so such a test is probably unfinished.""",
        helps=("state a property at its end: `expect prob(...) == ...`",),
        example='test "flip" {\n  qubit q\n  x q\n}\n',
        fixed='test "flip" {\n  qubit q\n  x q\n  expect prob("1") == 1\n}\n',
        severity="warning",
    ),
    Code(
        "QC1022",
        "two tests have the name `{name}`",
        """Failures and reports name tests, and `ionqdsl test -k` chooses them by name: nobody can tell these two
apart. For the same test with other values, give it a loop: `test "sum" for a in range(4) { ... }`.""",
        labels={"first": "the first"},
        helps=("give it a name of its own",),
        example='test "flip" {\n  qubit q\n  h q\n  expect prob("0") == 0.5\n}\n'
        'test "flip" {\n  qubit q\n  x q\n  expect prob("1") == 1\n}\n',
        fixed='test "flip" {\n  qubit q\n  h q\n  expect prob("0") == 0.5\n}\n'
        'test "flip back" {\n  qubit q\n  x q\n  expect prob("1") == 1\n}\n',
        severity="warning",
    ),
    Code(
        "QC1036",
        "`{reset}` does nothing: the qubit is 0 already",
        """Every qubit begins as 0, and is 0 after a reset. Phases and controls do not change that, so a second reset
has no effect on any outcome, but takes the time of a measurement on a machine.""",
        helps=("remove it",),
        example="qubit a, b\nh a\nh b\nreset b\nreset b\ncnot a, b\nregister out = a, b\n",
        fixed="qubit a, b\nh a\nh b\nreset b\ncnot a, b\nregister out = a, b\n",
        severity="warning",
    ),
    Code(
        "QC1037",
        "this measures the same outcome again: nothing has changed the qubit since",
        """After a measurement the qubit is as it was measured, and phases and controls do not change that. A second
measurement gives the same outcome; where it differs, the machine has misread. If the program is meant to show that, say
so: `# lint: off QC1037`.""",
        helps=("use the first outcome, or put a gate or a `reset` between them",),
        example="qubit a, b\nh a\nregister m = measure a\ncnot a, b\nregister n = measure a\nh a\n",
        fixed="qubit a, b\nh a\nregister m = measure a\ncnot a, b\nh a\nregister n = measure a\n",
        severity="note",
    ),
    Code(
        "QC1038",
        "this outcome is always 0: nothing has changed the qubit from 0",
        """The measured qubit is 0 for certain: no gate has acted on it, or none since its reset, or only phases and
controls. The outcome tells nothing, and conditions on it are known. Often the measurement stands above the gates that
it should follow, or names another qubit.""",
        helps=("measure after the gates, or check which qubit it names",),
        example="qubit a, b\nh a\nregister m = measure b\ncnot a, b\nregister out = a, b\n",
        fixed="qubit a, b\nh a\ncnot a, b\nregister m = measure b\nregister out = a\n",
        severity="warning",
    ),
    Code(
        "QC1039",
        "`{condition}` holds for no outcome, so this branch is never taken",
        """The condition is false for every combination of the outcomes that it looks at, or an earlier branch takes all
those for which it holds. Nothing in the branch becomes part of the circuit. Perhaps an `and` should be an `or`, or one
of the slots another.""",
        helps=("check the condition, or remove the branch",),
        example="qubit q[2], t\nh q\nh t\nregister m = measure q\nif m[0] and not m[0] { x t }\nh q\n",
        fixed="qubit q[2], t\nh q\nh t\nregister m = measure q\nif m[0] and not m[1] { x t }\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1040",
        "`{condition}` holds for every outcome",
        """The condition is true for every combination of the outcomes that it looks at, so the branch acts on all
shots, and the branches after it on none. Perhaps an `or` should be an `and`, or one of the slots another.""",
        helps=("check the condition, or leave the `if` out",),
        example="qubit q[2], t\nh q\nregister m = measure q\nif m[0] or not m[0] { x t }\nh q\nregister out = q, t\n",
        fixed="qubit q[2], t\nh q\nregister m = measure q\nif m[0] or not m[1] { x t }\nh q\nregister out = q, t\n",
        severity="warning",
    ),
    Code(
        "QC1041",
        "no register sees the effect of `{gate}`",
        """The qubit has been measured or reset before, and nothing that this gate changes reaches a register later.
The registers are the same without it; only bits that none of them reads, or phases, differ. It is sent and paid for all
the same, unless the program is compiled with `--preserve registers`.""",
        helps=("read the qubit in a register, or remove the gate",),
        example="qubit a, b\nh a\nregister m = measure a\ncnot a, b\nh a\nregister out = b\n",
        fixed="qubit a, b\nh a\nregister m = measure a\ncnot a, b\nh a\nregister out = a, b\n",
        severity="note",
    ),
    Code(
        "QC1042",
        "nothing follows `{reset}`",
        """A reset makes a qubit ready to be used again. At the end of a circuit it only makes the last outcome of the
qubit 0, and it takes the time of a measurement. Every shot begins with fresh qubits in any case. A reset in a loop is
not reported if a later round uses the qubit, nor a reset of a qubit that a register reads.""",
        helps=("remove it, or use the qubit again",),
        example="qubit a, b\nh a\ncnot a, b\nreset a\nregister out = b\n",
        fixed="qubit a, b\nh a\ncnot a, b\nregister out = b\n",
        severity="warning",
    ),
    Code(
        "QC1043",
        "this is a reset, written with an `if` that no target of IonQ takes",
        """The qubit has just been measured, and is flipped where the outcome was 1, so that it is 0 in every shot. A
`reset` does the same, keeps the outcome in its register, and needs no branch: machines that measure in the middle of a
circuit take it as it is.""",
        helps=("write `reset {operand}`",),
        example="qubit a\nh a\nregister m = measure a\nif m[0] { x a }\nh a\n",
        fixed="qubit a\nh a\nregister m = measure a\nreset a\nh a\n",
        severity="note",
    ),
    Code(
        "QC1044",
        "two-qubit gates that do next to nothing: {dropped} of {total}",
        """Compiled exactly, this circuit has two-qubit gates whose angles are so small that no number of shots shows
them, and each adds the error of a whole gate. Often they come from coefficients that are rounding errors, from a ramp
that begins at almost nothing, or from the far phases of a transform. `--approx` drops the smallest, up to the error
that you allow in the whole circuit, and the report says how much was spent.""",
        helps=("compile with `{flag}`, or leave these rotations out",),
        example="qubit q[3]\nh q\nzz(1e-7rad) q[0], q[2]\nrx(0.3rad) q\nzz(0.4rad) q[0], q[1]\nh q\n",
        fixed="qubit q[3]\nh q\nrx(0.3rad) q\nzz(0.4rad) q[0], q[1]\nh q\n",
        severity="note",
    ),
)
