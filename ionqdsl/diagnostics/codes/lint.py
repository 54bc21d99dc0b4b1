"""Diagnostics: what the linter finds. Such programs compile and run; they may not do what was meant."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

LINT: tuple[Code, ...] = (
    Code(
        "QC1001",
        "the unit of `{number}` is not written: it means radians",
        """A plain number means radians in an abstract gate and turns in a native one. Who reads `rx(0.5)` has to know
that; degrees, turns and half turns are all in use elsewhere. A unit says it: `0.5rad` is the same angle, exactly.
Multiples of `pi` speak for themselves, names and zero are left alone, and so are native gates, which take turns
wherever they are documented.""",
        helps=("write the unit: `rad`, `deg` or `turn`",),
        example="qubit q\nrx(0.5) q\n",
        fixed="qubit q\nrx(0.5rad) q\n",
        severity="note",
    ),
    Code(
        "QC1002",
        "`{gate}` turns by {number} {unit}, more than a full turn: are degrees meant?",
        """A plain number means radians in an abstract gate and turns in a native one, and more than a full turn is
rarely meant: 90 radians are 14 turns and 117 degrees. A unit makes it plain: `90deg`, or `90rad` if it is meant as it
stands. This is not corrected by itself, because the correction would be another program.""",
        helps=("write `deg` behind the number, or the unit that is meant",),
        example="qubit q\nrx(90) q\n",
        fixed="qubit q\nrx(90deg) q\n",
        severity="warning",
    ),
    Code(
        "QC1003",
        "`{name}` is declared and never used",
        """No statement of the circuit mentions these qubits. They are sent and measured all the same: every outcome has
a character for them that is always 0, and a machine needs to be that much larger. Taking the declaration away makes the
outcomes shorter, so that is left to you.""",
        helps=("take it out, or use it",),
        example="qubit q[2], spare\nh q\n",
        fixed="qubit q[2]\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1004",
        "the {what} is never used",
        """A value is asked for, and nothing depends on it: whoever sets it sees no change. Often another name was meant
in the body, or the parameter was left over. Taking it out changes how the gate or circuit is called, so that is left to
you.""",
        helps=("take it out, or use it",),
        example="gate tilt(theta, phi) a { rx(theta) a }\nqubit q\ntilt(0.1rad, 0.2rad) q\n",
        fixed="gate tilt(theta) a { rx(theta) a }\nqubit q\ntilt(0.1rad) q\n",
        severity="warning",
    ),
    Code(
        "QC1005",
        "`{name}` is defined and never used",
        """Nothing in the program depends on this constant or Hamiltonian. It may be left over, or another name was
meant where it should stand. Files that only define things for others to include may define what they like.""",
        helps=("take it out, or use it",),
        example="const n = 3\nqubit q[2]\nh q\n",
        fixed="qubit q[2]\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1006",
        "gate `{name}` is defined and never applied",
        """Neither a circuit nor a gate that one uses applies it. Keep gates that are for several programs in a file
that they include: there, nothing is said about gates that one program does not need.""",
        helps=("take it out, apply it, or move it to a file of its own",),
        example="gate flip a { x a }\nqubit q\nh q\n",
        fixed="gate flip a { x a }\nqubit q\nh q\nflip q\n",
        severity="warning",
    ),
    Code(
        "QC1007",
        "the alias `{name}` is never used",
        """`let` gives qubits another name and does nothing else, so without a use it has no effect. Perhaps the longer
spelling stands where the alias should.""",
        helps=("take it out, or use it",),
        example="qubit q[4]\nlet half = q[0:2]\nh q\n",
        fixed="qubit q[4]\nlet half = q[0:2]\nh q\nz half\nh half\n",
        severity="warning",
    ),
    Code(
        "QC1008",
        "nothing in `{path}` is used",
        """None of the constants, gates, circuits and Hamiltonians that this file and those it includes define is
mentioned here. Reading it costs time and ties the program to a file it does not need.""",
        helps=("take the `include` out",),
        severity="warning",
    ),
    Code(
        "QC1009",
        "`{gate}` does nothing",
        """A rotation by nothing, or a gate to the power 0, is the identity, whatever controls it has. It costs nothing
either, since the compiler drops it, but a reader looks for its reason. A value that is only sometimes 0 stands behind a
name, about which nothing is said; for a wait there is `nop`, and `barrier` keeps gates apart.""",
        helps=("take it out",),
        example="qubit q\nh q\nrx(0) q\n",
        fixed="qubit q\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1010",
        "`{gate}` is undone by the next statement",
        """Two neighbouring statements are each other's inverse: together they do nothing, and the optimiser takes both
out. To keep them on purpose, as echoes and benchmarks do, put them into a `verbatim` block, which is sent exactly as
written and about which nothing is said.""",
        helps=("take both out, or put them into `verbatim {{ ... }}`",),
        example="qubit q[2]\nh q\ncnot q[0], q[1]\ncnot q[0], q[1]\n",
        fixed="qubit q[2]\nh q\nverbatim { cnot q[0], q[1]; cnot q[0], q[1] }\n",
        severity="warning",
    ),
    Code(
        "QC1011",
        "`{gate}` cannot be seen: only phases change before the measurement",
        """All qubits are measured in the Z basis at the end. A diagonal gate (`z`, `rz`, `cz`, `zz` and their kin)
