"""Interprets applications of gates: the gate's name, its arguments, its body, and modifiers.

Takes a statement, the values of names and the qubits it is applied to, and returns rows on these qubits and a global
phase. A body is expanded again on each use. Bodies of standard gates are read from their text, like a program's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import count
from typing import Any, NamedTuple

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle, Exact
from ionqdsl.ir.circuit import BARRIER
from ionqdsl.ir.gates import GATES, NAMES, Gate, Parameter
from ionqdsl.language import syntax, values
from ionqdsl.verify.interpreter.arithmetic import elements, truth, whole
from ionqdsl.verify.interpreter.exponentials import NOT_GIVEN, as_angle, exponentials
from ionqdsl.verify.interpreter.expressions import NameScope, bound, evaluate
from ionqdsl.verify.interpreter.meaning import GateSequence, MeantRow, Rejected
from ionqdsl.verify.interpreter.operands import lengths_of, over_qubits, over_registers, picked
from ionqdsl.verify.interpreter.plain_lines import statements
from ionqdsl.verify.interpreter.powers import inverse, power_of_all, real_power, repeated
from ionqdsl.verify.interpreter.values import QubitGroup, is_number


class MeantModifier(NamedTuple):
    """A modifier with its value: the number of controls, or an exponent; 1 for `inv`."""

    kind: str
    number: Any
    span: Span

    @property
    def controls(self) -> int:
        """The number of qubits that it takes for itself."""
        return self.number if self.kind in ("ctrl", "negctrl") else 0


class GateSite(NamedTuple):
    """Where a statement stands: the values of names there, the gateset, and the verbatim block, 0 if in none."""

    scope: NameScope
    gateset: str
    block: Any


PRINCIPAL = ("iswap", "ecr")
"""Standard gates of several rows that have real powers all the same."""


class ProgramGates:
    """The gates of a program: `own` are its definitions by name, `around` the names their bodies see."""

    def __init__(
        self, own: Mapping[str, syntax.GateDefinition], around: NameScope, standard: ProgramGates | None = None
    ) -> None:
        self.own = own
        self.around = around
        self.standard = standard
        self.blocks: Iterator[int] = count(1) if standard is None else standard.blocks
        self._lines: dict[Span, list[syntax.Application]] = {}

    # --- applications

    def spread(self, node: syntax.Application, given: Sequence[QubitGroup], site: GateSite) -> list[list[int]]:
        """The qubits of each application that a statement stands for."""
        controls = sum(
            1 if modifier.argument is None else whole(evaluate(modifier.argument, site.scope), modifier.argument.span)
            for modifier in node.modifiers
            if modifier.kind in ("ctrl", "negctrl")
        )
        gate = None if node.gate.text == "gphase" else self.find(node, site.gateset)
        if isinstance(gate, syntax.GateDefinition) and any(formal.is_register for formal in gate.operands):
            return over_registers(node, gate, given, controls)
        count = len(given[0].qubits) if len(given) == 1 else len(given)
        width = self.width(node, site.gateset, count - controls) + controls
        applications = over_qubits(node, given, width)
        if not applications:
            self.applied(node, site._replace(block=0), list(range(-width, 0)), [])  # even an empty one must be valid
        return applications

    def applied(
        self, node: syntax.Application, site: GateSite, qubits: Sequence[int], lengths: Sequence[int]
    ) -> GateSequence:
        """The effect of an application on some qubits; `lengths` are those of the operands of a gate over registers."""
        modifiers = _without_pairs([self._modifier(modifier, site.scope) for modifier in node.modifiers])
        if len({*qubits}) != len(qubits):
            raise Rejected("QC0209", node.span)
        piece = self._modified(modifiers, node, site, tuple(qubits), lengths)
        for row in piece.rows:
            if not row.block and _gateset(row) != site.gateset:
                raise Rejected("QC0205" if site.gateset == "native" else "QC0204", node.gate.span)
        return piece

    def width(self, node: syntax.Application, gateset: str, count: int) -> int:
        """The number of operands of a gate without its modifiers."""
        if node.gate.text == "gphase":
            return 0
        gate = self.find(node, gateset)
        if isinstance(gate, syntax.GateDefinition):
            return len(gate.operands)
        return gate.operands if gate.operands >= 0 else max(0, count)

    def find(self, node: syntax.Application, gateset: str) -> Gate | syntax.GateDefinition:
        """The gate of a name: a row of the table, one of the program's, or a standard gate."""
        name = node.gate.text
        if name in NAMES[gateset]:
            return GATES[NAMES[gateset][name]]
        if name in self.own:
            return self.own[name]
        if self.standard is not None and name in self.standard.own and not name.startswith("_"):
            return self.standard.own[name]
        other = "native" if gateset == "qis" else "qis"
        foreign = "QC0204" if gateset == "qis" else "QC0205"
        raise Rejected(foreign if name in NAMES[other] else "QC0202", node.gate.span)

    def _modifier(self, node: syntax.Modifier, scope: NameScope) -> MeantModifier:
        """`ctrl` and `negctrl` with their number of controls, `pow` with its exponent."""
        kind, argument = node.kind, node.argument
        if kind == "inv" and argument is not None:
            raise Rejected("QC0210", node.span)
        if kind == "pow" and argument is None:
            raise Rejected("QC0211", node.span)
        if argument is None:
            return MeantModifier(kind, 1, node.span)
        value = evaluate(argument, scope)
        if kind != "pow":
            number = whole(value, argument.span)
            if not 1 <= number <= 1000:
                raise Rejected("QC0214", argument.span)
            return MeantModifier(kind, number, node.span)
        if values.is_symbolic(value) and not values.is_angle(value):
            raise Rejected("QC0305", argument.span)
        if not is_number(value) or values.is_angle(value):
            raise Rejected("QC0307", argument.span)
        return MeantModifier(kind, values.plain(value), node.span)

    # --- modifiers: the outermost takes the first operands, and changes all that the others make of the gate

    def _modified(
        self,
        modifiers: list[MeantModifier],
        node: syntax.Application,
        site: GateSite,
        qubits: tuple[int, ...],
        lengths: Sequence[int],
    ) -> GateSequence:
        """The gate under its modifiers, applied from the inside out; a loop, since a text may have thousands."""
        spread = []  # each modifier with the qubits from its own controls on
        for modifier in modifiers:
            spread.append((modifier, qubits))
            qubits = qubits[modifier.controls :]
        piece = self._plain(node, site, qubits, lengths)
        for place, ((kind, number, _), operands) in enumerate(reversed(spread)):
            if kind in ("ctrl", "negctrl"):
                piece = _controlled(piece, operands[:number], kind == "negctrl", site.block, node.span)
            elif kind == "inv":
                piece = inverse(piece)
            elif number == int(number):
                piece = repeated(piece, int(number), site.block)
            else:
                piece = self._real_power(piece, not place, node, site, operands, number, lengths)
        return piece

    def _real_power(
        self,
        piece: GateSequence,
        is_innermost: bool,
        node: syntax.Application,
        site: GateSite,
        qubits: tuple[int, ...],
        exponent: Exact,
        lengths: Sequence[int],
    ) -> GateSequence:
        """The principal power of a piece, if the form of its base determines it."""
        if not piece.rows:
            return GateSequence([], piece.phase * exponent)
        if len(piece.rows) == 1 and not piece.phase and piece.rows[0].gate not in ("power", "product"):
            return real_power(piece.rows[0], exponent, node.span)
        gate = None if node.gate.text == "gphase" else self.find(node, site.gateset)
        if not is_innermost or not isinstance(gate, syntax.GateDefinition):
            raise Rejected("QC0212", node.span)
        if gate.name.text in PRINCIPAL and gate.name.text not in self.own:
            return power_of_all(piece, qubits, exponent, site.block)
        only = gate.body[0] if len(gate.body) == 1 else None
        if isinstance(only, syntax.Application) and all(m.kind in ("ctrl", "negctrl") for m in only.modifiers):
            # controlled gates have the powers of the gate inside
            power = syntax.Modifier("pow", syntax.Number(Fraction(exponent), "", node.span), node.span)
            changed = syntax.Application((*only.modifiers, power), only.gate, only.arguments, only.operands, only.span)
            given = self._given(node, gate, site.scope)
            return self._opened(gate, (changed,), given, qubits, site.block, lengths, True)
        is_known = all(angle.is_bound for row in piece.rows for angle in _angles(row)) and piece.phase.is_bound
        if len(qubits) == 1 and is_known:
            return power_of_all(piece, qubits, exponent, site.block)
        raise Rejected("QC0212", node.span)

    # --- gates

    def _plain(
        self, node: syntax.Application, site: GateSite, qubits: tuple[int, ...], lengths: Sequence[int]
    ) -> GateSequence:
        """The gate without modifiers."""
        scope, gateset, block = site
        if node.gate.text == "gphase":
            (value,) = self._arguments(node, ["angle"], 1, scope)
            return GateSequence([], as_angle(value, "rad", node.span))
        gate = self.find(node, gateset)
        if isinstance(gate, syntax.GateDefinition):
            return self._opened(gate, gate.body, self._given(node, gate, scope), qubits, block, lengths)
        names = [parameter.name for parameter in gate.parameters]
        if gate.key == "pauliexp":
            arguments = self._arguments(node, [*names, "order"], gate.required, scope)
            return GateSequence(exponentials(arguments, qubits, block, node.span))
        arguments = self._arguments(node, names, gate.required, scope)
        angles = tuple(map(_angle_for, arguments, gate.parameters, [node.span] * len(arguments)))
        if gate.key == "nop" and angles[0].is_bound and angles[0].radians < 0:
            raise Rejected("QC0319", node.span)
        return GateSequence([MeantRow(gate.key, qubits, angles, 0, block)])

    def _arguments(self, node: syntax.Application, names: list[str], required: int, scope: NameScope) -> list[Any]:
        """The values given for parameters, by position or name; `NOT_GIVEN` for a default."""
        values: list[Any] = [NOT_GIVEN] * len(names)
        for position, argument in enumerate(node.arguments):
            if argument.name is not None and argument.name.text not in names:
                raise Rejected("QC0208", argument.name.span)
            place = position if argument.name is None else names.index(argument.name.text)
            if place >= len(names) or values[place] is not NOT_GIVEN:
                raise Rejected("QC0207", node.span)
            values[place] = evaluate(argument.value, scope)
        if NOT_GIVEN in [value if value is NOT_GIVEN else None for value in values[:required]]:
            raise Rejected("QC0207", node.span)
        return values

    def _given(self, node: syntax.Application, gate: syntax.GateDefinition, scope: NameScope) -> list[Any]:
        names = [parameter.name.text for parameter in gate.parameters]
        return self._arguments(node, names, sum(p.default is None for p in gate.parameters), scope)

    def _opened(
        self,
        gate: syntax.GateDefinition,
        body: Sequence[Any],
        arguments: list[Any],
        qubits: tuple[int, ...],
        block: Any,
        lengths: Sequence[int],
        is_power: bool = False,
    ) -> GateSequence:
        """A definition's body, with values for its parameters and qubits for its operands."""
        standard = self.standard if self.standard and self.standard.own.get(gate.name.text) is gate else None
        home = standard or self
        scope = NameScope(home.around)
        for parameter, value in zip(gate.parameters, arguments, strict=True):
            if value is NOT_GIVEN:
                assert parameter.default is not None
                value = evaluate(parameter.default, scope)
            scope.names[parameter.name.text] = value
        operands: dict[str, QubitGroup] = {}
        left = list(qubits)
        own = lengths[len(lengths) - len(gate.operands) :]
        for position, formal in enumerate(gate.operands):
            length = own[position] if formal.is_register else 1
            wants = length if formal.size is None else whole(evaluate(formal.size, scope), formal.size.span)
            if wants != length:
                raise Rejected("QC0346" if wants < 0 else "QC0236", formal.span)
            operands[formal.name.text] = group = QubitGroup(tuple(left[:length]), not formal.is_register)
            del left[:length]
            if formal.is_register:
                scope.names[formal.name.text] = group
        piece = GateSequence()
        home.body(body, GateSite(scope, "qis", block), operands, piece, is_power)
        return piece

    def body(
        self,
        statements: Sequence[Any],
        site: GateSite,
        operands: dict[str, QubitGroup],
        piece: GateSequence,
        is_power: bool = False,
    ) -> None:
        """The statements of a definition, in order; `is_power` if the only one has got a real power."""
        scope = site.scope
        for node in statements:
            match node:
                case syntax.Application():
                    given = [_group(operand, operands, scope) for operand in node.operands]
                    applications = self.spread(node, given, site)
                    if is_power and len(applications) > 1:
                        raise Rejected("QC0212", node.span)
                    for qubits in applications:
                        applied = self.applied(node, site, qubits, lengths_of(given))
                        piece.rows += applied.rows
                        piece.phase += applied.phase
                case syntax.Const():
                    scope.names[node.name.text] = evaluate(node.value, scope)
                case syntax.Alias():
                    groups = [_group(operand, operands, scope) for operand in node.operands]
                    named = QubitGroup(tuple(qubit for group in groups for qubit in group.qubits))
                    operands = operands | {node.name.text: named}
                    scope.names[node.name.text] = named
                case syntax.For():
                    for item in elements(evaluate(node.iterable, scope), node.iterable.span):
                        inner = bound(node.target, item, scope)
                        self.body(node.body, site._replace(scope=inner), operands, piece)
                case syntax.If():
                    chosen = truth(evaluate(node.condition, scope), node.condition.span)
                    branch = node.then if chosen else node.otherwise
                    self.body(branch, site._replace(scope=NameScope(scope)), operands, piece)
                case syntax.GateBlock(kind="native"):
                    inside = GateSite(NameScope(scope), "native", site.block or next(self.blocks))
                    self.body(node.body, inside, operands, piece)
                case syntax.Assert():
                    asserted(node, scope)
                case syntax.Lines():
                    self.body(self._statements(node), site, operands, piece)
                case _:
                    raise Rejected("QC0407", node.span)

    def _statements(self, node: syntax.Lines) -> list[syntax.Application]:
        """The statements of plain lines, which are read once."""
        if node.span not in self._lines:
            self._lines[node.span] = statements(node)
        return self._lines[node.span]


