"""Diagnostics about reading a payload."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

PAYLOAD: tuple[Code, ...] = (
    Code(
        "QC0980",
        "the payload lacks `{path}`",
        """A payload is the JSON object that creates a job. It needs a `type`, a `backend` and an `input`; an input of
circuits needs a `gateset` and a `circuit` or `circuits`; a gate needs its name, its qubits and its parameters.

The path names the missing value: `input.circuit[3].target` is the target of the fourth gate. Payloads written by
`ionqdsl compile` are complete; compare with one.""",
        helps=("compare with a payload from `ionqdsl compile`",),
    ),
    Code(
        "QC0981",
        "`{path}` has no meaning here",
        """An unknown key could change the job. So a payload is read only if every key is known: silently
dropping one could turn it into another job.

Remove the key if the job does not need it. A parameter of a gate that takes none (a `rotation` on `z`, say) is such a
key, too: the specification does not give it a meaning.""",
        helps=("remove it if the job does not need it",),
    ),
    Code(
        "QC0982",
        "`{path}` should be {wanted}, but is {found}",
        """The payload is JSON, and each key takes one kind of value: the number of qubits is a whole number from 1,
targets are a list of whole numbers from 0, an angle is a number. A number in quotes is a string.

The path names the value, with indices from 0.""",
        helps=("write {wanted} there",),
    ),
    Code(
        "QC0983",
        "`{path}`: there is no gate `{gate}` in the gateset `{gateset}`",
        """A circuit is written in one gateset: `qis` (`h`, `cnot`, `rx` ...) or `native` (`gpi`, `gpi2`, `ms`, `zz`).
The two are never mixed in one circuit; in a job of several circuits each may name its own.

The service does not know names of other toolkits (`cx`, `sdg`, `id`).""",
        helps=("the gateset `{gateset}` has {known}",),
    ),
    Code(
        "QC0984",
        "`{path}`: `{gate}` acts on {wanted}, but {found} are named",
        """A gate acts on a fixed number of qubits, named by `target` or `targets`; `control` and `controls` add to
them. A list of targets contains the operands of one gate. To apply a gate to several qubits, write a row for each.""",
        helps=("name {wanted}",),
    ),
    Code(
        "QC0985",
        "`{path}` names qubit {qubit}, and the circuit has {width}",
        """Qubits are numbered from 0, so a circuit with `qubits: 2` has the qubits 0 and 1. Without `qubits`, the
highest number in the circuit decides.""",
        helps=("raise `qubits`, or name one of these: {indices}",),
    ),
    Code(
        "QC0986",
        "`{path}` names qubit {qubit} twice",
        """The operands of one gate are different qubits: a qubit cannot control itself, and nothing can be swapped with
itself.""",
        helps=("name different qubits",),
    ),
    Code(
        "QC0987",
        "`{path}`: the terms do not commute ({first} and {second}), so the exponential has no exact gates",
        """A `pauliexp` row means exp(-i time sum). If all terms commute, it is the product of the exponentials of the
terms, and ionqdsl reads it as that product. Otherwise the service approximates it by a method it does not publish, so
any reading of the row would be a guess.

Split the sum into rows of commuting terms, with as many Trotter steps as you need.""",
        helps=("write a row for each group of commuting terms",),
    ),
    Code(
        "QC0988",
        "a job of type `{type}` cannot be read: {reason}",
        """ionqdsl turns a payload back into circuits, so its type must be `ionq.circuit.v1` or `ionq.multi-circuit.v1`,
or it must be a quantum function for the energy of a Hamiltonian, which contains an ansatz. Other types contain no
circuit.""",
        helps=("types that can be read: {known}",),
    ),
    Code(
        "QC0989",
        "this is not a payload: {reason}",
        """A payload is one JSON object, in UTF-8. The reason comes from the JSON reader; lines and columns count from
1.""",
        helps=("write one with `ionqdsl compile FILE -o OUT`",),
    ),
)
