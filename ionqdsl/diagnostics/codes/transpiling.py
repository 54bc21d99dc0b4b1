"""Diagnostics about passes, native gates and the check of their result."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

TRANSPILING: tuple[Code, ...] = (
    Code(
        "QC0600",
        "terms of this `pauliexp` do not commute: {first} and {second}",
        """`pauliexp(time, operator)` is exp(-i * time * operator). If all terms of the operator commute, that is the
product of one rotation for each term, in any order, and the compiler writes it exactly. Two Pauli products commute if
they have different letters (X and Z, say) on an even number of qubits. If terms do not commute, no short circuit gives
the exponential exactly, and the compiler never approximates without being asked.

`steps = n` asks for n Trotter steps, each the product of the terms in the order they are written, with time/n. The
program then means that circuit, exactly. The difference from the exponential shrinks like 1/n; with `order = 2` or
`order = 4` like 1/n**2 or 1/n**4.""",
        helps=("ask for Trotter steps: `pauliexp(time, operator, steps = 10)`",),
        example="qubit q[2]\npauliexp(0.1, X[0] + Z[0]*Z[1]) q\n",
        fixed="qubit q[2]\npauliexp(0.1, X[0] + Z[0]*Z[1], steps = 4) q\n",
    ),
    Code(
        "QC0601",
        "this `pauliexp` has {steps:step} of {terms:term}: a circuit may have {most} rows",
        """Every term of every Trotter step becomes at least one gate. Their number is bounded, so that any file
compiles in bounded time and memory. The error of first-order steps shrinks like 1/steps, and machines run a few hundred
gates before noise dominates. `order = 2` needs fewer steps for the same error.""",
        helps=("take fewer steps",),
        example="qubit q[2]\npauliexp(0.1, X[0] + Z[0], steps = 9000000) q[0]\n",
        fixed="qubit q[2]\npauliexp(0.1, X[0] + Z[0], steps = 9) q[0]\n",
    ),
    Code(
        "QC0602",
        "`{gate}` has an angle of {value} turns in a verbatim block, but `{target}` takes {range}",
        """Machines limit the angles of two-qubit gates: `ms` takes 0 to 1/4 turn, the native `zz` up to 1/4. Outside
verbatim blocks the compiler folds other angles exactly into the range: a negative angle of `ms` becomes half a turn on
one of its phases, and half turns of the two-qubit gate become pulses. A verbatim block is sent exactly as it is
written, so its angles must be in range.""",
        cases={"range": {"open": "more than {low} to {high}", "closed": "{low} to {high}"}},
        helps=("write an angle in range, or move the gate out of the block, where the compiler folds the angle",),
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
        "target `{target}` has no two-qubit gate",
        """Native compilation writes two-qubit gates as `ms` or `zz`. The target has neither, so nothing that entangles
qubits can be compiled for it. This happens if the service reports gates of a machine unknown to this version.""",
        helps=("send qis gates with `--target qis`, or compile for a known machine with `--target forte`",),
    ),
    Code(
        "QC0604",
        "a `pauliexp` with Trotter steps has no power {exponent}",
        """With `steps = n`, `pauliexp` is a product of many rotations that do not commute, and only its whole powers
can be written: `pow(2)` repeats it, `inv` reverses it. To evolve for another time, change the time.""",
        helps=("change the time instead: `pauliexp({exponent} * time, ...)`",),
        example="qubit q\npow(0.5) @ pauliexp(0.1, X[0] + Z[0], steps = 4) q\n",
        fixed="qubit q\npauliexp(0.05, X[0] + Z[0], steps = 4) q\n",
    ),
    Code(
        "QC0610",
        "native gates were translated, because `{target}` does not have them: {gates}",
        """The circuit, or a `native { }` block in it, uses native gates of another machine. The translation is exact:
