"""Diagnostics of the local machine."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

MACHINE: tuple[Code, ...] = (
    Code(
        "QC0650",
        "`{circuit}` has {qubits} qubits, and the local machine simulates at most {limit}",
        """A simulator keeps one complex number for every bit string, so every further qubit doubles both memory and
time: 20 qubits take 16 MiB, 29 qubits 8 GiB. The service's own simulator has the same limit, 29 qubits. A run takes
more if all gates are Clifford gates (`h`, `s`, `cnot` and all that they make), if the values of the other qubits are
known, or without noise and measurements in the middle if the qubits are little entangled.

Try the program on fewer qubits first (a `circuit` with a parameter for the size makes that easy), compile it without
running it (`ionqdsl compile`), or send it to a QPU, which is limited only by the number of its qubits.""",
        helps=("run a smaller version here, or compile it for a QPU with `ionqdsl compile`",),
        example="qubit q[30]\nh q\n",
        fixed="qubit q[10]\nh q\n",
    ),
    Code(
        "QC0651",
        "simulating the {qubits} qubits of `{circuit}` needs {needed} of memory, and {free} are free",
        """The state of n qubits is 2^n complex numbers of 16 bytes, and the simulator needs about as much again while
it works (twice that with a noise model). It checks the free memory before it begins, because a computer that swaps
would take hours instead of seconds.

Each qubit fewer halves the memory. Otherwise close other programs, use a larger computer, or let the service simulate:
`--backend simulator` takes 29 qubits.""",
        helps=("let the service simulate with `--backend simulator`, or use fewer qubits: each one halves the memory",),
    ),
    Code(
        "QC0652",
        "`{circuit}` cannot run: no value for {names}",
        """Parameters may stay open while a program is compiled, but a simulation needs numbers. The error names every
parameter (or expression of parameters) without a value, and points at the first gate that uses one.

Give a value on the command line (`--set theta=0.3`), in the program (`param theta = 0.3`), or from Python
(`circuit.bind(theta=0.3)`).""",
        label="this gate needs a value",
        helps=("give a value with `--set NAME=VALUE`",),
    ),
    Code(
        "QC0653",
        "the {matrix} matrix of the {qubits} qubits of `{circuit}` needs {needed} of memory, and {free} are free",
        """A unitary matrix and a density matrix of n qubits have 4^n complex numbers of 16 bytes, and computing one
needs about as much again: 10 qubits take 32 MiB, 14 qubits 8 GiB. States grow only with 2^n.

Exact probabilities under noise need the density matrix; without `exact`, shots are simulated one error pattern at a
time, and 20 qubits fit easily. To compare two circuits that are too wide for their unitaries, compare their states.""",
        helps=("sample shots instead of exact noisy probabilities, or use the state, which takes far less",),
    ),
    Code(
        "QC0654",
        "the error rates of the noise model `{model}` are not public, so it cannot be simulated locally",
        """The rates of `aria-1`, `aria-2` and `forte-1` are published, and the local machine uses them: depolarizing
noise after every one- and two-qubit gate. The rates of `harmony` (an older formula) and `forte-enterprise-1`
(announced) are known to the service only.

