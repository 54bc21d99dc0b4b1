"""Interprets a whole file: constants, parameters, circuits with values for their parameters, and named runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from string import Formatter
from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.language import syntax, values
from ionqdsl.language.one_line import one_line
from ionqdsl.language.values import Measure, Mismatch
from ionqdsl.verify.interpreter.arithmetic import elements, whole
from ionqdsl.verify.interpreter.circuits import circuit
from ionqdsl.verify.interpreter.expressions import NameScope, bound, evaluate
from ionqdsl.verify.interpreter.gates import ProgramGates
from ionqdsl.verify.interpreter.jobs import OPTIONAL, chosen, energy_value, function_settings, job_settings, needed
from ionqdsl.verify.interpreter.meaning import CircuitMeaning, ProgramMeaning, Rejected
from ionqdsl.verify.interpreter.values import as_operator, is_number, operator

Expressions = Mapping[str, syntax.Expression]
Definitions = Mapping[str, syntax.GateDefinition]
Outcomes = Mapping[tuple[str, int], int]
"""Bits by the name of their register and their place in it."""

_BARE = (
    syntax.Qubits,
    syntax.Alias,
    syntax.Application,
    syntax.Lines,
    syntax.For,
    syntax.If,
    syntax.Barrier,
    syntax.GateBlock,
    syntax.RegisterStatement,
    syntax.SlotsStatement,
    syntax.MeasureStatement,
    syntax.GatesetStatement,
    syntax.Assert,
)
"""Items that are statements of a file's anonymous circuit."""


def whole_program(
    file: syntax.File,
    standard: Definitions,
    expressions: Expressions,
    sweeps: Expressions,
    name: str,
    outcomes: Outcomes = {},  # noqa: B006 (read only)
) -> ProgramMeaning:
    """The meaning of a file: `expressions` give values for parameters, `sweeps` lists; `standard` is built in.

    If gates depend on outcomes, those that act if the outcomes are as given, 0 unless they say otherwise.
    """
    return _Program(file, standard, expressions, sweeps, name, outcomes).whole()