the unitary stays the same, but the pulses are no longer those you wrote. If the pulses themselves matter, as in
calibration and benchmarking, run the program on the machine it was written for. Aria machines have `ms`, Forte machines
`zz`; all have `gpi` and `gpi2`.""",
        helps=("choose a machine that has them, or write the circuit in qis gates",),
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
        "`nop` was left out: qis circuits cannot wait",
        """`nop(time)` makes the ions wait. It does not change an ideal state, but a program that measures decay depends
on it. The gateset qis has no such instruction, so it was left out; compile for a native target to keep it.""",
        helps=("compile for a native target: `--target forte`",),
        severity="warning",
    ),
    Code(
        "QC0612",
        "`{path}` is not a characterization: {reason}",
        """A characterization says how well a machine works: the fidelities and durations of its gates. The service
measures its machines regularly and publishes the records, readable without a key, at
`https://api.ionq.co/v0.4/backends/BACKEND/characterizations`. The file is that answer, or one of the records in it:

    {"backend": "qpu.forte-1",
     "fidelity": {"1q": {"median": 0.9998}, "2q": {"median": 0.995}, "spam": {"median": 0.99}},
     "timing": {"1q": 0.00013, "2q": 0.00095, "readout": 0.00015, "reset": 0.00005, "t1": 100, "t2": 1}}

Other keys are ignored. Of several records the one with the latest date counts.""",
        helps=("name a file with the service's record, or write one: `ionqdsl explain QC0612` shows its form",),
    ),
    Code(
        "QC0613",
        "the characterization `{path}` has no `{key}`",
        """The expected fidelity of a circuit is the product of the fidelities of its gates, so those of one- and
two-qubit gates are required. The others are optional: without `timing` there are no durations; without `t1` and `t2`,
idling counts as perfect; without `spam`, so do preparation and readout. The report names the missing values.""",
        helps=("add it: `ionqdsl explain QC0612` shows where",),
    ),
    Code(
        "QC0614",
        "`{key}` in the characterization `{path}` has an impossible value: {reason}",
        """Fidelities are fractions above 0 and up to 1 (0.996, not 99.6), times are seconds (0.0006, not 600), and T2
is at most twice T1, because relaxation also dephases. The service has published records with impossible values. ionqdsl
estimates nothing from them.""",
        helps=("correct the value, or take another record",),
    ),
    Code(
        "QC0615",
        "the characterization describes `{backend}`, but the target is `{target}`",
        """A characterization belongs to a machine, and the circuit is compiled for machines of another kind. The
compiler uses the figures all the same, because the ratios of errors are often similar. But no real machine has the
expected fidelities and durations.""",
        helps=("compile for the machine it describes: `--target {backend}`",),
        severity="warning",
    ),
    Code(
        "QC0616",
        "`approx` cannot be {given}: it must be at least 0 and less than 2",
        """`approx` bounds the distance of the compiled circuit from the program: the operator norm of the difference of
the two unitaries, global phase removed. The distance is 0 for equal circuits and never more than 2, so 2 would allow
anything. The probabilities of outcomes differ by at most the same bound (in total variation), so 0.01 is already a
coarse approximation. The default, 0, is exact.""",
        helps=("give a small number such as 0.001, or leave it out",),
    ),
    Code(
        "QC0617",
        "`effort` cannot be {given}: it is a number of seconds above 0",
        """`effort` bounds the search of level 3, in seconds of one processor. It is turned into a number of steps, so
that equal efforts give equal circuits on every computer. Less than a second is enough for small circuits, and level 2
does not search.""",
        helps=("give seconds, such as 10, or compile at level 2",),
    ),
    Code(
        "QC0618",
        "this level would remove every gate of {circuits}, so the gates are kept as written",
        """No machine takes a circuit without gates. The compiler removes gates that do not affect the outcomes, and in
some circuits these are all gates: an echo, gates that cancel, the first point of a scan. Such a circuit is compiled
gate by gate instead, as at -O0. Its pulses cost as much as any others.""",
        helps=("choose `-O0` to compile every circuit of the job in this way",),
        severity="note",
    ),
    Code(
        "QC0619",
        "{circuits} would have no gates: {pair}, which cancel, take their place",
        """No machine takes a circuit without gates, but preparing and measuring |0...0> is an experiment: a calibration