def _group(operand: syntax.Operand, operands: Mapping[str, QubitGroup], scope: NameScope) -> QubitGroup:
    """The qubits that an operand in a definition's body names."""
    group = operands.get(operand.name or "")
    if group is None or (operand.items is not None and group.is_single):
        raise Rejected("QC0213", operand.span)
    return picked(group, operand, scope)


def _without_pairs(modifiers: list[MeantModifier]) -> list[MeantModifier]:
    """An inverse of an inverse is the gate itself, and has the powers that are known of it."""
    kept: list[MeantModifier] = []
    for modifier in modifiers:
        if kept and kept[-1].kind == modifier.kind == "inv":
            kept.pop()
        else:
            kept.append(modifier)
    return kept


def asserted(node: syntax.Assert, scope: NameScope) -> None:
    """Refuses a program whose assertion does not hold."""
    if not truth(evaluate(node.condition, scope), node.condition.span):
        raise Rejected("QC0409", node.span)


def _angle_for(value: Any, parameter: Parameter, span: Span) -> Angle:
    return Angle(parameter.default or 0) if value is NOT_GIVEN else as_angle(value, parameter.unit, span)


def _controlled(
    piece: GateSequence, controls: tuple[int, ...], is_negative: bool, block: Any, span: Span
) -> GateSequence:
    """The gates under controls that must all be |1>, or |0>; the phase becomes a gate."""
    rows = []
    for row in piece.rows:
        if _gateset(row) == "native":
            raise Rejected("QC0215", span)
        is_gate = row.gate != BARRIER
        qubits = (*controls, *row.qubits) if is_gate else row.qubits
        rows.append(row._replace(qubits=qubits, controls=row.controls + len(controls) * is_gate))
    if piece.phase:
        rows.append(MeantRow("p", controls, (piece.phase,), len(controls) - 1, block))
    if is_negative:
        flips = [MeantRow("x", (control,), (), 0, block) for control in controls]
        rows = [*flips, *rows, *flips]
    return GateSequence(rows)


def _gateset(row: MeantRow) -> str:
    if row.gate == "power":
        return _gateset(row.inside[0])
    return "native" if row.gate in NAMES["native"].values() else "qis"


def _angles(row: MeantRow) -> list[Angle]:
    return [*row.angles, *(angle for inner in row.inside for angle in _angles(inner))]
