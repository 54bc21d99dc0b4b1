"""Diagnostics about questions to results, such as mean values of operators."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

OUTCOMES: tuple[Code, ...] = (
    Code(
        "QC0950",
        "`{operator}` is not an operator on this circuit: {reason}",
        """Means are taken of real sums of Pauli products, written as in a `hamiltonian` (`Z[0]*Z[1] + 0.5*Z[2]`, where
`Z[0]` acts on the first qubit) or with one letter per qubit, the leftmost for the first: `ZZI + 0.5*IIZ`. A sum may mix
both forms. It can only act on qubits that the circuit has.""",
        helps=("use the qubits {indices}",),
        otherwise="write `Z[0]*Z[1]`, or one letter per qubit: `ZZI`",
    ),
    Code(
        "QC0951",
        "the outcomes say nothing about `{term}`: {qubit} was measured in the {own} basis",
        """Counts say how often each bit string was measured. They give the mean of every product of measured letters,
Z for all qubits unless the run named a basis: its value is +1 or -1 for each bit string. The other letters do not
commute with this measurement: the counts do not contain their means, and any number shown for one would be wrong.

`circuit.expectation(operator)` and an `energy` measure in every basis that the operator needs and add the terms up. One
basis is `iq.run(circuit, basis="XZ")`. You can also change the basis yourself: an `h` at the end of the circuit turns X
into Z, and `si` followed by `h` turns Y into Z. Then take the mean of the product of Z.""",
        helps=(
            'in Python, measure in this basis: `iq.run(circuit, basis="{basis}")`',
            "let an `energy` measure it in all bases that it needs",
        ),
    ),
    Code(
        "QC0952",
        "plotting needs matplotlib, which is not installed",
        """Histograms in the terminal and as SVG need no extra package. `iq.plot(result)` draws with matplotlib, which
is large and therefore optional.""",
        helps=("install it with `pip install 'ionqdsl[plot]'`",),
    ),
    Code(
        "QC1180",
        "{what} needs {package}, which is not installed",
        """Packages that only some users need are extras of ionqdsl, so that the compiler stays small and starts
quickly. Everything else works without them.""",
        helps=("install it with `pip install 'ionqdsl[{extra}]'`",),
    ),
    Code(
        "QC1181",
        "there are no outcomes to plot",
        """Histograms and curves show shares of measured bit strings. A dry run has none, the energy of a job is a
single number, and a circuit whose job failed has no result.""",
        helps=("choose results with outcomes: `results[0:2]`",),
    ),
    Code(
        "QC1182",
        "{what} needs a circuit in the native gates of one machine, and `{name}` is not",
        """Twirling puts pulses around each two-qubit gate, and folding repeats gates exactly. Both are about the gates
that a machine runs: a later compilation would undo them. Compile the circuit first; the result is a block that no level
of the optimiser changes.""",
        helps=('compile it first: `ionqdsl.compile(circuit, target="forte")`',),
    ),
    Code(
        "QC1183",
        "the calibration is of {count:qubit}, and `{name}` has {qubits}",
        """A readout calibration holds the errors of each qubit, in the order of the program's qubits. It fits results
of circuits with the same number of qubits, measured on the same machine.""",
        helps=("calibrate again: `ionqdsl calibrate --qubits {qubits} -o FILE`",),
    ),
    Code(
        "QC1184",
        "{path} is not a readout calibration: {reason}",
        """`ionqdsl calibrate` writes a small JSON object: its kind and version, the backend, the shots, and for each
qubit the probabilities of reading 1 after preparing 0 and of reading 0 after preparing 1. Each is below one half.""",
        helps=("measure one with `ionqdsl calibrate --qubits 4 -o FILE`",),
    ),
    Code(
        "QC1185",
        "`{name}` has {qubits} qubits; readout errors are corrected for at most {most}",
        """The correction computes with the probabilities of all bit strings, 2 to the number of qubits.""",
        helps=("leave the correction out, or declare at most {most} qubits in the circuit",),
    ),
    Code(
        "QC1186",
        "these results cannot be merged: they are of {count} kinds",
        """Counts can be added if all results are of circuits that mean the same, such as twirled ones: with the same
qubits, the same registers and the same order of bits.""",
        helps=("choose results that belong together: `results[0:8].merged()`",),
    ),
    Code(
        "QC1187",
        "the outcomes of `{name}` are not known shot by shot",
        """A list of shots exists for jobs on a QPU, and on the service's simulator with a noise model. The ideal
simulator computes probabilities, and the local machine draws counts, which have no order. Shots of error mitigation
are combined from several circuits.""",
        helps=("read the counts instead: `result.counts`, or `--format table` in the command",),
    ),
)