class _Program:
    def __init__(
        self,
        file: syntax.File,
        standard: Definitions,
        expressions: Expressions,
        sweeps: Expressions,
        name: str,
        outcomes: Outcomes,
    ) -> None:
        self.file, self.expressions, self.sweeps, self.name = file, expressions, sweeps, name
        self.outcomes = outcomes
        self.own = {item.name.text: item for item in file.items if isinstance(item, syntax.GateDefinition)}
        self.circuits = {item.name.text: item for item in file.items if isinstance(item, syntax.CircuitDefinition)}
        self.standard = ProgramGates(standard, NameScope())
        self.result = ProgramMeaning()
        self._at({}, is_point=not sweeps)

    def _at(self, point: Mapping[str, Any], is_point: bool = True) -> None:
        """All names of the file's top level, with swept parameters at a point.

        Before the points are known, a name that needs the value of a swept parameter is left out.
        """
        self.open: list[str] = []  # parameters without a value, in the order of the file
        self.scope = NameScope()
        self.gates = ProgramGates(self.own, self.scope, self.standard)
        self.scope.data = self.file.loaded
        self.scope.outcomes = self.outcomes
        self.scope.functions = {
            item.name.text: (item, self.scope) for item in self.file.items if syntax.is_function(item)
        }
        for item in self.file.items:
            if not isinstance(item, syntax.Param | syntax.Const | syntax.HamiltonianDefinition) or syntax.is_function(
                item
            ):
                continue
            name = item.declarator.name if isinstance(item, syntax.Param) else item.name
            try:
                value = self._value(item, point)
            except Rejected as refused:
                if is_point or refused.code != "QC0305":
                    raise
                continue
            if name.text in self.scope.names:
                raise Rejected("QC0220", name.span)
            self.scope.names[name.text] = value

    def _value(self, item: syntax.Param | syntax.Const | syntax.HamiltonianDefinition, point: Mapping[str, Any]) -> Any:
        if isinstance(item, syntax.Param):
            return self._parameter(item, point)
        value = evaluate(item.value, self.scope)
        if isinstance(item, syntax.HamiltonianDefinition):
            return operator(value, item.value.span)
        return value

    def whole(self) -> ProgramMeaning:
        for item in self.file.items:
            if isinstance(item, syntax.SettingsBlock) and item.kind == "job":
                self.result.job = job_settings(item, self.scope)
        points = list(self._points())
        blocks = [item for item in self.file.items if isinstance(item, syntax.SettingsBlock) and item.kind != "job"]
        runs = [item for item in self.file.items if isinstance(item, syntax.Run)]
        if blocks and blocks[0].kind == "function":
            self.result.function = function_settings(blocks[0], self.scope)
        elif blocks:
            for point in points[:1]:
                if point:
                    self._at(point)
            self._energy(blocks[0])
        elif runs:
            self._look_at_all()
            self._run(runs[0], points)
        else:
            self._run_everything(points)
        return self.result

    # --- parameters

    def _parameter(self, node: syntax.Param, point: Mapping[str, Any]) -> Any:
        """A parameter's value: that of the point, the given one, its default, or the parameter itself."""
        name = node.declarator.name.text
        source = self.expressions.get(name, node.value)
        value = None if source is None else evaluate(source, self.scope)
        if name in point:
            return point[name]
        if node.declarator.size is None:
            if value is None:
                self.open.append(name)
                return symbol(name)
            return _number(value, node.span)
        size = whole(evaluate(node.declarator.size, self.scope), node.declarator.size.span)
        is_one = value is None or is_number(value)
        parts = [value] * size if is_one else list(elements(value, node.span))
        if size < 1 or len(parts) != size:
            raise Rejected("QC0421" if size >= 1 else "QC0506", node.span)
        values = []
        for index, part in enumerate(parts):
            element = f"{name}[{index}]"
            if element in self.expressions:
                part = evaluate(self.expressions[element], self.scope)
            if element in point:
                values.append(point[element])
            elif part is None:
                self.open.append(element)
                values.append(symbol(element))
            else:
                values.append(_number(part, node.span))
        return values

    def _points(self) -> Iterator[dict[str, Any]]:
        """Every combination of the swept values, the first parameter slowest."""
        axes = []
        for name, node in self.sweeps.items():
            parameter = self.scope.names.get(name)
            rows = []
            items = elements(evaluate(node, self.scope), node.span)
            if not items:
                raise Rejected("QC0408", node.span)
            for item in items:
                if not isinstance(parameter, list):
                    rows.append({name: item})
                    continue
                parts = item if isinstance(item, list | tuple) else [item] * len(parameter)
                if len(parts) != len(parameter):
                    raise Rejected("QC0421", node.span)
                rows.append({f"{name}[{k}]": _number(part, node.span) for k, part in enumerate(parts)})
            if len({_label("", row) for row in rows}) < len(rows):
                raise Rejected("QC0460", node.span)
            axes.append(rows)
        for combination in product(*axes):
            yield {name: value for row in combination for name, value in row.items()}

    # --- circuits

    def _circuit(self, node: syntax.CircuitDefinition, arguments: Mapping[str, Any], name: str) -> CircuitMeaning:
        """A circuit with values for its parameters; those without one stay open."""
        return circuit(node.body, NameScope(self._parameters(node, arguments)), self.gates, name)

    def _parameters(self, node: syntax.CircuitDefinition, arguments: Mapping[str, Any]) -> NameScope:
        """The names that the body of a circuit sees besides its own."""
        scope = NameScope(self.scope)
        for parameter in node.parameters:
            text = parameter.name.text
            if text in arguments:
                scope.names[text] = arguments[text]
            elif parameter.default is not None:
                scope.names[text] = evaluate(parameter.default, scope)
            else:
                scope.names[text] = symbol(text)
        return scope

    def _look_at_all(self) -> dict[str, CircuitMeaning]:
        """Interprets every circuit as it is: its errors count even if it does not run."""
        meanings = {}
        for name, node in self.circuits.items():
            try:
                meanings[name] = self._circuit(node, {}, name)
            except Rejected as refused:
                if not refused.code.startswith("QC03") or not _needs(node):
                    raise
                self.result.is_sure = False  # only missing values would tell
        return meanings

    def _run_everything(self, points: list[dict[str, Any]]) -> None:
        """Without `run`: the anonymous circuit, or every circuit whose parameters all have values."""
        bare = [item for item in self.file.items if isinstance(item, _BARE)]
        for point in points:
            if point:
                self._at(point)
            if bare:
                self.result.runs.append(circuit(bare, NameScope(self.scope), self.gates, _label(self.name, point)))
            meanings = self._look_at_all()
            for name, node in self.circuits.items():
                if not _needs(node):
                    meanings[name].name = _label(name, point)
                    self.result.runs.append(meanings[name])
        if not self.result.runs:
            raise Rejected("QC0402" if self.circuits else "QC0401", None)
        is_one = len(self.result.runs) == 1 and not self.result.runs[0].registers
        self.result.is_multi = not is_one or points != [{}]

    def _run(self, run: syntax.Run, points: list[dict[str, Any]]) -> None:
        names: set[str] = set()
        for point in points:
            if point:
                self._at(point)
            for item in run.items:
                for meaning in self._item(item, point):
                    if meaning.name in names:
                        raise Rejected("QC0404", item.span)
                    names.add(meaning.name)
                    self.result.runs.append(meaning)
        only = run.items[0] if len(run.items) == 1 and points == [{}] else None
        is_plain = only is not None and only.target is None and only.label is None
        self.result.is_multi = not is_plain or bool(self.result.runs[0].registers)

    def _item(self, item: syntax.RunItem, point: Mapping[str, Any]) -> Iterator[CircuitMeaning]:
        """The circuits that `c(t) for t in items as "label"` lists."""
        node = self.circuits[item.circuit.text]
        rounds = [NameScope(self.scope)]
        if item.target is not None and item.iterable is not None:
            values = elements(evaluate(item.iterable, self.scope), item.iterable.span)
            rounds = [bound(item.target, value, self.scope) for value in values]
            if not rounds:
                raise Rejected("QC0408", item.iterable.span)
        for scope in rounds:
            arguments = _arguments(item, node, scope)
            if item.label is not None:
                seen = NameScope(self._parameters(node, arguments), scope.names | self.scope.names)
                name = _filled(item.label, seen)
            elif item.target is not None:
                try:
                    shown = [
                        _shown(value) if given.name is None else f"{given.name.text} = {_shown(value)}"
                        for given, value in zip(item.arguments or (), arguments.values(), strict=True)
                    ]
                except Mismatch as mismatch:
                    raise Rejected(mismatch.code, item.span) from None
                name = _label(f"{item.circuit.text}({', '.join(shown)})", point)
            else:
                name = _label(one_line(item.circuit.span.to(item.span).text), point)
            yield self._circuit(node, arguments, name)

    # --- energy

    def _energy(self, block: syntax.SettingsBlock) -> None:
        """The operator, the ansatz with the parameters it uses, and the other settings."""
        meanings = self._look_at_all()
        settings = chosen(block, ("hamiltonian", "ansatz", *OPTIONAL))
        needed(settings, ("hamiltonian", "ansatz"), block)
        operator, ansatz = settings["hamiltonian"].value, settings["ansatz"].value
        name = ansatz.name if isinstance(ansatz, syntax.Reference) else ""
        if name not in self.circuits or isinstance(operator, tuple):
            raise Rejected("QC0414", settings["ansatz"].span)
        if name not in meanings:
            raise Rejected("QC0305", settings["ansatz"].span)
        self.result.energy = {"hamiltonian": as_operator(evaluate(operator, self.scope), operator.span)}
        for key in OPTIONAL:
            if key in settings:
                node = settings[key].value
                self.result.energy[key] = energy_value(key, evaluate(node, self.scope), node.span)  # type: ignore[arg-type, union-attr]
        self.result.energy["ansatz"] = meanings[name]
        needs = _needs(self.circuits[name])
        self.result.energy["parameters"] = tuple(self._used(meanings[name], needs))
        params, still_open = self.result.energy.get("params"), self.result.energy["parameters"]
        if params is None or len(params) == len(still_open):
            return
        self.expressions = {}  # a value from outside counts instead of the one in `params`
        self._at({})
        written = tuple(self._used(self._look_at_all()[name], needs))
        if len(written) == len(params):
            pairs = zip(written, params, strict=True)
            self.result.energy |= {"params": tuple(value for parameter, value in pairs if parameter in still_open)}

    def _used(self, ansatz: CircuitMeaning, own: list[str]) -> Iterator[str]:
        """The parameters that stay open and occur in the ansatz; arrays are used as a whole."""
        angles = [angle for step in ansatz.steps for row in step.rows for angle in row.angles]
        symbols = {element for angle in (*angles, ansatz.phase) for element in angle.symbols}
        used = set(re.findall(r"[A-Za-z_]\w*", " ".join(symbols)))
        for name in (*self.open, *own):
            if name.partition("[")[0] in used:
                yield name


