"""The formats in which the service gives results, each read into one form.

A body and the name of its format come in, `Outcomes` go out: states as whole numbers whose least significant bit is
qubit 0 (or a register's first slot). Which circuit they belong to, and how people read them, is results.py's. Sources:
the catalogue of result formats in the specification of 2 September 2026; that of 15 May has the flat ones only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ionqdsl.cloud.submit import clean

ALL: Final = "output_all"
"""The service's name for the register of all qubits; formats without registers hold this one."""

TOLERANCE = 1e-3
"""How far a distribution's sum may be from 1; the service rounds."""

Table = dict[int, float]


class WrongShape(ValueError):
    """A body that is not in its format; the text says why."""


@dataclass(frozen=True)
class Outcomes:
    """`tables` has a table of states for each register: probabilities that sum to 1, or counts."""

    are_counts: bool
    tables: Mapping[str, Table]

    @property
    def joint(self) -> Table | None:
        """The outcomes of all qubits, None where only registers are known."""
        return self.tables.get(ALL)


def _flat(body: Any, are_counts: bool) -> dict[str, Table]:
    """v1: decimal states as keys."""
    if not isinstance(body, dict) or not body:
        raise WrongShape("it is not a table of probabilities" if not are_counts else "it is not a table of counts")
    return {ALL: _table(body, are_counts, 10)}


def _nested(body: Any, are_counts: bool) -> dict[str, Table]:
    """v2: registers of bit strings, the first slot rightmost."""
    block = body.get("histogram" if are_counts else "probabilities") if isinstance(body, dict) else None
    registers = block.get("registers") if isinstance(block, dict) else None
    if not isinstance(registers, dict) or not all(isinstance(found, dict) for found in registers.values()):
        raise WrongShape("it has no registers")
    return {name: _table(found, are_counts, 2) for name, found in registers.items() if found}


def _shots(body: Any, are_counts: bool) -> dict[str, Table]:
    """v1: a list with a decimal state a shot."""
    if not isinstance(body, list) or not body:
        raise WrongShape("it is not a list of shots")
    seen = Counter(_state(state, 10) for state in body)
    return {ALL: {state: float(count) for state, count in seen.items()}}


def _register_shots(body: Any, are_counts: bool) -> dict[str, Table]:
    """v2: for each shot, registers of bits, the first slot first."""
    shots = body.get("shots") if isinstance(body, dict) else None
    if not isinstance(shots, list) or not shots:
        raise WrongShape("it is not a list of shots")
    tables: dict[str, Table] = {}
    for shot in shots:
        registers = shot.get("registers") if isinstance(shot, dict) else None
        if not isinstance(registers, dict):
            raise WrongShape("a shot has no registers")
        for name, bits in registers.items():
            if not isinstance(bits, list) or not all(type(bit) in (int, float) and bit in (0, 1) for bit in bits):
                raise WrongShape(f"a shot of register `{clean(name, 40)}` is not a list of bits")
            state = sum(1 << index for index, bit in enumerate(bits) if bit)
            table = tables.setdefault(name, {})
            table[state] = table.get(state, 0.0) + 1
    return tables


def _table(found: Mapping[str, Any], are_counts: bool, base: int) -> Table:
    """A table of states, checked."""
    table: Table = {}
    for state, value in found.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_possible(value, are_counts):
            what = "count" if are_counts else "probability"
            raise WrongShape(f"state {clean(state, 40)} has the {what} {clean(value, 40)}")
        number = _state(state, base)
        table[number] = table.get(number, 0.0) + max(0.0, float(value))
    total = math.fsum(table.values())
    if not are_counts and abs(total - 1) > TOLERANCE:
        raise WrongShape(f"the probabilities add up to {total:.6g}")
    if not total:
        raise WrongShape("nothing was counted")
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
class Format:
    """How a format is read, and whether it counts."""

    read: Callable[[Any, bool], dict[str, Table]]
    are_counts: bool


FORMATS: dict[str, Format] = {
    "ionq.result.histogram.json.v2": Format(_nested, True),
    "ionq.result.histogram.json.v1": Format(_flat, True),
    "ionq.result.shots.json.v2": Format(_register_shots, True),
    "ionq.result.shots.json.v1": Format(_shots, True),
    "ionq.result.probabilities.json.v2": Format(_nested, False),
    "ionq.result.probabilities.json.v1": Format(_flat, False),
}
"""Name -> format, counts before probabilities, short answers before long ones."""

HISTOGRAM, SHOTS, PROBABILITIES = (f"ionq.result.{what}.json.v1" for what in ("histogram", "shots", "probabilities"))


def read(name: str, body: Any) -> Outcomes:
    """The outcomes in a body of a format; of a body in another version of it as well. Raises WrongShape."""
    if name not in FORMATS:
        raise WrongShape(f"the format `{clean(name, 60)}` is not known")
    chosen = FORMATS[name]
    stem = name.rpartition(".")[0]
    try:
        tables = chosen.read(body, chosen.are_counts)
    except WrongShape as wrong:
        for other, form in FORMATS.items():
            if other != name and other.startswith(stem):
                try:
                    return Outcomes(form.are_counts, form.read(body, form.are_counts))
                except WrongShape:
                    continue
        raise wrong from None
    return Outcomes(chosen.are_counts, tables)


AGGREGATE = "ionq.result.probabilities-aggregate.json.v1"
"""The format of many circuits' probabilities in one answer."""


def aggregate(body: Any) -> dict[str, Table]:
    """AGGREGATE: the probabilities of each child job, by its id. Raises WrongShape."""
    if not isinstance(body, dict) or not all(isinstance(found, dict) for found in body.values()):
        raise WrongShape("it is not a table of circuits")
    return {child: _table(found, False, 10) for child, found in body.items()}
