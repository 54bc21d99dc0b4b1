"""Reads each format in which the service gives results into one form.

Takes a body and the name of its format, and returns `Outcomes`: states as integers whose least significant bit is qubit
0 (or a register's first slot). results.py assigns them to circuits and orders their bits for people. Sources: the
catalogue of result formats in the specification of 2 September 2026; that of 15 May has only the flat ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from ionqdsl.cloud.fields import at
from ionqdsl.cloud.submit import clean

ALL: Final = "output_all"
"""The service's name for the register of all qubits; formats without registers hold this one."""

TOLERANCE = 1e-3
"""How far a distribution's sum may be from 1; the service rounds."""

Table = dict[int, float]

ShotRow = Mapping[str, int]
"""The state of each register in one shot."""


class WrongShape(ValueError):
    """A body that is not in its format; the text says why."""


@dataclass(frozen=True)
class Outcomes:
    """`tables` has a table of states for each register: probabilities, or counts.

    `notes` describe oddities: a sum that is not 1, an entry that is not a number and was left out. `rows` has the
    registers shot by shot if the format has them, and `widths` their numbers of bits. The `leaked` shots are not among
    them: there the machine noticed that a qubit had left its two states.
    """

    are_counts: bool
    tables: Mapping[str, Table]
    notes: tuple[str, ...] = ()
    rows: tuple[ShotRow, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    leaked: int = 0

    @property
    def joint(self) -> Table | None:
        """The outcomes of all qubits; None if only registers are known."""
        return self.tables.get(ALL)


Notes = list[str]
"""Notes that a reader makes about oddities."""


def _flat(body: Any, are_counts: bool, notes: Notes) -> dict[str, Table]:
    """v1: decimal states as keys."""
    if not isinstance(body, dict) or not body:
        raise WrongShape("it is not a table of probabilities" if not are_counts else "it is not a table of counts")
    return {ALL: _table(body, are_counts, 10, notes)}


def _nested(body: Any, are_counts: bool, notes: Notes) -> dict[str, Table]:
    """v2: registers of bit strings, the first slot rightmost."""
    registers = at(body, "histogram" if are_counts else "probabilities", "registers")
    if not isinstance(registers, dict):
        raise WrongShape("it has no registers")
    tables: dict[str, Table] = {}
    for name, table in registers.items():
        try:
            tables |= {name: _table(table, are_counts, 2, notes)} if table else {}
        except WrongShape as wrong:
            notes.append(f"register `{clean(name, 40)}` is left out: {wrong}")
    if not tables:
        raise WrongShape(notes[0] if notes else "it has no registers")
    return tables


def _shots(body: Any) -> list[ShotRow]:
    """v1: a list with a decimal state a shot."""
    if not isinstance(body, list) or not body:
        raise WrongShape("it is not a list of shots")
    return [{ALL: _state(state, 10)} for state in body]


def _widths(body: Any) -> dict[str, int]:
    """v2: the number of bits of each register that all shots give as many bits."""
    shots = [shot["registers"] for shot in body["shots"] if not _has_leaked(shot)]
    first = shots[0]
    return {name: len(bits) for name, bits in first.items() if all(len(s.get(name, ())) == len(bits) for s in shots)}


def _register_shots(body: Any) -> list[ShotRow | None]:
    """v2: for each shot, registers of bits, the first slot first; None for a leaked shot.

    A shot with `leakage_bits`, a bit for each qubit, has leaked if any of them is 1: the answer has such shots beyond
    the number asked for.
    """
    shots = at(body, "shots")
    if not isinstance(shots, list) or not shots:
        raise WrongShape("it is not a list of shots")
    rows: list[ShotRow | None] = []
    for shot in shots:
        registers = at(shot, "registers")
        if not isinstance(registers, dict):
            raise WrongShape("a shot has no registers")
        mask = shot.get("leakage_bits")
        if mask is not None and not (isinstance(mask, list) and all(map(_is_bit, mask))):
            raise WrongShape("the `leakage_bits` of a shot are not a list of bits")
        rows.append(None if _has_leaked(shot) else {name: _bits(name, bits) for name, bits in registers.items()})
    if not any(row is not None for row in rows):
        raise WrongShape("all shots have leaked")
    return rows


def _has_leaked(shot: Mapping[str, Any]) -> bool:
    return any(shot.get("leakage_bits") or ())


def _bits(name: str, bits: Any) -> int:
    if not isinstance(bits, list) or not all(map(_is_bit, bits)):
        raise WrongShape(f"a shot of register `{clean(name, 40)}` is not a list of bits")
    return sum(1 << index for index, bit in enumerate(bits) if bit)


def _is_bit(bit: Any) -> bool:
    return type(bit) in (int, float) and bit in (0, 1)


def _counted(rows: list[ShotRow]) -> dict[str, Table]:
    """The states of each register, counted over the shots that have it."""
    tables: dict[str, Table] = {}
    for row in rows:
        for name, state in row.items():
            table = tables.setdefault(name, {})
            table[state] = table.get(state, 0.0) + 1
    return tables


def _table(content: Any, are_counts: bool, base: int, notes: Notes) -> Table:
    """A table of states. An entry that is not a state or number is left out and noted; nothing is scaled."""
    if not isinstance(content, dict):
        raise WrongShape("it is not a table of states")
    table: Table = {}
    wrong: list[str] = []
    for state, value in content.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_possible(value, are_counts):
            what = "count" if are_counts else "probability"
            wrong.append(f"state {clean(state, 40)} has the {what} {clean(value, 40)}")
            continue
        try:
            number = _state(state, base)
        except WrongShape as odd:
            wrong.append(str(odd))
            continue
        table[number] = table.get(number, 0.0) + max(0.0, float(value))
    total = math.fsum(table.values())
    if not total:
        raise WrongShape(wrong[0] if wrong else "nothing was counted")
    if wrong:
        notes.append(f"{wrong[0]}{f' (and {len(wrong) - 1} more)' * (len(wrong) > 1)}, which is left out")
    if not are_counts and abs(total - 1) > TOLERANCE:
        notes.append(f"the probabilities add up to {total:.6g}, as the service gives them")
    return table


def _is_possible(value: float, are_counts: bool) -> bool:
    if are_counts:
        return 0 <= value < 2**53 and value == int(value)
    return -TOLERANCE <= value <= 1 + TOLERANCE


def _state(state: Any, base: int) -> int:
    text = str(state) if isinstance(state, str | int) and not isinstance(state, bool) else ""
    digits = "01" if base == 2 else "0123456789"
    if not text or len(text) > 300 or set(text) - set(digits):
        raise WrongShape(f"`{clean(state, 40)}` is no state")
    return int(text, base)


@dataclass(frozen=True)
class ResultFormat:
    """How to read a format, into tables or shot by shot, and whether it contains counts."""

    read: Callable[[Any, bool, Notes], dict[str, Table]] | None
    are_counts: bool
    rows: Callable[[Any], Sequence[ShotRow | None]] | None = None


FORMATS: dict[str, ResultFormat] = {
    "ionq.result.histogram.json.v2": ResultFormat(_nested, True),
    "ionq.result.histogram.json.v1": ResultFormat(_flat, True),
    "ionq.result.shots.json.v2": ResultFormat(None, True, _register_shots),
    "ionq.result.shots.json.v1": ResultFormat(None, True, _shots),
    "ionq.result.probabilities.json.v2": ResultFormat(_nested, False),
    "ionq.result.probabilities.json.v1": ResultFormat(_flat, False),
}
"""Name -> format, counts before probabilities, short answers before long ones."""


def is_ambiguous(name: str) -> bool:
    """Whether a format has bit strings, whose first character the specification does not define.

    Others read the page on OpenQASM 3 as q[0] first, and older jobs as q[0] last.
    """
    return FORMATS[name].read is _nested


HISTOGRAM, SHOTS, PROBABILITIES = (f"ionq.result.{what}.json.v1" for what in ("histogram", "shots", "probabilities"))


def read(name: str, body: Any) -> Outcomes:
    """The outcomes in a body of a format, or of another version of that format. Raises WrongShape."""
    if name not in FORMATS:
        raise WrongShape(f"the format `{clean(name, 60)}` is not known")
    stem = name.rpartition(".")[0]
    problem: WrongShape | None = None
    for other in sorted((other for other in FORMATS if other.startswith(stem)), key=lambda other: other != name):
        notes: Notes = []
        form = FORMATS[other]
        try:
            return _read(form, body, notes)
        except WrongShape as wrong:
            problem = problem or wrong
    assert problem is not None
    raise problem


def _read(form: ResultFormat, body: Any, notes: Notes) -> Outcomes:
    if form.read is not None:
        tables = form.read(body, form.are_counts, notes)
        return Outcomes(form.are_counts, tables, tuple(notes))
    assert form.rows is not None
    every = form.rows(body)
    rows = [row for row in every if row is not None]
    widths = {} if form.rows is _shots else _widths(body)
    return Outcomes(form.are_counts, _counted(rows), tuple(notes), tuple(rows), widths, len(every) - len(rows))


AGGREGATE = "ionq.result.probabilities-aggregate.json.v1"
"""The format for the probabilities of many circuits in one answer."""


def aggregate(body: Any) -> dict[str, Table]:
    """AGGREGATE: the probabilities of each child job, by its id. Raises WrongShape."""
    if not isinstance(body, dict):
        raise WrongShape("it is not a table of circuits")
    tables: dict[str, Table] = {}
    for child, shares in body.items():
        notes: Notes = []
        with suppress(WrongShape):  # then it is fetched separately
            table = _table(shares, False, 10, notes)
            tables |= {} if notes else {child: table}
    return tables
