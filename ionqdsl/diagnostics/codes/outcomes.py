"""Diagnostics: what is asked of results, such as mean values of operators."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

OUTCOMES: tuple[Code, ...] = (
    Code(
        "QC0950",
        "`{operator}` is no operator on this circuit: {reason}",
        """An operator whose mean is wanted is a real sum of Pauli products, written as in a `hamiltonian` (`Z[0]*Z[1] +
0.5*Z[2]`, where `Z[0]` acts on the first qubit) or with one letter a qubit, the leftmost for the first: `ZZI +
0.5*IIZ`. Both may stand in one sum. It can only act on qubits that the circuit has.""",
        helps=("write `Z[0]*Z[1]`, or one letter a qubit: `ZZI`",),
    ),
    Code(
        "QC0951",
        "the outcomes say nothing about `{term}`: all qubits were measured in the Z basis",
        """Counts are numbers of zeros and ones. They give the mean of every product of Z, whose value is +1 or -1 for
each bit string. X and Y do not commute with the measurement that was made: their mean is simply not in the counts, and
any number shown for it would be wrong.

An `energy` job measures in every basis the operator needs and adds the terms up. Or change the basis yourself: an `h`
at the end of the circuit turns X into Z, and `si` followed by `h` turns Y into Z. Then ask for the product of Z.""",
        helps=(
            "let the service measure it with an `energy` job",
            "or turn it into Z first: `h` for X, `si` and `h` for Y",
        ),
    ),
    Code(
        "QC0952",
        "plotting needs matplotlib, which is not installed",
        """Histograms for the terminal and as SVG need nothing more. `iq.plot(result)` draws with matplotlib, which is
large, so it is an extra.""",
        helps=("install it with `pip install 'ionqdsl[plot]'`",),
    ),
)
