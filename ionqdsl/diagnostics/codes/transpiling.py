"""Diagnostics: passes, native gates and the check of their result."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

TRANSPILING: tuple[Code, ...] = (
    Code(
        "QC0600",
        "terms of this `pauliexp` do not commute: {first} and {second}",
        """`pauliexp(time, operator)` is exp(-i * time * operator). Where all terms of the operator commute, that is
the product of one rotation for each term, in any order, and the compiler writes it exactly. Two Pauli products commute
if they differ (X against Z, say) on an even number of qubits. Where they do not commute, no short circuit gives the
exponential exactly, and an approximation is never made unless you ask for it.

`steps = n` asks for it: n first-order Trotter steps, each the product of the terms in the order they are written, with
time/n. That circuit is then what the program means. The error shrinks like 1/n.""",
        helps=("ask for Trotter steps: `pauliexp(time, operator, steps = 10)`",),
        example="qubit q[2]\npauliexp(0.1, X[0] + Z[0]*Z[1]) q\n",
        fixed="qubit q[2]\npauliexp(0.1, X[0] + Z[0]*Z[1], steps = 4) q\n",
    ),
    Code(
        "QC0601",
        "this `pauliexp` has {steps} steps of {terms} terms: a circuit may have {most} rows",
        """Every term of every Trotter step becomes at least one gate. The product of both is bounded, as everything
else that is expanded, so that any file compiles in bounded time and memory. The error of first-order steps shrinks
like 1/steps; a machine executes a few hundred gates well.""",
        helps=("take fewer steps",),
        example="qubit q[2]\npauliexp(0.1, X[0] + Z[0], steps = 9000000) q[0]\n",
        fixed="qubit q[2]\npauliexp(0.1, X[0] + Z[0], steps = 9) q[0]\n",
    ),
    Code(
        "QC0602",
        "`{gate}` has an angle of {value} turns in a verbatim block, but `{target}` takes {range}",
        """Machines take interaction angles of a limited range: `ms` from 0 to 1/4 turn, the native `zz` up to 1/4. The
others mean something too, and outside verbatim blocks the compiler folds them into the range exactly: a negative `ms`
by half a turn on one of its phases, half turns of interaction as pulses. A verbatim block is sent exactly as it is
written, so it has to be in range already.""",
        cases={"range": {"open": "more than {low} to {high}", "closed": "{low} to {high}"}},
        helps=("write the gate with an angle in range", "or take it out of the verbatim block, to have it folded"),
        example="""job { backend = "qpu.forte-1" }
gateset native
qubit a, b
verbatim { zz(0.4) a, b }
""",
        fixed="""job { backend = "qpu.forte-1" }
gateset native
qubit a, b
zz(0.4) a, b
""",
    ),
    Code(
        "QC0603",
        "target `{target}` has no entangling gate",
        """Native compilation writes interactions with one two-qubit gate, `ms` or `zz`. The target names neither, so
nothing that entangles can be written for it. This happens where the service reports gates for a machine that this
version does not know.""",
        helps=("compile for a known machine: `--target forte`", "or send qis gates: `--target qis`"),
    ),
    Code(
        "QC0604",
        "a `pauliexp` with Trotter steps has no power {exponent}",
        """With `steps = n`, `pauliexp` is a product of many rotations that do not commute, and only whole powers of it
can be written: `pow(2)` repeats it, `inv` runs it backwards. For another time, write the time.""",
        helps=("change the time instead: `pauliexp({exponent} * time, ...)`",),
        example="qubit q\npow(0.5) @ pauliexp(0.1, X[0] + Z[0], steps = 4) q\n",
        fixed="qubit q\npauliexp(0.05, X[0] + Z[0], steps = 4) q\n",
    ),
    Code(
        "QC0610",
        "native gates translated for `{target}`, which does not have them: {gates}",
        """The circuit, or a `native { }` block in it, uses native gates of another machine. They are translated
exactly: the unitary stays the same, but pulses are no longer the ones you wrote. Calibration and benchmarking
programs, whose point is the pulses themselves, should be run on the machine they were written for. Aria machines have
`ms`, Forte machines `zz`; all have `gpi` and `gpi2`.""",
        helps=("choose the machine that has them, or write the circuit in qis gates",),
        example="""job { backend = "qpu.forte-1" }
gateset native
qubit a, b
ms(0, 0.25) a, b
""",
        fixed="""job { backend = "qpu.forte-1" }
