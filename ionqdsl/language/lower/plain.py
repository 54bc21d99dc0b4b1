"""Places the gates of plain lines in bulk: no syntax, no expression and no definition is looked at twice.

Takes the three parts of a line (a gate's name, its arguments, its operands) and returns rows and a phase, or None for a
line that must go the ordinary road, because it is an error or has an argument that this module does not read. The
languages share it: each says what a gate's name and a register's name mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from ionqdsl.ir.angle import Angle, AngleSum, DecimalAngle
from ionqdsl.ir.circuit import Op
from ionqdsl.language.lower.forms import GateForm
from ionqdsl.record import NamedTuple

_DECIMAL = r"(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,2})?"
_NUMBER = re.compile(rf"[-+]?{_DECIMAL}", re.ASCII)
_OF_PI = re.compile(rf"([-+]?)(?:({_DECIMAL})\*)?pi(?:([*/])({_DECIMAL}))?", re.ASCII)
_OPERAND = re.compile(r"\b([A-Za-z_]\w*+)\[([0-9]{1,9})\]", re.ASCII)
_HALF = Fraction(1, 2)


def angle_of(text: str, knows_pi: bool = True) -> Angle | None:
    """An argument as an angle in radians: a number, or a number times pi. None for anything else."""
    if _NUMBER.fullmatch(text):
        return DecimalAngle(text)
    match = _OF_PI.fullmatch(text) if knows_pi else None
    if match is None:
        return None
    sign, before, operator, after = match.groups()
    turns = Fraction(before) * _HALF if before else _HALF
    if after:
        factor = Fraction(after)
        if operator == "/" and not factor:
            return None
        turns = turns * factor if operator == "*" else turns / factor
    return Angle(-turns if sign == "-" else turns)


class PlacedLine(NamedTuple):
    """The rows of a line, and whether they omit a phase, which the next line like it has again."""

    rows: list[Op]
    has_phase: bool


class PlainGates:
    """Places gates for one circuit while the meaning of names stays as it is.

    `form` returns the form of a gate with so many arguments, `register` the qubits that a name with an index picks from
    (none if it is no register). With `knows_pi`, `pi` is the number.
    """

    def __init__(
        self,
        form: Callable[[str, int], GateForm | None],
        register: Callable[[str], tuple[int, ...]],
        knows_pi: bool = True,
        block: int = 0,
    ) -> None:
        self._form, self._register, self._knows_pi, self._block = form, register, knows_pi, block
        self._forms: dict[tuple[str, int], GateForm | None] = {}
        self._angles: dict[str, Angle | None] = {}
        self._qubits: dict[str, tuple[int, ...]] = {}
        self._registers: dict[str, tuple[int, ...]] = {}

    def placed(self, gate: str, arguments: str | None, operands: str, phases: AngleSum) -> PlacedLine | None:
        """The rows of a line, None if it must go the ordinary road. Adds the phase that they omit to `phases`."""
        qubits = self._qubits.get(operands)
        if qubits is None:
            qubits = self._qubits[operands] = self._read_operands(operands)
        angles: list[Angle] = []
        if arguments is not None:
            for text in arguments.split(","):
                angle = self._angle(text.strip())
                if angle is None:
                    return None
                angles.append(angle)
        key = gate, len(angles)
        if key not in self._forms:
            self._forms[key] = self._form(*key)
        form = self._forms[key]
        if form is None or not qubits or len(qubits) != form.width:
            return None
        rows = form.placed(angles, qubits, self._block)
        if rows is None:
            return None
        if form.has_phase:
            form.add_phase(angles, phases)
        return PlacedLine(rows, form.has_phase)

    def _angle(self, text: str) -> Angle | None:
        if _NUMBER.fullmatch(text):
            return DecimalAngle(text)
        if text not in self._angles:
            self._angles[text] = angle_of(text, self._knows_pi)
        return self._angles[text]

    def _read_operands(self, text: str) -> tuple[int, ...]:
        """The qubits of the operands; none if one is missing, or twice the same."""
        qubits = []
        for name, index in _OPERAND.findall(text):
            if name not in self._registers:
                self._registers[name] = self._register(name)
            register = self._registers[name]
            if int(index) >= len(register):
                return ()
            qubits.append(register[int(index)])
        return tuple(qubits) if len({*qubits}) == len(qubits) else ()