def symbol(name: str) -> Measure:
    """A parameter without a value: an unknown plain number."""
    return Measure(Angle(0, 0, ((name, 0, 1),)))


def _number(value: Any, span: Span) -> Any:
    if not is_number(value):
        raise Rejected("QC0307", span)
    return value


def _needs(node: syntax.CircuitDefinition) -> list[str]:
    """The parameters of a circuit that have no default."""
    return [parameter.name.text for parameter in node.parameters if parameter.default is None]


def _arguments(item: syntax.RunItem, node: syntax.CircuitDefinition, scope: NameScope) -> dict[str, Any]:
    """Values for a circuit's parameters, given by position or by name."""
    names = [parameter.name.text for parameter in node.parameters]
    arguments: dict[str, Any] = {}
    for position, argument in enumerate(item.arguments or ()):
        name = argument.name.text if argument.name else names[position] if position < len(names) else ""
        if name not in names or name in arguments:
            raise Rejected("QC0406", item.span)
        arguments[name] = evaluate(argument.value, scope)
    if any(name not in arguments for name in _needs(node)):
        raise Rejected("QC0403", item.span)
    return arguments


# --- names -----------------------------------------------------------------------------------------------------------


def _shown(value: Any, spec: str = "", unit: bool = True) -> str:
    """A value in a name: an angle in the unit it was written in, which fields of `as` leave out."""
    if values.is_angle(value):
        number = values.divide(value, values.literal(1, value.unit))
        return _shown(number, spec) + (value.unit or "") * unit
    if isinstance(value, list | tuple) and not spec:
        parts = ", ".join(_shown(part, "", unit) for part in value)
        return f"[{parts}]" if isinstance(value, list) else f"({parts})" if len(value) != 1 else f"({parts},)"
    if isinstance(value, Measure):
        value = values.as_float(value)
    return format(float(value) if isinstance(value, Fraction) else value, spec)


