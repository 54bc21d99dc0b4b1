"""Reads the page's requests: JSON to a record, checked field by field.

Takes plain data and returns a `PlaygroundRequest`. Raises UsageError (QC1150) for anything that no page of this version
sends; the program itself is not checked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.ir.arguments import SEEDS
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import NOISE_MODELS, TARGETS
from ionqdsl.playground.places import examples
from ionqdsl.record import fresh, record

PARTS = ("written", "state", "program", "outcome", "tests", "payload")
"""The parts of an answer besides the diagnostics: the circuit as written and its parameters, the state between its
gates, the compiled circuit and counts, the outcomes, which tests passed, the request body."""

LEVELS = (0, 1, 2)
MOST_SHOTS = 100_000

GATES = ("h", "x", "y", "z", "s", "t", "rx(pi/2)", "ry(pi/2)", "rz(pi/2)", "cnot", "cz", "swap")
"""The gates that the page offers to add, as they are written."""

TAKES_TWO = frozenset({"cnot", "cz", "swap"})

_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which are not text."""


@record
class PlaygroundRequest:
    """A request: the text and how to compile it, which circuit, values of parameters, and which parts are wanted.

    `target` and `level` None and `defer` have the same meaning as in the command; 0 `shots` means exact probabilities;
    `width` is the width of pictures in pixels. `noise` is the name of a model, None for that of the program; `step` is
    the number of gates after which the state is shown, None for all. `example` is the name of the example that the text
    began as, whose files it may include.
    """

    text: str
    target: str | None = None
    level: int | None = None
    preserve: str = "measurement"
    defer: bool = False
    circuit: int = 0
    noise: str | None = None
    step: int | None = None
    shots: int = 0
    seed: int = 0
    width: int = 640
    values: Mapping[str, float] = fresh(default_factory=dict)
    parts: tuple[str, ...] = ("program", "outcome")
    example: str | None = None

    @property
    def options(self) -> Options:
        """The options for compiling."""
        return Options(target=self.target, level=self.level, preserve=self.preserve, seed=self.seed, defer=self.defer)


@record
class CompletionRequest:
    """A request for completions; `offset` counts UTF-16 units."""

    text: str
    offset: int
    example: str | None = None


@record
class AddingRequest:
    """A request for a line with one of GATES, dropped on a wire; `after` is the row to its left there, if any.

    The other fields are those of a PlaygroundRequest.
    """

    text: str
    gate: str
    wire: int
    after: int | None = None
    circuit: int = 0
    values: Mapping[str, float] = fresh(default_factory=dict)
    example: str | None = None


def asked(request: Any) -> PlaygroundRequest:
    """The request as a record. Raises UsageError."""
    fields = _checked(request, _FIELDS)
    if "parts" in fields:
        fields["parts"] = tuple(fields["parts"])
    if "values" in fields:
        fields["values"] = {name: float(value) for name, value in fields["values"].items()}
    return PlaygroundRequest(**fields)


def completing(request: Any) -> CompletionRequest:
    """The request as a record. Raises UsageError."""
    fields = _checked(request, _AT_CURSOR)
    if "offset" not in fields:
        raise _refusal("it has no offset")
    return CompletionRequest(**fields)


def adding(request: Any) -> AddingRequest:
    """The request as a record. Raises UsageError."""
    fields = _checked(request, _DROPPED)
    if "gate" not in fields or "wire" not in fields:
        raise _refusal("it has no gate or no wire")
    return AddingRequest(**fields)


def _checked(request: Any, fields: Mapping[str, Callable[[Any], bool]]) -> dict[str, Any]:
    """The request's fields, all valid. Raises UsageError."""
    if not isinstance(request, Mapping):
        raise _refusal("it is no object")
    for name in request:
        if name not in fields:
            raise _refusal(f"nothing is called {str(name)[:40]!r}")
    for name, is_right in fields.items():
        if name in request and not is_right(request[name]):
            raise _refusal(f"`{name}` cannot be {repr(request[name])[:40]}")
    if "text" not in request:
        raise _refusal("it has no text")
    return dict(request)


def _refusal(reason: str) -> UsageError:
    return UsageError([Diagnostic("QC1150", facts={"reason": reason})])


def _is_whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _are_numbers(values: Any) -> bool:
    return isinstance(values, Mapping) and all(
        isinstance(name, str) and type(value) in (int, float) and abs(value) <= 1e9  # nor NaN, which is not below
        for name, value in values.items()
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not _HALVES.search(value)


def noise_models() -> dict[str, str | None]:
    """The noise models that can be simulated here, and the machine of each."""
    return {name: model.target for name, model in NOISE_MODELS.items() if model.one_qubit is not None}


def _is_example(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value in examples())


_FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "target": lambda value: value is None or (isinstance(value, str) and value in TARGETS),
    "level": lambda value: value is None or (type(value) is int and value in LEVELS),
    "preserve": lambda value: isinstance(value, str) and value in PRESERVE,
    "defer": lambda value: type(value) is bool,
    "circuit": _is_whole(0, 100_000),
    "noise": lambda value: value is None or (isinstance(value, str) and value in noise_models()),
    "step": lambda value: value is None or _is_whole(0, 10**6)(value),
    "shots": _is_whole(0, MOST_SHOTS),
    "seed": _is_whole(SEEDS[0], SEEDS[-1]),
    "width": _is_whole(200, 4000),
    "values": _are_numbers,
    "parts": lambda value: isinstance(value, list | tuple) and all(part in PARTS for part in value),
    "example": _is_example,
}

_AT_CURSOR: Mapping[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "offset": _is_whole(0, 10**9),
    "example": _is_example,
}

_DROPPED: Mapping[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "gate": lambda value: value in GATES if isinstance(value, str) else False,
    "wire": _is_whole(0, 10**6),
    "after": lambda value: value is None or _is_whole(0, 10**6)(value),
    "circuit": _FIELDS["circuit"],
    "values": _are_numbers,
    "example": _is_example,
}