of the readout, the first point of a Rabi scan. Such a circuit is sent as two gates on its first qubit that cancel
exactly. In a native circuit they are a quarter turn there and back, which the service runs as they are. In a qis
circuit they are `x`, `x`, and the service's compiler decides how to run these. The two gates cost as much as any
others.""",
        helps=("write the gates yourself in a `native {{ }}` block to choose which",),
        severity="note",
    ),
    Code(
        "QC0620",
        "`{flag}` has no effect: {reason}",
        """The option changes nothing about this program. `--effort` bounds the search of -O3. `--preserve outcomes`
lets -O2 and -O3 leave out gates that the counts cannot show. A circuit of native gates is sent as it is written if no
machine is named; for the machine whose gates it uses, it is compiled at -O0 unless a level is given.""",
        helps=("leave it out, or choose the level with `-O`",),
        cases={
            "reason": {
                "as written": "without a machine, native gates are sent as they are written",
                "no search": "only -O3 searches, and this was compiled at -O{level}",
                "energy": "without noise an energy is that of the circuit as it is written",
                "keeps all": "nothing is left out before -O2, and this was compiled at -O{level}",
            }
        },
        severity="note",
    ),
    Code(
        "QC0630",
        "`{name}` has not been compiled, so there is no machine to simplify it for",
        """`bind(..., simplify=True)` and `sweep(..., simplify=True)` compile a circuit again once its parameters have
values, for the machine and under the contract it was compiled for before: a rotation by 0 is removed, and a quarter
turn takes fewer pulses. A circuit that was never compiled, or was edited since, has neither machine nor contract.""",
        helps=('bind first, then compile: `iq.compile(circuit.bind(theta=0), target="forte")`',),
    ),
    Code(
        "QC0631",
        "`{name}` has no single unit here: give it a plain number, not an angle",
        """A plain number bound to a parameter counts in radians in a qis gate and in turns in a native gate; multiplied
by `pi` (`rx(theta*pi)`) it counts half turns. An angle such as `90*deg` brings its own unit, which has no meaning if
one rotation uses the parameter in both ways, as `rx(theta); rx(theta*pi)` does once compiled.""",
        helps=("write the value as a number: `bind({name}=0.5)`",),
    ),
    Code(
        "QC0632",
        "{what} is not preserved: the circuit was compiled under `{contract}`",
        """The contract `registers` keeps the outcomes of the registers and nothing else. Other qubits may end in any
state, and on a machine that does not connect every pair, qubits may end at other places.""",
        helps=("take the circuit before it was compiled", 'compile that with `preserve="permuted"`'),
    ),
    Code(
        "QC0633",
        "`{circuit}` has {qubits:qubit}, more than the {most} of {where}; with reuse it fits on {narrow:wire}",
        """A qubit that is measured after its last gate leaves its wire to another qubit. `--reuse` compiles circuits in
this way, for machines that measure and reset qubits in the middle of a circuit. It keeps the outcomes of the registers.
Such circuits are sent in abstract gates.""",
        helps=(
            "compile it with `--target qis --reuse`",
            "name the qubits to read, since only registers are kept: `register {unread} = q`",
        ),
        severity="note",
    ),
    Code(
        "QC0640",
        "the compiled circuit `{circuit}` differs from its source (deviation {deviation:.1g}, contract {preserve})",
        """The check of the compiled circuit (`--verify`) found that it is not equivalent to the source. This is a bug
in the compiler, never in your program, and nothing was written. Please report it with the source and the options.""",
        helps=("report it, with the program and the options", "compile with `-O 0` meanwhile"),
    ),
    Code(
        "QC0641",
        "pass `{stage}` broke circuit `{circuit}`: {fault}",
        """A checked compilation examines the circuit after every pass: its qubits are in range and distinct, its gates
