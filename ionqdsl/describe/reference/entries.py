"""The facts about a program's definitions, as records.

A `Chapter` is a file, an `Entry` one of its definitions. reading.py makes them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ionqdsl.describe.costs import Costs
from ionqdsl.ir.circuit import FlatCircuit


class DocumentedParameter(NamedTuple):
    """A parameter of a gate, circuit or function: its default as written, and the unit of a plain number, or ""."""

    name: str
    default: str
    unit: str


class DocumentedPart(NamedTuple):
    """A statement of a circuit that declares its qubits, an alias of some, or a register of the result."""

    names: tuple[str, ...]
    declaration: str
    comment: str


class Entry(NamedTuple):
    """A definition in a file.

    `kind` is `gate`, `circuit`, `const`, `param`, `hamiltonian` or `def`; `uses` are names defined by the program,
    `tests` the names of the tests that use it. A gate has the `modifiers` it takes and, if it is small, a `matrix` of
    its `sample`. `costs` are those of `counted`, the circuit itself or the first one that runs, or "" if nothing was
    counted. `circuit` is the one to draw. The `unit` of a `param` is that of plain numbers.
    """

    kind: str
    name: str
    declaration: str
    comment: str
    line: int
    parameters: tuple[DocumentedParameter, ...] = ()
    operands: tuple[str, ...] = ()
    value: str = ""
    unit: str = ""
    parts: tuple[DocumentedPart, ...] = ()
    modifiers: tuple[str, ...] = ()
    sample: str = ""
    matrix: list[list[list[float]]] | None = None
    qubits: int | None = None
    counted: str = ""
    costs: Costs = {}
    uses: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    circuit: FlatCircuit | None = None

    @property
    def own(self) -> set[str]:
        """The names that have another meaning inside it: its parameters, operands, qubits and so on, and its own."""
        return {
            self.name,
            *(operand.partition("[")[0] for operand in self.operands),
            *(p.name for p in self.parameters),
            *(n for p in self.parts for n in p.names),
        }

    def to_json(self) -> dict[str, Any]:
        """The same as plain data, without the circuit."""
        fields = {**self._asdict(), "parameters": [p._asdict() for p in self.parameters]}
        fields["parts"] = [part._asdict() for part in self.parts]
        fields["costs"] = {machine: {"two_qubit_gates": e, "pulses": p} for machine, (e, p) in self.costs.items()}
        del fields["circuit"]
        return fields


class Chapter(NamedTuple):
    """A file's own description, and its entries; `includes` and `included_by` are names of files."""

    file: str
    comment: str
    includes: tuple[str, ...]
    included_by: tuple[str, ...]
    entries: tuple[Entry, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {**self._asdict(), "entries": [entry.to_json() for entry in self.entries]}
