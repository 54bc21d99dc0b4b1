"""Places the gates of plain lines in bulk: no syntax, no expression and no definition is looked at twice.

Takes a run of lines and returns their rows as `PlainRows`, and between them the lines that are left to
ordinary lowering: errors, and lines with arguments that this module does not read. The languages share it: each
resolves the names of gates and registers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import accumulate
from operator import add

from ionqdsl.ir.angle import Angle, DecimalAngle
from ionqdsl.ir.plain_rows import LineForm, PlainRows
from ionqdsl.language.lines import MOST_KNOWN, LineRun, is_gate, parts, pieces
from ionqdsl.language.lower.forms import GateForm, Units
from ionqdsl.language.values import UNIT_TURNS
from ionqdsl.record import NamedTuple

_DECIMAL = r"(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,2})?"
_NUMBER = re.compile(rf"([-+]?{_DECIMAL})({'|'.join(UNIT_TURNS)}|rad)?", re.ASCII)
_OF_PI = re.compile(rf"([-+]?)(?:({_DECIMAL})\*)?pi(?:([*/])({_DECIMAL}))?", re.ASCII)
_OPERAND = re.compile(r"\b([A-Za-z_]\w*+)\[([0-9]{1,9})\]", re.ASCII)
_HALF = Fraction(1, 2)
_REPEATED = 4
"""How often each distinct line of a piece stands there, in the mean, if that is worth a look."""


class PlainArgument(NamedTuple):
    """An argument: as many radians as there are of its unit, None if it is a plain number."""

    angle: Angle
    unit: str | None = None


def argument_of(text: str, knows_pi: bool = True) -> PlainArgument | None:
    """An argument that is a number with or without a unit, or a number times pi. None for anything else."""
    if found := _NUMBER.fullmatch(text):
        return PlainArgument(DecimalAngle(found[1]), found[2])
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
    return PlainArgument(Angle(-turns if sign == "-" else turns))


def _decimals(texts: list[str]) -> tuple[tuple[float, ...], Units] | None:
    """Decimal numbers other than 0 as floats, and their units; None if one is something else."""
    numbers: list[float] = []
    units: list[str | None] = []
    for text in texts:
        found = _NUMBER.fullmatch(text) or _NUMBER.fullmatch(text.strip())
        number = found and float(found[1])
        if found is None or not number:
            return None
        numbers.append(number)
        units.append(found[2])
    return tuple(numbers), tuple(units)


class OddLine(NamedTuple):
    """A line that must go the ordinary road: its text without surrounding blanks, and its place in the source."""

    text: str
    start: int
    end: int


class _Known(NamedTuple):
    """A line that was read before: its form by number, its numbers, and the blanks before it."""

    form: int
    numbers: tuple[float, ...]
    blanks: int


class PlainGates:
    """Places gates for one circuit while the meaning of names stays as it is.

    `form` returns the form of a gate with arguments in these units, `register` the qubits that a name with an index
    picks from (none if it is no register). With `knows_pi`, `pi` is the number. Rows stand in a verbatim `block`.
    """

    def __init__(
        self,
        form: Callable[[str, Units], GateForm | None],
        register: Callable[[str], tuple[int, ...]],
        knows_pi: bool = True,
        block: int = 0,
    ) -> None:
        self._form, self._register, self._knows_pi, self._block = form, register, knows_pi, block
        self._forms: dict[tuple[str, Units], GateForm | None] = {}
        self._arguments: dict[str, PlainArgument | None] = {}
        self._qubits: dict[str, tuple[int, ...]] = {}
        self._registers: dict[str, tuple[int, ...]] = {}
        self._numbers: dict[tuple[str, str, Units], int | None] = {}
        self._known: dict[str, _Known] = {}
        self.line_forms: list[LineForm] = []
        """The forms of the lines that were read."""

    def read(self, run: LineRun) -> Iterator[PlainRows | OddLine]:
        """The rows of a run of lines, and between them the lines that must go the ordinary road."""
        known, source = self._known, run.source
        rows = PlainRows(source, self.line_forms)
        form_of, starts, numbers = rows.form_of, rows.starts, rows.numbers
        for piece, place in pieces(run):
            written = piece.split("\n")
            if (repeated := self._repeated(written)) is not None:
                form_of.extend([one.form for one in repeated])
                offsets = accumulate(map(len, written), lambda offset, length: offset + length + 1, initial=place)
                starts.extend(map(add, offsets, [one.blanks for one in repeated]))
                continue
            for line in written:
                found = known.get(line)
                if found is None:
                    text = line.strip()
                    found = self._line(line, text) if (is_line := is_gate(text)) else None
                    if found is None and is_line:
                        if starts:
                            yield rows
                            rows = PlainRows(source, self.line_forms)
                            form_of, starts, numbers = rows.form_of, rows.starts, rows.numbers
                        first = place + line.index(text)
                        yield OddLine(text, first, first + len(text))
                if found is not None:
                    form_of.append(found[0])
                    starts.append(place + found[2])
                    if found[1]:
                        numbers.extend(found[1])
                place += len(line) + 1
        if starts:
            yield rows

    def _repeated(self, written: list[str]) -> list[_Known] | None:
        """The forms of lines without numbers, if all are such lines and few are distinct."""
        distinct = {*written}
        if _REPEATED * len(distinct) > len(written):
            return None
        for line in distinct - self._known.keys():
            if not is_gate(text := line.strip()) or self._line(line, text) is None:
                return None
        known = self._known
        if any(line not in known or known[line].numbers for line in distinct):
            return None
        return [known[line] for line in written]

    def _line(self, line: str, text: str) -> _Known | None:
        """The form of a line, None if it must go the ordinary road."""
        gate, arguments, operands = parts(text)
        texts = [] if arguments is None else arguments.split(",")
        numbers, units = _decimals(texts) or ((), None)
        number = None if units is None else self._numbered(gate, operands, units)
        if number is None:
            placed = self._placed(gate, texts, operands) if texts else None
            if placed is None:
                return None
            self.line_forms.append(placed)
            number, numbers = len(self.line_forms) - 1, ()
        found = _Known(number, numbers, line.index(text))
        if len(self._known) < MOST_KNOWN or not numbers:
            self._known[line] = found
        return found

    def _numbered(self, gate: str, operands: str, units: Units) -> int | None:
        """The number of the form of lines with a gate, operands and numbers in these units; None if they have none."""
        key = gate, operands, units
        if key not in self._numbers:
            form, qubits = self._gate_form(gate, units), self._operands(operands)
            fits = form is not None and qubits and len(qubits) == form.width
            made = form.line_form(qubits, len(units), self._block) if fits and form is not None else None
            if made is not None:
                self.line_forms.append(made)
            self._numbers[key] = None if made is None else len(self.line_forms) - 1
        return self._numbers[key]

    def _placed(self, gate: str, arguments: list[str], operands: str) -> LineForm | None:
        """The form of a single line, with its angles; None if it must go the ordinary road."""
        angles: list[Angle] = []
        units: list[str | None] = []
        for text in arguments:
            found = self._argument(text.strip())
            if found is None:
                return None
            angles.append(found.angle)
            units.append(found.unit)
        form, qubits = self._gate_form(gate, tuple(units)), self._operands(operands)
        if form is None or not qubits or len(qubits) != form.width:
            return None
        rows = form.placed(angles, qubits, self._block)
        return None if rows is None else LineForm(tuple(rows), form.phase_of(angles))

    def _gate_form(self, gate: str, units: Units) -> GateForm | None:
        key = gate, units
        if key not in self._forms:
            self._forms[key] = self._form(*key)
        return self._forms[key]

    def _operands(self, text: str) -> tuple[int, ...]:
        qubits = self._qubits.get(text)
        if qubits is None:
            qubits = self._qubits[text] = self._read_operands(text)
        return qubits

    def _argument(self, text: str) -> PlainArgument | None:
        if "pi" not in text:  # may be any number
            return argument_of(text)
        if text not in self._arguments:
            self._arguments[text] = argument_of(text, self._knows_pi)
        return self._arguments[text]

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