behind which no other gate follows changes phases that this measurement does not show: with it and without it, the
outcomes are the same. Was another gate meant to follow, an `h` for instance, or the measurement to be in another basis?
Gates in `verbatim` blocks are left alone.""",
        helps=("take it out, or change the basis behind it, with `h` for instance",),
        example="qubit q\nh q\ns q\n",
        fixed="qubit q\nh q\ns q\nh q\n",
        severity="note",
    ),
    Code(
        "QC1012",
        "the simulator without noise ignores `shots`",
        """IonQ's ideal simulator works out the exact probabilities and samples nothing, so the number of shots changes
neither the answer nor its cost. A noise model makes it count: every shot is then simulated by itself. On this computer
`ionqdsl run` does sample.""",
        helps=('leave it out, or add noise: `noise {{ model = "aria-1" }}`',),
        example='job { backend = "simulator"; shots = 1000 }\nqubit q\nh q\n',
        fixed='job { backend = "simulator" }\nqubit q\nh q\n',
        severity="note",
    ),
    Code(
        "QC1013",
        "whether `{backend}` debiases is left to the service",
        """Debiasing spreads the shots of a job over several variants of its circuit, which costs time, and its results
can be aggregated in more than one way. For jobs of at least 500 shots the service has a default: on for abstract
circuits, off for native ones, and that is its to change. Say which, and the same file means the same tomorrow.""",
        helps=("write `settings {{ error_mitigation {{ debiasing = true }} }}`, or false, into the job",),
        example='job { backend = "qpu.forte-1"; shots = 1000 }\nqubit q\nh q\n',
        fixed='job {\n  backend = "qpu.forte-1"\n  shots = 1000\n'
        "  settings { error_mitigation { debiasing = false } }\n}\nqubit q\nh q\n",
        severity="note",
    ),
    Code(
        "QC1014",
        "no gate acts on {qubits}",
        """The register is used, but these qubits of it never are. They are measured as 0 every time, make outcomes
longer and the machine that is needed larger. Often a loop ends one too early, or the register is one too large.""",
        helps=("make the register smaller, or look at the bounds of the loops",),
        example="qubit q[3]\nh q[0]\nfor i in range(1) { cnot q[i], q[i + 1] }\n",
        fixed="qubit q[3]\nh q[0]\nfor i in range(2) { cnot q[i], q[i + 1] }\n",
        severity="warning",
    ),
    Code(
        "QC1015",
        "this {what} is empty",
        """Nothing stands between its braces, so it has no effect. It may be left over, or its contents ended up behind
it.""",
        helps=("take it out, or fill it",),
        example="qubit q[2]\nh q\nfor i in range(2) { }\n",
        fixed="qubit q[2]\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1016",
        "`{name}` hides another `{name}`",
        """Inside this block the name means something else than around it. That is allowed, and easily misread: after
the block the outer value is back. Two names keep them apart.""",
        labels={"first": "the one it hides"},
        helps=("choose another name",),
        example="const k = 2\nqubit q[3]\nrx(k*pi/7) q\nfor k in range(3) { ry(k*pi/7) q[k] }\n",
        fixed="const k = 2\nqubit q[3]\nrx(k*pi/7) q\nfor i in range(3) { ry(i*pi/7) q[i] }\n",
        severity="warning",
    ),
    Code(
        "QC1017",
        "`verbatim` around the single gate `{gate}`",
        """A `verbatim` block keeps the order and the number of its gates, and is a barrier for everything around it.
With one gate inside there is no order to keep; what remains is the barrier, and a gate that is never merged with its
neighbours, which makes circuits longer. For the barrier alone, write `barrier`.""",
        helps=("take the gate out of the block, or write `barrier` if a barrier is meant",),
        example="qubit q\nh q\nverbatim { x q }\nh q\n",
        fixed="qubit q\nh q\nx q\nh q\n",
        severity="note",
    ),
    Code(
        "QC1018",
        "every outcome of this circuit is 0: its gates only change phases",
        """All qubits begin as 0, and none of the gates (`z`, `s`, `rz`, `zz` and their kin are diagonal) changes that,
so the measurement shows zeros, whatever the angles. Simulators and machines may even refuse a circuit without effect. A
superposition first, an `h` on each qubit, makes phases matter; seeing them takes another `h` at the end.""",
        helps=("begin with `h`, and look at the phases with `h` at the end",),
        example="qubit q\ns q\n",
        fixed="qubit q\nh q\ns q\nh q\n",
        severity="warning",
    ),
    Code(
        "QC1019",
        "this comment switches {codes} off, which finds nothing here",
        """`# lint: off QC1001` behind a statement, or on a line of its own above it, keeps the linter quiet about that
line; `# lint: off-file QC1001` about the whole file. This one has nothing to keep quiet about: the finding is gone, or
the code is not the right one. Left standing, it would hide the next one.""",
        helps=("take the comment out",),
        example="qubit q\nh q  # lint: off QC1001\n",
        fixed="qubit q\nh q\n",
        severity="warning",
    ),
)
