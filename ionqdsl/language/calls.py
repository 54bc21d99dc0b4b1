"""Matches the arguments of a call with the parameters of a function of the program.

A function of the program is a `def` or a `hamiltonian` with parameters. check.py matches every call once, before
anything is evaluated; evaluate.py evaluates the arguments. An error inside a definition also shows the call, and
one inside a circuit the values it ran with.
"""

from __future__ import annotations

from collections.abc import Mapping

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.language import readable, syntax
from ionqdsl.record import Any, changed


def usage(function: syntax.Function) -> str:
    """How to call a function: `bit(x, k)`."""
    return f"{function.name.text}({', '.join(parameter.name.text for parameter in function.parameters or ())})"


def matched(call: syntax.Call, function: syntax.Function) -> list[syntax.Expression | None]:
    """The argument of each parameter, None for its default. Raises CompileError if they do not fit."""
    parameters = function.parameters or ()
    names = [parameter.name.text for parameter in parameters]
    given: list[syntax.Expression | None] = [None] * len(names)
    for position, argument in enumerate(call.arguments):
        place = position
        if argument.name is not None:
            if argument.name.text not in names:
                raise _misfit(argument.name.span, function, f"no argument `{argument.name.text}`")
            place = names.index(argument.name.text)
        if place >= len(names):
            raise _misfit(call.span, function, _count(parameters))
        if given[place] is not None:
            raise _misfit(argument.span, function, f"`{names[place]}` only once")
        given[place] = argument.value
    if any(value is None and parameter.default is None for value, parameter in zip(given, parameters, strict=True)):
        raise _misfit(call.span, function, _count(parameters))
    return given


def _misfit(span: Span, function: syntax.Function, wants: str) -> CompileError:
    return fail("QC0316", span, function=function.name.text, wants=wants, usage=usage(function))


def _count(parameters: tuple[syntax.FormalParameter, ...]) -> str:
    most = len(parameters)
    fewest = sum(parameter.default is None for parameter in parameters)
    if fewest == most:
        return f"{most} argument{'s' * (most != 1)}" if most else "no arguments"
    return f"{fewest} to {most} arguments"


def with_values(diagnostic: Diagnostic, by_place: Mapping[Span, Mapping[str, Any]]) -> Diagnostic:
    """An error inside a circuit, with the values that names have there, each at the place that gives it."""
    if diagnostic.code == "QC0511":  # which has its own origins
        return diagnostic
    labels = [(place, f"with {readable.assignments(named)}") for place, named in by_place.items() if named]
    return changed(diagnostic, labels=(*diagnostic.labels, *labels)) if labels else diagnostic


def with_call(diagnostic: Diagnostic, call: Span) -> Diagnostic:
    """An error inside a definition, with the place of the call, if no place in it is named yet."""
    places = [diagnostic.span, *(span for span, _ in diagnostic.labels)]
    if diagnostic.code == "QC0511":  # which has its own origins
        return diagnostic
    if any(place is None or (place.source is call.source and call.start <= place.start < call.end) for place in places):
        return diagnostic
    return changed(diagnostic, labels=(*diagnostic.labels, (call, "in this call")))
