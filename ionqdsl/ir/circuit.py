"""The circuit: a list of shared, immutable rows with a parallel list of origins.

`Op` is one row (gate key, qubits, angles); `lower` represents equal rows by one object, but no code may rely on that. A
`FlatCircuit` adds width, gateset, registers and the global phase. It decides nothing: passes return new circuits,
emit/qc.py prints them, and python/builder.py adds the methods of the Python API.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle, Exact, decimal
from ionqdsl.ir.gates import SYNONYMS
from ionqdsl.record import TYPE_CHECKING, Any, NamedTuple, changed, fresh, record

if TYPE_CHECKING:
    from typing import Self

    from ionqdsl.ir.plain_rows import PlainRows

BARRIER, MEASURE, RESET = "barrier", "measure", "reset"
NOT_GATES = frozenset({BARRIER, MEASURE, RESET})
"""The keys of the rows that are not gates: nothing is moved or merged across them on their qubits."""

MAX_QUBITS = 10_000
"""Widest circuit; machines are far narrower, but a program may only serve to count gates."""

MAX_OPERATIONS = 10_000_000
"""Most rows a program may expand to, in the language, in Python and in a pass that expands one row."""


class Operator(NamedTuple):
    """A real sum of Pauli products.

    `terms` maps a product to its coefficient, sorted: `((("X", 0), ("Z", 2)), Fraction(1, 2))`. The identity is `()`.
    `steps` is the number of first-order Trotter steps of a `pauliexp`, 0 if the terms must commute.
    """

    terms: tuple[tuple[tuple[tuple[str, int], ...], Exact], ...]
    steps: int = 0

    def __eq__(self, other: object) -> bool:
        """As for angles, a float coefficient differs from an exact one."""
        return (
            isinstance(other, Operator)
            and tuple.__eq__(self, other)
            and all(
                (type(a) is float) is (type(b) is float) for (_, a), (_, b) in zip(self.terms, other.terms, strict=True)
            )
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return tuple.__hash__(self)


class Slot(NamedTuple):
    """A place of a register that a measurement writes: `s[1]` is `Slot("s", 1)`."""

    register: str
    place: int


Condition = tuple[tuple[Slot, int], ...]
"""Outcomes that must all be as given, in the order of their slots."""


class Op(NamedTuple):
    """A row. The first `controls` qubits control the gate (cnot's own control is not counted).

    `pinned` is 0, or the number of the row's verbatim block: such rows are never changed. A measurement writes its
    outcome to `slot`; a row with a condition `when` acts only on the shots whose outcomes fulfil it.
    """

    gate: str
    qubits: tuple[int, ...] = ()
    angles: tuple[Angle, ...] = ()
    controls: int = 0
    pinned: int = 0
    operator: Operator | None = None
    slot: Slot | None = None
    when: Condition = ()

    def on(self, wires: Sequence[int] | Mapping[int, int]) -> Op:
        """The row on other qubits: `wires[q]` in the place of q."""
        return self._replace(qubits=tuple([wires[qubit] for qubit in self.qubits]))


_IN_THE_MIDDLE = frozenset({MEASURE, RESET})
_GATE, _WHEN = itemgetter(Op._fields.index("gate")), itemgetter(Op._fields.index("when"))

shared = lru_cache(maxsize=1 << 16)(Op)
"""`Op(...)`, but returns the same object for equal rows: cheap for repetitive circuits."""


class Step(NamedTuple):
    """A row as users see it: its facts and its place in the source."""

    op: Op
    origin: Span | None

    @property
    def gate(self) -> str:
        """The gate's key in the table."""
        return self.op.gate

    @property
    def qubits(self) -> tuple[int, ...]:
        """Operands, controls first."""
        return self.op.qubits

    @property
    def angles(self) -> tuple[Angle, ...]:
        """Parameters, exact or symbolic."""
        return self.op.angles

    @property
    def controls(self) -> int:
        """How many of the qubits are controls."""
        return self.op.controls


class Steps(NamedTuple):
    """Rows with their origins."""

    rows: list[Op]
    origins: Sequence[Span | None]


Register = tuple[str, tuple[int | Slot | None, ...]]
"""A name and its source: a qubit at the very end, the slot that a measurement has written, None for nothing."""

Readout = tuple[str, tuple[int | None, ...]]
"""A register's name and its places in an outcome."""


@record(frozen=False)
class FlatCircuit:
    """Rows on `width` qubits.

    `phase` is the global phase that the rows omit; `wires` are the declared names, `(name, size or None)` each, in
    qubit order, for printing and drawing. Two circuits are equal if their width, rows, registers and phase are: names,
    origins, synonyms and the numbers of verbatim blocks do not count, and a float counts as the decimal it prints as.
    Compiling may rename the |0> inputs: `inputs[q]` is then the qubit of the source that qubit q starts as.

    Rows of plain lines (`add_plain`) wait as columns: `rows`, `origins` and `phase` are made when somebody asks. Code
    for long circuits asks for `parts`, `patterns` or `stream` instead.
    """

    width: int
    name: str = "main"
    gateset: str = "qis"
    rows: list[Op] = fresh(default_factory=list)
    origins: Sequence[Span | None] = fresh(default_factory=list)
    registers: tuple[Register, ...] = ()
    phase: Angle = ZERO
    wires: tuple[tuple[str, int | None], ...] = ()
    inputs: tuple[int, ...] | None = None

    _parts = None  # type: list[PlainRows | Steps] | None
    """The rows and origins, if they wait in parts."""
    _before = 0
    """The number of rows in all parts but the last."""
    _phases = []  # type: list[Angle | PlainRows]
    """The phase as a sum, if it waits."""
    _reduces = False
    """Whether the sum is taken modulo a turn."""

    def _settle(self, name: str) -> None:
        """Makes the rows and origins, or the phase, from waiting parts; another thread may have done so by now."""
        parts, phases = self._parts, self._phases
        if name == "phase" and phases:
            phase = sum([one if isinstance(one, Angle) else one.phase() for one in phases], ZERO)
            self.phase, self._phases = phase.reduced() if self._reduces else phase, []
        elif name != "phase" and parts is not None:
            rows = [*chain.from_iterable([part.rows if isinstance(part, Steps) else part.rows() for part in parts])]
            plain = next((part for part in parts if not isinstance(part, Steps)), None)
            origins: Sequence[Span | None]
            if plain is not None:
                origins = plain.places_in([[*part.origins] if isinstance(part, Steps) else part for part in parts])
            else:
                origins = [*chain.from_iterable([part.origins for part in parts if isinstance(part, Steps)])]
            (self.origins, self.rows), self._parts, self._before = (origins, rows), None, 0

    def add(self, op: Op, origin: Span | None = None) -> None:
        """Appends a row without checks; python/builder.py and language/lower/ check their rows first."""
        rows, origins = self._last_steps()
        rows.append(op)
        origins.append(origin)

    def add_all(self, rows: Sequence[Op], origin: Span | None) -> None:
        """Appends rows of one origin, likewise."""
        if len(rows) == 1:
            self.add(rows[0], origin)
        else:
            added, origins = self._last_steps()
            added.extend(rows)
            origins.extend([origin] * len(rows))

    def _last_steps(self) -> tuple[list[Op], list[Span | None]]:
        """Where rows are appended."""
        if self._parts is None:
            return self.rows, self.origin_list()
        last = self._parts[-1]
        if not isinstance(last, Steps):
            self._before += len(last)
            last = Steps([], [])
            self._parts.append(last)
        rows, origins = last
        if not isinstance(origins, list):
            rows, origins = [*rows], [*origins]
            self._parts[-1] = Steps(rows, origins)
        return rows, origins

    def origin_list(self) -> list[Span | None]:
        """The origins as a list, which may be changed together with the rows."""
        if not isinstance(self.origins, list):
            self.origins = [*self.origins]
        return self.origins

    def steps_since(self, count: int) -> Steps:
        """The rows that were added since there were `count`, with their origins."""
        rows, origins, first = self._tail(count)
        return Steps(rows[first:], origins[first:])

    def replace_since(self, count: int, steps: Steps) -> None:
        """Puts others in the place of these rows."""
        rows, origins, first = self._tail(count)
        rows[first:], origins[first:] = steps.rows, steps.origins

    def _tail(self, count: int) -> tuple[list[Op], list[Span | None], int]:
        """Rows and origins at the end, and the place among them of the row with this number."""
        added = len(self) - count
        if self._parts is not None and added > len(self._last_steps()[0]):
            self._settle("rows")
        rows, origins = self._last_steps()
        return rows, origins, len(rows) - added

    def add_plain(self, rows: PlainRows, waits: bool) -> None:
        """Appends the rows of plain lines, and the phase that they omit. Unless they wait, they become objects."""
        if not waits:
            added, origins = self._last_steps()
            added.extend(rows.rows())
            origins.extend(rows.spans())
            if phase := rows.phase():
                self.phase += phase
            return
        if self._parts is None:
            self._parts = [Steps(self.rows, self.origins)] if self.rows else []
            del self.rows, self.origins
        if "phase" in vars(self):
            self._phases = [self.phase]
            del self.phase
        last = self._parts[-1] if self._parts else None
        if last is not None and not isinstance(last, Steps) and last is self._phases[-1] and last.extend(rows):
            return
        self._before = len(self)
        self._parts.append(rows)
        self._phases.append(rows)

    @property
    def parts(self) -> list[PlainRows | Steps]:
        """The rows in order, those of plain lines as columns."""
        return [Steps(self.rows, self.origins)] if self._parts is None else self._parts

    @property
    def is_plain(self) -> bool:
        """Whether rows of plain lines wait as columns."""
        return self._parts is not None

    @property
    def first_origin(self) -> Span | None:
        """The place of the first row that has one."""
        firsts = (part.origins if isinstance(part, Steps) else [part.first_span()] for part in self.parts)
        return next((origin for origins in firsts for origin in origins if origin), None)

    @property
    def patterns(self) -> Iterable[Op]:
        """All rows, but for those of plain lines the few forms they have; without angles, if these have numbers of the
        lines: finite ones that are not 0.
        """
        if self._parts is None:
            return self.rows
        found: list[Op] = []
        for part in self._parts:
            found += part.rows if isinstance(part, Steps) else part.patterns()
        return found

    def stream(self, needs: Callable[[Op], bool] | None = None) -> Iterator[Op]:
        """The rows one after the other. Those of plain lines that wait are made and forgotten: another one may have
        the same id. Those that nobody `needs` may stay without the numbers of their lines.
        """
        parts = self.parts
        return chain.from_iterable([part.rows if isinstance(part, Steps) else part.stream(needs) for part in parts])

    def stream_steps(self) -> Iterator[tuple[Op, Span | None]]:
        """The same with their origins."""
        return zip(self.stream(), self.stream_origins(), strict=True)

    def stream_origins(self) -> Iterator[Span | None]:
        """The origins one after the other, likewise."""
        return chain.from_iterable([part.origins if isinstance(part, Steps) else part.spans() for part in self.parts])

    @property
    def phases(self) -> Sequence[Angle | PlainRows]:
        """The phase as a sum: of angles, and of those that rows of plain lines omit."""
        return self._phases or (self.phase,)

    def with_parts(self, parts: Sequence[PlainRows | Steps], phases: Sequence[Angle | PlainRows]) -> Self:
        """A copy with other rows, and a phase that is a sum modulo a turn."""
        copy = self._copied()
        copy._reduces = True
        copy._parts, copy._phases, copy._before = [*parts], [*phases], sum(map(_size, parts[:-1]))
        for name in ("rows", "origins", "phase"):
            vars(copy).pop(name, None)
        return copy

    def with_rows_at(self, changes: Mapping[int, Op]) -> Self:
        """A copy with other rows at some places, in order. Plain lines that make none of these go on waiting."""
        if self._parts is None:
            return self.replace(rows=[changes.get(place, op) for place, op in enumerate(self.rows)])
        parts: list[PlainRows | Steps] = []
        places, at = [*changes], 0
        for part in self._parts:
            inside = places[bisect_left(places, at) : bisect_left(places, at + _size(part))]
            pieces = [part] if isinstance(part, Steps) or not inside else part.split([place - at for place in inside])
            for piece in pieces:
                own = range(at, at + _size(piece))
                at = own.stop
                if bisect_left(places, own.start) < bisect_left(places, own.stop):
                    steps = piece if isinstance(piece, Steps) else Steps(piece.rows(), [*piece.spans()])
                    rows = [changes.get(place, op) for place, op in zip(own, steps.rows, strict=True)]
                    piece = Steps(rows, steps.origins)
                parts.append(piece)
        return self.with_parts(parts, self.phases)

    def with_steps(self, change: Callable[[Steps], Steps], **changes: Any) -> Self:
        """A copy with other rows, except for those of plain lines that wait: `change` leaves such rows as they are."""
        if self._parts is None:
            return self.replace(**change(Steps(self.rows, self.origins))._asdict(), **changes)
        copy = self.replace(**changes)
        copy._parts = [change(part) if isinstance(part, Steps) else part for part in self._parts]
        copy._before = sum(map(_size, copy._parts[:-1]))
        return copy

    def _copied(self) -> Self:
        copy = object.__new__(type(self))
        vars(copy).update(vars(self))
        return copy

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields replaced; rows and origins are shared with this one unless given."""
        if self._parts is None or "rows" in changes or "origins" in changes:
            return changed(self, **changes)
        copy = self._copied()
        copy._parts = [*self._parts]
        copy._phases = [] if "phase" in changes else [*self._phases]
        vars(copy).update(changes)
        return copy

    def with_rows(self, steps: Iterable[tuple[Op, Span | None]], **changes: Any) -> Self:
        """A copy with other rows and their origins."""
        pairs = list(steps)
        return self.replace(rows=[op for op, _ in pairs], origins=[origin for _, origin in pairs], **changes)

    def __len__(self) -> int:
        if self._parts is None:
            return len(self.rows)
        return self._before + (_size(self._parts[-1]) if self._parts else 0)

    def __iter__(self) -> Iterator[Step]:
        return map(Step, self.rows, self.origins)

    def __getitem__(self, index: int) -> Step:
        return Step(self.rows[index], self.origins[index])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FlatCircuit):
            return NotImplemented
        return (
            self.width == other.width
            and len(self.rows) == len(other.rows)
            and not (self.phase - other.phase).reduced()
            and dict(self.registers) == dict(other.registers)
            and all(a is b or _alike(a, b) for a, b in zip(self.rows, other.rows, strict=True))
            and _same_blocks(self.rows, other.rows)
        )

    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = None  # numpy leaves comparisons to this class: it is no array of its items

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """One object for numpy, so that an array of circuits is not one of their rows."""
        import numpy  # late: whoever calls this has imported it

        one = numpy.empty((), object)
        one[()] = self
        return one if dtype is None else one.astype(dtype)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots that measurements write, in the order of their registers."""
        return tuple([slot for _, slots in self.registers for slot in slots if isinstance(slot, Slot)])

    @property
    def readout(self) -> tuple[Readout, ...]:
        """The registers by their places in an outcome, which has a bit for each qubit and then one for each slot."""
        if not any(isinstance(slot, Slot) for _, slots in self.registers for slot in slots):
            return self.registers  # type: ignore[return-value]
        places = {slot: self.width + number for number, slot in enumerate(self.slots)}
        return tuple(
            [
                (name, tuple([places[slot] if isinstance(slot, Slot) else slot for slot in slots]))
                for name, slots in self.registers
            ]
        )

    @property
    def is_dynamic(self) -> bool:
        """Whether qubits are measured or reset before the end."""
        return not _IN_THE_MIDDLE.isdisjoint(map(_GATE, self.patterns))

    @property
    def has_conditions(self) -> bool:
        """Whether gates depend on outcomes."""
        return any(map(_WHEN, self.patterns))

    @property
    def symbols(self) -> tuple[str, ...]:
        """Unbound parameters and opaque expressions, in order of first use."""
        symbols: dict[str, None] = {}
        for op in {id(op): op for op in self.patterns}.values():
            for angle in op.angles:
                if angle.terms:
                    symbols.update(dict.fromkeys(angle.symbols))
        for one in self.phases:
            if isinstance(one, Angle):
                symbols.update(dict.fromkeys(one.symbols))
        return tuple(symbols)


def _size(part: PlainRows | Steps) -> int:
    return len(part.rows) if isinstance(part, Steps) else len(part)


class _Awaited:
    """A field that a circuit may make on demand. The class has the field's default."""

    def __init__(self, name: str) -> None:
        self.name, self.default = name, getattr(FlatCircuit, name)

    def __get__(self, circuit: FlatCircuit | None, kind: Any = None) -> Any:
        if circuit is None:
            return self.default
        circuit._settle(self.name)
        return vars(circuit)[self.name]


for _name in ("rows", "origins", "phase"):
    setattr(FlatCircuit, _name, _Awaited(_name))


def canonical(op: Op) -> Op:
    """The row other spellings of the same gate share: `not` is x, cnot is x with a control."""
    if op.gate == "cnot":
        return op._replace(gate="x", controls=op.controls + 1)
    return op._replace(gate=SYNONYMS[op.gate]) if op.gate in SYNONYMS else op


def _alike(a: Op, b: Op) -> bool:
    """Whether two rows are the same, ignoring the numbers of their blocks."""
    if a == b:
        return True
    a, b = canonical(a)._replace(pinned=0), canonical(b)._replace(pinned=0)
    return a == b or (
        a.gate == b.gate
        and a.qubits == b.qubits
        and a.controls == b.controls
        and (a.slot, a.when) == (b.slot, b.when)
        and _exact(a) == _exact(b)
    )


def _exact(op: Op) -> tuple[tuple[Angle, ...], Operator | None]:
    """Angles and operator with decimals in place of floats."""
    operator = op.operator and op.operator._replace(terms=tuple((p, decimal(c)) for p, c in op.operator.terms))
    return tuple(angle.exact() for angle in op.angles), operator


def _same_blocks(rows: list[Op], others: list[Op]) -> bool:
    """Whether the verbatim blocks are the same, ignoring their numbers."""
    pairs = {(a.pinned, b.pinned) for a, b in zip(rows, others, strict=True) if a.pinned or b.pinned}
    return len({a for a, _ in pairs} - {0}) == len({b for _, b in pairs} - {0}) == len(pairs)
