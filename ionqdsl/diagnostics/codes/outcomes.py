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
        helps=("write `Z[0]*Z[1]`, or one letter per qubit: `ZZI`",),
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
        "QC0953",
        "{what} needs {package}, which is not installed",
        """Packages that only some users need are extras of ionqdsl, so that the compiler stays small and starts
quickly. Everything else works without them.""",
        helps=("install it with `pip install 'ionqdsl[{extra}]'`",),
    ),
    Code(
        "QC0954",
        "there are no outcomes to plot",
        """Histograms and curves show shares of measured bit strings. A dry run has none, the energy of a job is a
single number, and a circuit whose job failed has no result.""",
        helps=("choose results with outcomes: `results[0:2]`",),
    ),
)
