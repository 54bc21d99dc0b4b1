"""Diagnostics of reading a payload back."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

PAYLOAD: tuple[Code, ...] = (
    Code(
        "QC0980",
        "the payload lacks `{path}`",
        """A payload is the JSON object that is sent to create a job. It needs a `type`, a `backend` and an `input`; an
input of circuits needs a `gateset` and a `circuit` or `circuits`; a gate needs its name, its qubits and its parameters.

The path names the place that is empty: `input.circuit[3].target` is the target of the fourth gate. Payloads written by
`ionqdsl compile` have everything; look at one to compare.""",
        helps=("compare with a payload from `ionqdsl compile`",),
    ),
    Code(
        "QC0981",
        "`{path}` has no meaning here",
        """Every key of a payload asks for something. A key that is not known could change what the job does, so a
payload is only read where every key is understood: leaving one out in silence would turn it into another job.

Take the key away if it is not needed. A parameter on a gate that has none (a `rotation` on `z`, say) is such a key too:
the specification does not say what it would do.""",
        helps=("take it away if the job does not need it",),
    ),
    Code(
        "QC0982",
        "`{path}` should be {wanted}, and is {found}",
        """The payload is JSON, and each key takes one kind of value: a number of qubits is a whole number from 1, a
list of targets is a list of whole numbers from 0, an angle is a number. Numbers in quotes are texts.

The path names the place, with indices counted from 0.""",
        helps=("write {wanted} there",),
    ),
    Code(
        "QC0983",
        "`{path}`: there is no gate `{gate}` in the gateset `{gateset}`",
        """A circuit is written in one gateset: `qis` (`h`, `cnot`, `rx` ...) or `native` (`gpi`, `gpi2`, `ms`, `zz`).
The two are never mixed in one circuit; in a job of several circuits each may name its own.

Names of other toolkits (`cx`, `sdg`, `id`) are not the service's names.""",
        helps=("the gateset `{gateset}` has {known}",),
    ),
    Code(
        "QC0984",
        "`{path}`: `{gate}` acts on {wanted}, and {found} are named",
        """A gate acts on a fixed number of qubits, named by `target` or `targets`; `control` and `controls` add to
them. A list of targets is the operands of one gate, never one gate for each: write a row for each.""",
        helps=("name {wanted}",),
    ),
    Code(
        "QC0985",
        "`{path}` names qubit {qubit}, and the circuit has {width}",
        """Qubits are counted from 0, so a circuit with `qubits: 2` has the qubits 0 and 1. Where `qubits` is left out,
the highest qubit named in the circuit decides.""",
        helps=("raise `qubits`, or name one of 0 to {last}",),
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
        """A `pauliexp` row means exp(-i time sum). Where all terms commute, it is the product of the exponentials of
the terms, and that is what ionqdsl reads. Otherwise the service approximates it in a way it does not publish, and
reading the row as anything definite would be a guess.

Split the sum into rows of commuting terms yourself, with as many Trotter steps as you need.""",
        helps=("write a row for each group of commuting terms",),
    ),
    Code(
        "QC0988",
        "a job of type `{type}` cannot be read: {reason}",
        """Payloads are read back into circuits, so the type must be one that holds circuits: `ionq.circuit.v1` or
`ionq.multi-circuit.v1`. A quantum function holds a program in OpenQASM instead, and other types belong to other
services.""",
        helps=("types with circuits are {known}",),
    ),
    Code(
        "QC0989",
        "this is no payload: {reason}",
        """A payload is one JSON object, in UTF-8. The reason is the one the JSON reader gives; a line and a column
count from 1.""",
        helps=("write one with `ionqdsl compile FILE -o OUT`",),
    ),
)