def _label(name: str, point: Mapping[str, Any]) -> str:
    """A name with the values of swept parameters: `ansatz t=0.5 th=[0.1, 0.2]`, one number for equal elements."""
    groups: dict[str, dict[str, str]] = {}
    for element, value in point.items():
        groups.setdefault(element.partition("[")[0], {})[element] = _shown(value)
    parts = []
    for base, shown in groups.items():
        if list(shown) == [base] or len(shown) == 1:
            parts += [f"{element}={text}" for element, text in shown.items()]
        else:
            texts = list(shown.values())
            parts.append(f"{base}={texts[0] if len({*texts}) == 1 else '[' + ', '.join(texts) + ']'}")
    return " ".join([name, *parts])


def _filled(label: syntax.Text, scope: NameScope) -> str:
    """A label with its fields, `{name}` or `{name:format}`, filled in."""
    text = ""
    try:
        for before, name, spec, conversion in Formatter().parse(label.value):
            text += before
            if name is None:
                continue
            if conversion or not re.fullmatch(r"[A-Za-z_]\w*", name):
                raise Rejected("QC0422", label.span)
            text += _shown(scope.value(name, label.span), spec or "", unit=False)
    except (ValueError, TypeError, OverflowError):
        raise Rejected("QC0422", label.span) from None
    except Mismatch as mismatch:
        raise Rejected(mismatch.code, label.span) from None
    return text