are known and have the right number of operands, barriers and verbatim rows are unchanged, and after the last pass only
gates and angles of the target are left. This is a bug in the compiler, never in your program, and nothing was
written.""",
        helps=("report it, with the program and the options", "compile with `-O 0` meanwhile"),
    ),
    Code(
        "QC0642",
        "`{circuit}` could not be verified: {unchecked} (checked: {checked})",
        """`--verify` compares the compiled circuit with its source. Up to 10 qubits it compares whole unitaries. Wider
circuits are compared rotation by rotation: equal rotations cancel, and the others are multiplied out on the few qubits
they act on. That proves or disproves equality for any number of qubits, but it can get stuck if a compiled circuit
differs from its source on many qubits at once, as after a search (`-O 3`) or under `--preserve outcomes`. Then the
strings that the rotations are about are compared, with all Clifford gates at the end, and sums over paths, which can
prove equality, in steps by way of circuits between the two. If all get stuck, random states are simulated up to 20
qubits.
Beyond that, single qubits that few others affect are compared, which can reveal a fault but cannot prove equality. If
the extra `qcec` is installed, that checker comes last. If it cannot decide either, the circuit is compiled all the
same, and this warning names the checks made and those left out.""",
        helps=(
            "install a checker that might know: `pip install 'ionqdsl[{extra}]'`",
            "compile with `-O 2 --preserve measurement`",
            "try the same program on fewer qubits",
        ),
        severity="warning",
    ),
    Code(
        "QC0643",
        "a small program that shows the fault was written to `{path}`",
        """If the compiler finds that it compiled a program wrongly, it looks for a shorter program with the same fault
and writes it to a file, with the compiled result and the command that repeats the fault. The file contains gates of
your program: check that you may share it, then report it.""",
        helps=("repeat the fault: `{command}`",),
        severity="note",
    ),
    Code(
        "QC0644",
        "no program that shows the fault could be written, neither here nor in `{folder}`",
        """If the compiler finds that it compiled a program wrongly, it writes a small program with the same fault, for
a report. Neither the current folder nor the folder for temporary files is writable.""",
        helps=("run the same command in a writable folder",),
        severity="note",
    ),
    Code(
        "QC0660",
        "no cluster answers at `{address}`: {reason}",
        """`--cluster` names the scheduler of a Dask cluster. The scheduler prints its address when it starts, such as
`tcp://10.0.0.1:8786`. It must be reachable from this computer, and firewalls often close its port.""",
        helps=(
            "start one with `dask scheduler`, and workers with `dask worker ADDRESS`",
            "leave out `--cluster`, to use the processors of this computer",
        ),
    ),
    Code(
        "QC0661",
        "a worker has version {there} of ionqdsl, and this process has {here}",
        """Different versions may compile a circuit to different gates. With one version everywhere, the results are the
same whichever worker computes them.""",
        helps=("install `ionqdsl=={here}` in the environment of the workers",),
    ),
    Code(
        "QC0662",
        "the executor lost the work: {reason}",
        """Dask starts work again on another worker if its worker ends, and gives up if several workers have ended with
the same work, or if its scheduler has ended. A pool of `concurrent.futures` takes no more work after it was closed, or
after one of its processes has ended. Workers often end because they need more memory than they have.

Nothing was sent to IonQ and nothing was changed, so you can repeat the command.""",
        helps=("start workers with more memory, such as `dask worker ADDRESS --memory-limit 8GB`, or a new pool",),
    ),
    Code(
        "QC0668",
        "the other processes of this computer ended again and again, with {ended}",
        """Work that one process lost is given to a new one, a few times. A system that runs out of memory ends the
process that uses most of it, often with signal 9. An exit code means that Python ended by itself: its own message is
above this one.

Nothing was sent to IonQ and nothing was changed, so you can repeat the command.""",
        helps=("use this process alone: `-j 1`, or no `executor`", "use fewer qubits, operations or shots"),
    ),
)
