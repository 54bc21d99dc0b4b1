"""The meaning of a program according to the interpreter: data only.

A `CircuitMeaning` is the meaning of one text: its circuits with every gate written out, their names, and the job for
the service. A `MeantRow` is one gate with exact angles; a `Rejected` is the first reason why a text has no meaning.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import ZERO, Angle, Exact
from ionqdsl.ir.circuit import Operator
from ionqdsl.record import fresh, record


class Rejected(Exception):
    """The program is an error: a diagnostic's code, and its place in the text."""

    def __init__(self, code: str, span: Span | None) -> None:
        super().__init__(code)
        self.code = code
        self.span = span


class MeantRow(NamedTuple):
    """One gate on qubits, the first `controls` of which control it.

    `gate` is a key of the gate table, or says that the row is the principal power `exponent` of `inside`, with the
    phase `angles[0]` next to it: `power` of one gate, `product` of several. `block` is the number of its verbatim or
    native block, 0 for none. A measurement writes to `slot`, the name of a register and a place in it.
    """

    gate: str
    qubits: tuple[int, ...]
    angles: tuple[Angle, ...] = ()
    controls: int = 0
    block: Any = 0
    operator: Operator | None = None
    inside: tuple[MeantRow, ...] = ()
    exponent: Exact = 1
    slot: tuple[str, int] | None = None


@record(frozen=False)
class GateSequence:
    """Gates in order, and the global phase next to them."""

    rows: list[MeantRow] = fresh(default_factory=list)
    phase: Angle = ZERO


@record
class AppliedGate:
    """One application of a gate to qubits: its rows and the statement of the circuit it comes from."""

    rows: tuple[MeantRow, ...]
    span: Span


class MeantLine(NamedTuple):
    """What equal plain lines mean: the rows of each time that they apply their gate; and how long they are."""

    applied: tuple[tuple[MeantRow, ...], ...]
    size: int


class AppliedLines:
    """Applications by plain lines: the meaning of each distinct line, and for each line its number and its offset.

    So a million lines are a few megabytes.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.meanings: list[MeantLine] = []
        self.numbers, self.starts = array("I"), array("Q")

    def __iter__(self) -> Iterator[AppliedGate]:
        for number, start in zip(self.numbers, self.starts, strict=True):
            applied, size = self.meanings[number]
            for rows in applied:
                yield AppliedGate(rows, Span(self.source, start, start + size))


@record(frozen=False)
class CircuitMeaning:
    """One circuit: `parts` in order, `registers` by name, `wires` the declared names with their sizes.

    `has_cases` says whether the parts are those for certain outcomes only.
    """

    name: str
    width: int = 0
    gateset: str = "qis"
    parts: list[AppliedGate | AppliedLines] = fresh(default_factory=list)
    phase: Angle = ZERO
    registers: list[tuple[str, tuple[int | tuple[str, int] | None, ...]]] = fresh(default_factory=list)
    wires: list[tuple[str, int | None]] = fresh(default_factory=list)
    has_cases: bool = False

    @property
    def steps(self) -> Iterator[AppliedGate]:
        """All applications in order; those of plain lines are made and forgotten."""
        for part in self.parts:
            yield from part if isinstance(part, AppliedLines) else (part,)


@record(frozen=False)
class ProgramMeaning:
    """A whole program: circuits to run, settings of the job by their paths, and the energy or function, by key.

    `is_sure` says whether the whole text was interpreted; a circuit that does not run may depend on missing values.
    """

    runs: list[CircuitMeaning] = fresh(default_factory=list)
    job: dict[str, Any] = fresh(default_factory=dict)
    energy: dict[str, Any] | None = None
    function: dict[str, Any] | None = None
    is_multi: bool = False
    is_sure: bool = True