gateset native
qubit a, b
zz(0.25) a, b
""",
        severity="warning",
    ),
    Code(
        "QC0611",
        "`nop` left out: qis circuits have no waiting time",
        """`nop(time)` makes the ions wait. It does nothing to the state as far as a circuit can say, but a program
that measures decay is all about it. The gateset qis has no such instruction, so it was left out; compile for a native
target to keep it.""",
        helps=("compile for a native target: `--target forte`",),
        severity="warning",
    ),
    Code(
        "QC0612",
        "`{path}` is no characterization: {reason}",
        """A characterization says how well a machine works: fidelities of its gates, and how long they take. The
service measures its machines regularly and gives the record away without a key, at
`https://api.ionq.co/v0.4/backends/BACKEND/characterizations`. The file is that answer, or one of the records in it:

    {"backend": "qpu.forte-1",
     "fidelity": {"1q": {"median": 0.9998}, "2q": {"median": 0.995}, "spam": {"median": 0.99}},
     "timing": {"1q": 0.00013, "2q": 0.00095, "readout": 0.00015, "reset": 0.00005, "t1": 100, "t2": 1}}

Other keys are ignored. Of several records the one with the latest date counts.""",
        helps=("give the service's record, or write one: `ionqdsl explain QC0612` shows its shape",),
    ),
    Code(
        "QC0613",
        "the characterization `{path}` has no `{key}`",
        """What a circuit is worth on a machine is the product of the fidelities of its gates, so those of one- and
two-qubit gates have to be there. The others may be missing: without `timing`, nothing is said about durations; without
`t1` and `t2`, idling counts as perfect; without `spam`, so do preparing and reading. The report names what was left
out.""",
        helps=("add it: `ionqdsl explain QC0612` shows where",),
    ),
    Code(
        "QC0614",
        "`{key}` in the characterization `{path}` cannot be: {reason}",
        """Fidelities are fractions above 0 and up to 1 (0.996, not 99.6), times are seconds (0.0006, not 600), and T2
is at most twice T1, since whatever relaxes also dephases. Records with values that cannot be do occur; nothing is
estimated from them.""",
        helps=("correct the value, or take another record",),
    ),
    Code(
        "QC0615",
        "the characterization is of `{backend}`, which is no `{target}`",
        """A characterization belongs to a machine, and the circuit is being compiled for machines of another kind. The
figures are used all the same: ratios of errors are often alike. Expected fidelities and durations are then of no
machine that exists.""",
        helps=("compile for the machine it is of: `--target {backend}`",),
        severity="warning",
    ),
    Code(
        "QC0616",
        "`approx` cannot be {given}: the error of a circuit lies from 0 up to, but not at, 2",
        """`approx` bounds how far the compiled circuit may be from the program: the operator norm of the difference of
the two unitaries, once the global phase is taken out. It is 0 for equal circuits and never more than 2, so 2 would
allow anything. Probabilities of outcomes then differ by at most as much (in total variation), so 0.01 is a coarse
approximation already. 0, the default, is exact.""",
        helps=("give a small number such as 0.001, or leave it out",),
    ),
    Code(
        "QC0617",
        "`effort` cannot be {given}: it is a number of seconds above 0",
        """`effort` is how long level 3 may search, in seconds of one processor; the result depends on it but not on the
clock, so that equal efforts give equal circuits. Less than a second is enough for small circuits, and level 2 does not
search at all.""",
        helps=("give seconds, such as 10, or compile at level 2",),
    ),
    Code(
        "QC0618",
        "nothing is left of {circuits} at this level: kept gate by gate, as written",
        """No machine takes a circuit without gates. Where compiling finds that a circuit does nothing the measurement
could see (an echo that closes, gates that cancel, the first point of a scan), the circuit is not left out and the job
does not fail: it is written gate by gate, as -O0 does. Its pulses count and cost as any others.""",
        helps=("choose `-O0` to have every circuit of the job written so",),
        severity="note",
    ),
    Code(
        "QC0619",
        "no gate is left to send of {circuits}: {pair}, which cancel, stand for it",
        """No machine takes a circuit without gates, but preparing and measuring |0...0> is an experiment: a
calibration of the readout, the first point of a Rabi scan. Such a circuit is sent as two gates on its first qubit that
cancel exactly. Native ones are a quarter turn there and back, which the service runs as they are. Of `x`, `x` in a qis
circuit its own compiler makes what it likes. The two count and cost as any others.""",
        helps=("write the gates yourself in a `native {{ }}` block to choose which",),
        severity="note",
    ),
    Code(
        "QC0620",
        "`{flag}` has no effect: {reason}",
        """An option was chosen that changes nothing about this program. `--effort` bounds the search of -O3.
