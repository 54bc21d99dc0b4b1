"""Diagnostics of jobs whose circuits measure in the middle, which are sent as OpenQASM 3."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

QASM3: tuple[Code, ...] = (
    Code(
        "QC0791",
        "`{gate}` is native, and a circuit with measurements in the middle is sent in abstract gates",
        """Such a circuit is sent as OpenQASM 3. IonQ's client libraries disagree on how native gates are written
there, and no document says, so they could be taken for other gates. Abstract gates have names that everyone agrees on,
and the service compiles them for the machine.""",
        helps=(
            "compile with `--target qis`, or write abstract gates",
            "`--defer` moves the measurements to the end, for machines that have none in the middle",
        ),
    ),
    Code(
        "QC0792",
        "`{backend}` takes no measurements or resets in the middle of a circuit",
        """The service accepts such a job and then fails it. The same results come from a circuit without measurements
in the middle: every measurement moves to the end, on a qubit of its own, and every reset goes on with a fresh qubit.
`--defer` writes that circuit, for every backend; it needs more qubits. If nothing happens to a qubit after its
measurement, every backend takes the circuit, because the qubit is then read out at the end.""",
        label="the circuit goes on using this qubit",
        helps=("compile with `--defer`, or use the simulator with a noise model",),
    ),
    Code(
        "QC0794",
        "`{gate}` with {controls:control} in a verbatim block has no name in OpenQASM 3's library",
        """A circuit with measurements in the middle is sent as OpenQASM 3, in the gates of stdgates.inc. Gates of a
verbatim block are sent as they are written, and this one has no name there.""",
        helps=("move it out of the block, or write it in gates with fewer controls",),
    ),
    Code(
        "QC0795",
        "the ideal simulator returns no outcomes of measurements in the middle of a circuit",
        """Without a noise model the service's simulator returns the probabilities of the final outcomes of all qubits
and nothing else, so the outcomes of earlier measurements are lost. `--defer` writes a circuit without measurements in
the middle, which has all outcomes at its end.""",
        helps=("add a noise model, such as `--noise forte-1`, or compile with `--defer`",),
    ),
    Code(
        "QC0796",
        "circuit `{circuit}` has measurements in the middle, so the {count} circuits are not one request",
        """A circuit with measurements in the middle is sent as a job of its own. The other circuits share another job.
`plan` and `submit` write and send all of them under one name; `compile` writes a single request.""",
        helps=("use `ionqdsl plan FILE -o PLAN` to see the requests, or `ionqdsl submit FILE` to send them",),
    ),
    Code(
        "QC0797",
        "the program is sent as {count:job} under one name, {own} of them for measurements in the middle of a circuit",
        """The service takes one circuit with measurements in the middle for each job. The other circuits are sent
together. Waiting, results, prices and canceling apply to all of the jobs together, and results keep the program's
order.""",
        severity="note",
    ),
    Code(
        "QC0798",
        "measurements in the middle of circuits are moved to the end for the ideal simulator",
        """Without a noise model the service's simulator returns only the final outcomes of all qubits. So the circuits
are sent as `--defer` writes them: each measurement copies its qubit to one that is read at the end, and each reset goes
on with a fresh qubit. The registers have exactly the same outcomes. The circuits need more qubits.""",
        helps=("a noise model, such as `--noise forte-1`, keeps the measurements where they are",),
        severity="note",
    ),
)