Send the same program, unchanged, to the service's simulator. For a local run choose a model with public rates.""",
        helps=(
            "send it unchanged to the service with `--backend simulator`",
            "choose `aria-1`, `aria-2`, `forte-1` or `ideal` for the local machine",
        ),
        example='job { noise { model = "harmony" } }\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n',
        fixed='job { noise { model = "aria-1" } }\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n',
    ),
    Code(
        "QC0655",
        "the noise model `{model}` acts on native gates, and the circuit still has `{gate}`",
        """Noise comes from the pulses of a machine, so a noise model applies to each gate of the native circuit of its
machine. `ionqdsl run` and `ionqdsl.run` compile first; only `ionqdsl.simulation.simulate.run` takes circuits as they
are.

If you called that function yourself, compile first: `iq.compile(circuit, target="aria")`. If not, this is a bug in
ionqdsl: please report it.""",
        helps=('compile the circuit first: `iq.compile(circuit, target="aria")`',),
    ),
    Code(
        "QC0656",
        "the answer contains an outcome `{state}`, which the {qubits} qubits of `{circuit}` cannot have",
        """The service names outcomes by decimal numbers from 0 to 2^n - 1 for n qubits; the least significant bit is
qubit 0. This outcome is not such a number, so the answer is for another circuit or in a format that this version does
not know. Guessing could give wrong counts, so nothing is shown.

If you fetched the answer by job id, check that the job is the one of this circuit.""",
        helps=("check that the answer belongs to this circuit",),
    ),
    Code(
        "QC0657",
        "cannot draw {shots} shots",
        """A run needs at least 1 shot. Zero is allowed if the answer is exact probabilities: without noise, or with
`exact=True`. Negative numbers are never allowed.""",
        helps=("ask for at least 1 shot",),
    ),
    Code(
        "QC0658",
        "`{circuit}` has {qubits} qubits, and the machine of the noise model `{model}` has {limit}",
        """A noise model imitates a machine, and a wider circuit could not run on that machine. The service refuses such
a job, and so does the local machine.

Choose the model of a larger machine (`forte-1` has the most), or leave the model out.""",
        helps=("choose the model of a larger machine, or leave it out",),
        example='job { noise { model = "aria-1" } }\nqubit q[26]\nh q\n',
        fixed='job { noise { model = "aria-1" } }\nqubit q[6]\nh q\n',
    ),
    Code(
        "QC0659",
        "the exact distribution of `{circuit}` has more than {limit} {what}",
        """An exact distribution has a number for every outcome, and each qubit in a superposition doubles their number.
Each outcome of a measurement before the end, and of a reset of a qubit that is entangled or in a superposition, doubles
the number of branches that an exact computation follows.

Shots follow only the branches that they take, and count only the outcomes that they have, however many there are.""",
        helps=("draw shots instead: leave out `--exact`, or give a number of shots",),
    ),
    Code(
        "QC0645",
        "`{circuit}` measures or resets qubits before the end, so it has no single {what}",
        """The state after a measurement depends on its outcome, and a reset discards the state of its qubit. Such a
circuit has a distribution of outcomes, which `run` shows, but no single final state, no unitary matrix, no Bloch
vectors and no gradient. It has mean values over all branches: `circuit.expectation`.""",
        label="here the state splits",
        helps=("run it, with shots or exactly: `--exact`",),
    ),
    Code(
        "QC0647",
        "`{name}` measures or resets qubits before the end, so it cannot be {what}",
        """Circuits of gates can be inverted, controlled and repeated. Nothing undoes a measurement or a reset, and each
measurement writes to a slot of its own.""",
        helps=("apply it to the circuits between the measurements",),
    ),
    Code(
        "QC0634",
        "`{name}` has gates that depend on outcomes, so it cannot be twirled",
        """Twirling puts pulses around each two-qubit gate. These would act even in the shots in which the gate does
not. No machine takes gates that depend on outcomes.""",
        helps=("compile it with `--defer`, and twirl the result",),
    ),
    Code(
        "QC0648",
        "a gate depends on the outcome in `{slot}`, and these rows contain no measurement of it",
        """A condition looks at the outcome of a measurement above it. A slice of a circuit, or a circuit from which
rows are deleted, must keep both or neither.""",
        helps=("keep the measurement, or leave out the gate",),
    ),
    Code(
        "QC0646",
        "`{name}` has outcomes of measurements before the end, whose readout errors are not corrected",
        """A calibration describes the measurement of all qubits at the end. A readout error in the middle can change
the gates that follow it, so no correction of the final distribution undoes it.""",
        helps=("correct `result.final`, the measurement at the end, alone",),
    ),
    Code(
        "QC0649",
        "simulated by the engine `{engine}`, because {reason}: {names}",
        """The local machine chooses how it simulates a circuit, and says so if that is no state vector. `--engine`,
in Python `engine=`, names another one.

`stabiliser`: a circuit of Clifford gates, measurements and resets needs no state vector. A table of Pauli products
describes the state of any number of qubits, and the outcomes have exactly the same distribution. It is chosen for
circuits that measure or reset qubits before the end, unless they are small, and for all that are too wide for a state
of all qubits. It applies noise models and conditions on outcomes as to every circuit. One gate that is not a Clifford
gate, such as `t` or `rz(0.3)`, needs another engine.

`mps`: a chain of tensors, a matrix product state, holds many qubits if each half of them is little entangled with the
other. It is chosen for circuits of other gates that are too wide for a state vector.""",
        severity="note",
    ),
    Code(
        "QC0663",
        "the engine `{engine}` cannot simulate `{circuit}`: {reason}",
        """Each engine holds the state in its own way, and so takes some circuits only: `statevector` up to 29 qubits
without noise, `stabiliser` only Clifford gates, `mps` neither noise nor measurements in the middle, `density` and
`trajectories` only circuits with noise. With `auto` the local machine chooses one that can.""",
        helps=("leave out the engine, and the local machine chooses one",),
    ),
    Code(
        "QC0664",
        "the qubits of `{circuit}` are too entangled for the engine `mps`, whose bonds have at most {limit} numbers",
        """A chain of tensors has a bond between neighbouring qubits, whose size grows with the entanglement of the
qubits on its left with those on its right. Larger bonds are cut. If all that was cut away could change the probability
of an event by more than 0.001, the simulation ends with this error rather than with a wrong result.

Circuits of few layers, and those that entangle qubits only with near ones in the order of their declaration, keep
small bonds.""",
        helps=("declare qubits that interact next to each other, use fewer layers, or at most 29 qubits",),
    ),
    Code(
        "QC0665",
        "the engine `mps` does not take `{gate}` on {qubits:qubit}",
        """The engine takes gates on two qubits, gates with any number of controls, and exponentials of Pauli products.
The exponential of a sum whose terms do not commute is none of these if it acts on more than two qubits.""",
        label="in this row",
        helps=("give `pauliexp` a number of Trotter steps: `steps=...`",),
    ),
    Code(
        "QC0666",
        "the probabilities of `{name}` are off by at most {error}: parts of its state were left out",
        """A chain of tensors leaves out the smallest parts of a state, so that its bonds stay small. The bound holds
for the probability of every event, such as one outcome, or a set of outcomes. It adds up all that was left out, so the
true difference is mostly far smaller. In results it is `truncation`.""",
        severity="note",
    ),
    Code(
        "QC0667",
        "the engine `{engine}` is one of this computer, and the job goes to `{backend}`",
        """Engines are the ways in which the local machine simulates. IonQ's simulator and its machines have none to
choose from, so the choice would have no effect on their results. Nothing was sent.""",
        helps=("leave out the engine, or run with the backend `local`",),
    ),
    Code(
        "QC0669",
        "a `pauliexp` is too long to be simulated: its time, times the sizes of its coefficients, is {size}",
        """The terms of this exponential do not commute. The local machine computes it exactly: for operators on up to
ten qubits by their eigenvectors, up to ten million, because the phases of longer times are lost in the rounding of
floats; for wider ones by a series, up to ten thousand.""",
        helps=("make the time shorter", "give `pauliexp` a number of Trotter steps: `steps = n`"),
    ),
    Code(
        "QC0670",
        "the coefficients of the operator add up to {size}, and the variance of its samples needs the square",
        """The standard error of a sampled energy comes from the squares of its values, and a float holds nothing above
1.8e308. The exact mean has no such limit below that number itself.""",
        helps=("measure the energy in a larger unit", "compute it exactly: leave out the shots, or use `--exact`"),
    ),
)