`--preserve outcomes` lets -O2 and -O3 leave out what the counts cannot show. A circuit of native gates is sent as it is
written where no machine is named, and compiled at -O0 for the machine whose gates it is written in, unless a level is
asked for.""",
        helps=("leave it out, or choose the level with `-O`",),
        cases={
            "reason": {
                "as written": "native gates are sent as they are written where no machine is named",
                "no search": "only -O3 searches, and this was compiled at -O{level}",
                "keeps all": "nothing is left out before -O2, and this was compiled at -O{level}",
            }
        },
        severity="note",
    ),
    Code(
        "QC0630",
        "`{name}` has not been compiled, so there is no machine to simplify it for",
        """`bind(..., simplify=True)` and `sweep(..., simplify=True)` compile a circuit once more when its parameters
have values, for the machine and under the contract it was compiled for before: a rotation by nothing goes, a quarter
turn takes fewer pulses. A circuit that was never compiled, or was edited since, has neither.""",
        helps=('bind first, then compile: `iq.compile(circuit.bind(theta=0), target="forte")`',),
    ),
    Code(
        "QC0631",
        "`{name}` has no unit of its own here: give it a plain number, not an angle",
        """A plain number bound to a parameter counts in radians where a qis gate takes it and in turns where a native
gate does; with `pi` beside it (`rx(theta*pi)`) it counts half turns. An angle such as `90*deg` stands for itself
instead, which has no meaning where one rotation depends on the parameter in both ways, as `rx(theta); rx(theta*pi)`
does once compiled.""",
        helps=("write the value as a number: `bind({name}=0.5)`",),
    ),
    Code(
        "QC0640",
        "the compiled circuit `{circuit}` differs from its source (deviation {deviation:.1g}, contract {preserve})",
        """Checking the result of a compilation (`--verify`) found that it does not do what the source does. This is a
fault of the compiler, never of your program, and nothing was emitted. Please report it with the source and the
options.""",
        helps=("report it, with the program and the options", "compile with `-O 0` meanwhile"),
    ),
    Code(
        "QC0641",
        "pass `{stage}` broke circuit `{circuit}`: {fault}",
        """After every pass of a checked compilation the circuit is examined: qubits in range and distinct, gates that
the table knows with the operands they take, barriers and verbatim rows untouched, and after the last pass only gates
and angles of the target. This is a fault of the compiler, never of your program, and nothing was emitted.""",
        helps=("report it, with the program and the options", "compile with `-O 0` meanwhile"),
    ),
    Code(
        "QC0642",
        "`{circuit}` could not be verified: {unchecked} (checked: {checked})",
        """`--verify` compares the compiled circuit with its source. Up to 10 qubits it compares whole unitaries. Wider
circuits are compared rotation by rotation: rotations that are equal cancel, and what differs is multiplied out on the
few qubits it acts on. That proves or disproves equality for any number of qubits, but it can get stuck where a compiled
circuit differs from its source on many qubits at once, as after a search (`-O 3`) or under `--preserve outcomes`. Up to
20 qubits random states are then simulated instead. Beyond, single qubits with few others in their past are compared,
which can show a fault but proves no equality. Where the extra `qcec` is installed, that checker is asked last. If it
does not know either, the circuit is compiled all the same, and this warning says what was and was not checked.""",
        helps=(
            "install a checker that might know: `pip install 'ionqdsl[{extra}]'`",
            "compile with `-O 2 --preserve measurement`",
            "or try the same program on fewer qubits",
        ),
        severity="warning",
    ),
    Code(
        "QC0643",
        "a small program that shows the fault was written to `{path}`",
        """Where the compiler finds that it has compiled a program wrongly, it looks for a shorter program with the
same fault and writes it to a file, with the compiled result and the command that repeats it. The file holds nothing
but gates of your program: look whether you may pass it on, and report it.""",
        helps=("repeat the fault: `{command}`",),
        severity="note",
    ),
    Code(
        "QC0644",
        "no program that shows the fault could be written, neither here nor in `{folder}`",
        """Where the compiler finds that it has compiled a program wrongly, it writes a small program with the same
fault, so that it can be reported. Neither the current folder nor the one for temporary files could be written to.""",
        helps=("run the same command in a folder that can be written to",),
        severity="note",
    ),
)
