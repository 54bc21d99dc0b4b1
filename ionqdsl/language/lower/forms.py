"""Writes the rows of a gate once for all arguments: every angle as a linear form of them.

Takes a gate and its number of arguments, and returns a `GateForm`: it gives the rows for arguments and qubits without
looking at the gate's definition again. Arguments are plain numbers: decimal numbers and multiples of pi. A gate whose
rows are not such a form has none, and for arguments that might change which rows there are, a form gives no rows; both
are then expanded in the ordinary way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import partial

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle, AngleSum, Exact
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.gates import Gate
from ionqdsl.ir.plain_rows import LineForm, argument, argument_number, is_line_angle
from ionqdsl.language import lines, syntax
from ionqdsl.language.evaluate import Poisoned, Scope
from ionqdsl.language.library import Library
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.lower.templates import Template
from ionqdsl.language.values import UNIT_TURNS, Measure
from ionqdsl.record import Any, NamedTuple

PARTIAL = "partial"
"""Stands among the kinds of modifiers of a gate for expressions that may be errors."""
TOTAL = frozenset({"+", "-", "*"})
"""The operators that have a value for all numbers."""
_LARGEST = 2**64
"""Forms have no number and no denominator above this: a plain number times one of them is never too large."""


class _Share(NamedTuple):
    """An argument, by its number, times so many turns and radians."""

    argument: int
    turns: int | Fraction
    radians: int | Fraction


class _LinearAngle(NamedTuple):
    """An angle plus shares of arguments."""

    constant: Angle
    shares: tuple[_Share, ...]

    def at(self, arguments: Sequence[Angle]) -> Angle | None:
        """The angle for arguments; None if it is 0, or if an argument with pi is multiplied by another angle."""
        turns, radians = self.constant.turns, self.constant.radians
        for number, by_turns, by_radians in self.shares:
            value = arguments[number]
            if by_turns:
                if value.turns:
                    return None
                turns += by_turns * value.radians
            turns += by_radians * value.turns
            radians += by_radians * value.radians
        return Angle(turns, radians) if turns or radians else None


class _FormRow(NamedTuple):
    """A row on operands 0, 1, ..., None for all of them in order.

    An angle is a constant, an argument as it is (by its number), or a linear form.
    """

    gate: str
    operands: tuple[int, ...] | None
    angles: tuple[Angle | int | _LinearAngle, ...]
    controls: int


class GateForm(NamedTuple):
    """The rows of a gate on `width` operands, and the phase they omit, for any arguments.

    `is_regular` says that arguments of 0 make no difference to which rows there are, `is_direct` that every angle is an
    argument or a constant.
    """

    rows: tuple[_FormRow, ...]
    phase: _LinearAngle
    width: int
    is_regular: bool
    is_direct: bool
    has_phase: bool

    def placed(self, arguments: Sequence[Angle], qubits: tuple[int, ...], block: int = 0) -> list[Op] | None:
        """The rows for arguments on qubits, in a verbatim block; None if they must be expanded in the ordinary way."""
        if not self.is_regular and not all(arguments):
            return None
        rows: list[Op] = []
        for gate, operands, parts, controls in self.rows:
            angles = tuple([_angle(part, arguments) for part in parts])
            if not self.is_direct and any(angle is None for angle in angles):
                return None
            placed = qubits if operands is None else tuple([qubits[place] for place in operands])
            rows.append(_op((gate, placed, angles, controls, block, None, None, ())))
        return rows

    def line_form(self, qubits: tuple[int, ...], count: int, block: int = 0) -> LineForm | None:
        """The form of lines with this gate, so many arguments and these qubits; None if some angle is not one argument
        times a number.
        """
        rows = [
            Op(
                gate,
                qubits if operands is None else tuple([qubits[place] for place in operands]),
                tuple([_open(part) for part in parts]),
                controls,
                block,
            )
            for gate, operands, parts, controls in self.rows
        ]
        if not all(is_line_angle(angle) for op in rows for angle in op.angles):
            return None
        return LineForm(tuple(rows), _open(self.phase), count)

    def phase_of(self, arguments: Sequence[Angle]) -> Angle:
        """The phase that the rows omit."""
        if not self.has_phase:
            return ZERO
        total = AngleSum()
        self.add_phase(arguments, total)
        return total.angle()

    def add_phase(self, arguments: Sequence[Angle], total: AngleSum) -> None:
        """Adds the phase that the rows omit to a sum."""
        total.add(self.phase.constant)
        for number, _, radians in self.phase.shares:
            total.add(arguments[number], radians)


_op = partial(tuple.__new__, Op)
"""A row of all its fields: the class of a named tuple calls a function of Python for that."""


def _open(part: Angle | int | _LinearAngle) -> Angle:
    """An angle of a form with symbols for the arguments."""
    if isinstance(part, int):
        return Angle.of(argument(part), radians=1)
    if isinstance(part, _LinearAngle):
        terms = tuple([(argument(share.argument), share.turns, share.radians) for share in part.shares])
        return Angle(part.constant.turns, part.constant.radians, terms)
    return part


def _angle(part: Angle | int | _LinearAngle, arguments: Sequence[Angle]) -> Angle | None:
    if isinstance(part, int):
        return arguments[part]
    return part.at(arguments) if isinstance(part, _LinearAngle) else part


Units = tuple[str | None, ...]
"""The units of arguments: turn, deg, rad, or None for a plain number."""


def form_of(expander: Expander, gateset: str, place: Span, gate: str, units: Units) -> GateForm | None:
    """The form of a gate with arguments in these units, None if it has none or cannot be called like that."""
    key = gateset, gate, units
    if key not in expander.forms:
        expander.forms[key] = _form_of(expander, gateset, place, gate, units)
    form: GateForm | None = expander.forms[key]
    return form


def _form_of(expander: Expander, gateset: str, place: Span, gate: str, units: Units) -> GateForm | None:
    entry = expander.library.find(gate, gateset)
    if entry is None or (isinstance(entry, Gate) and entry.operands < 0):
        return None
    if expander.library.over_registers(gate) is not None:
        return None
    kinds = modifiers_of(expander.library, gate, gateset)
    if kinds & FORMLESS:
        return None
    arguments = symbols(units)
    scope = Scope({**arguments})
    given = tuple([syntax.Argument(None, syntax.Reference(name, place), place) for name in arguments])
    node = syntax.Application((), syntax.Name(gate, place), given, (), place)
    try:
        template = expander.expand(node, scope, gateset)
    except (CompileError, Poisoned):
        return None
    return None if template.gatesets - {gateset} else linear(template, not kinds)


def symbols(units: Units) -> dict[str, Measure]:
    """Names for arguments, with values that stand for any number of their units."""
    return {(name := argument(number)): _symbol(name, unit) for number, unit in enumerate(units)}


def _symbol(name: str, unit: str | None) -> Measure:
    turns = UNIT_TURNS.get(unit or "", 0)
    return Measure(Angle.of(name, turns=turns) if turns else Angle.of(name, radians=1), unit)


FORMLESS = frozenset({"pow", PARTIAL})
"""A gate with one of these has no form. A real power depends on the values of angles in ways that its rows do not show;
an expression that is an error for some values would be none for a symbol."""


def modifiers_of(library: Library, gate: str, gateset: str) -> set[str]:
    """The kinds of modifiers in a gate's definition and in those that it calls, which may decide which rows there are;
    and PARTIAL if one of their expressions may be an error.
    """
    entry = library.find(gate, gateset)
    return set() if isinstance(entry, Gate) or entry is None else _modifiers(entry, library, gateset, set())


def linear(template: Template, is_regular: bool) -> GateForm | None:
    """The form of a template for `symbols`; None if an angle is not linear in them, or if rows stand in blocks."""
    rows: list[_FormRow] = []
    for op in template.rows:
        sums = [_linear(angle) for angle in op.angles]
        if op.pinned or op.gate == "nop" or op.operator is not None or None in sums:
            return None
        operands = None if op.qubits == tuple(range(template.width)) else op.qubits
        rows.append(_FormRow(op.gate, operands, tuple([_part(one) for one in sums if one is not None]), op.controls))
    phase = _linear(template.phase)
    if phase is None or any(share.turns for share in phase.shares):
        return None
    is_direct = not any(type(part) is _LinearAngle for row in rows for part in row.angles)
    has_phase = bool(phase.shares or phase.constant)
    return GateForm(tuple(rows), phase, template.width, is_regular, is_direct, has_phase)


def _linear(angle: Angle) -> _LinearAngle | None:
    """An angle of symbols as a sum of shares; None if it is no such sum, or has long numbers."""
    shares = []
    for symbol, turns, radians in angle.terms:
        number = argument_number(symbol)
        if number is None or isinstance(turns, float) or isinstance(radians, float):
            return None
        if not _is_small(turns) or not _is_small(radians):
            return None
        shares.append(_Share(number, turns, radians))
    if shares and not (_is_small(angle.turns) and _is_small(angle.radians)):
        return None
    return _LinearAngle(Angle(angle.turns, angle.radians), tuple(shares))


def _part(whole: _LinearAngle) -> Angle | int | _LinearAngle:
    """The simplest form of a sum: a constant, or an argument as it is."""
    if not whole.shares:
        return whole.constant
    if not whole.constant and [share[1:] for share in whole.shares] == [(0, 1)]:
        return whole.shares[0].argument
    return whole


def _is_small(number: Exact) -> bool:
    return not isinstance(number, float) and abs(number.numerator) < _LARGEST > number.denominator


def _modifiers(entry: syntax.GateDefinition, library: Library, gateset: str, seen: set[int]) -> set[str]:
    if id(entry) in seen:
        return set()
    seen.add(id(entry))
    inner, kinds = library.within(entry), {PARTIAL} if _may_fail(entry) else set[str]()
    for node in _applications(entry.body):
        kinds |= {modifier.kind for modifier in node.modifiers}
        called = inner.find(node.gate.text, gateset)
        if isinstance(called, syntax.GateDefinition):
            kinds |= _modifiers(called, inner, gateset, seen)
    return kinds


def _may_fail(entry: syntax.GateDefinition) -> bool:
    """Whether an expression of a definition may be an error for some values of its parameters: 1/a, sqrt(a)."""
    names = {parameter.name.text for parameter in entry.parameters}
    parts = list(syntax.walk((entry.parameters, entry.body))) if names else []
    for part in parts:
        if isinstance(part, syntax.Const) and syntax.mentions(part.value, names):
            names.add(part.name.text)
    return any(_is_partial(part, names) for part in parts)


def _is_partial(part: Any, names: set[str]) -> bool:
    match part:
        case syntax.Binary():
            return part.operator not in TOTAL and syntax.mentions(part.right if part.operator == "/" else part, names)
        case syntax.Call():
            return syntax.mentions(part.arguments, names)
        case syntax.For() | syntax.Clause():
            return syntax.mentions(part.iterable, names)
    return False


def _applications(body: Iterable[Any]) -> Iterable[syntax.Application]:
    for node in body:
        match node:
            case syntax.Application():
                yield node
            case syntax.Lines():
                yield from lines.applications(node)
            case syntax.For() | syntax.GateBlock():
                yield from _applications(node.body)
            case syntax.If():
                for link in node.chain:
                    yield from _applications(link.then)
                yield from _applications(node.otherwise)
