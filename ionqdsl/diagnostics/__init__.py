"""Errors and warnings as data, and the exceptions that carry them.

A diagnostic is a code with facts and places; `codes` has its wording. This module alone renders it, as text for people
and as the language server's objects for programs. The class of an exception says who can fix the problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any

from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.diagnostics.visible import visible
from ionqdsl.record import fresh, record

_LSP_SEVERITY = {"error": 1, "warning": 2, "note": 3}

Place = Span | Source | None
"""Where something is wrong: a span, a whole file, or nowhere in particular (a flag)."""


class _Wording(Formatter):
    """Fills the templates of codes, and makes words of facts that are lists or numbers.

    `{names}` lists a tuple, names in backticks; `{indices}` is "0 to 3" or "0" for a `range`; `{count:qubit}` is "no
    qubits", "1 qubit" or "2 qubits", for a `range` "1 to 2 qubits"; `{count:were}` is "none was", "1 was" or "2 were";
    `{count:each}` is "both" for two; `{sizes:has}` is "`a` has 2, `b` has 3" for pairs.
    """

    def format_field(self, value: Any, format_spec: str) -> Any:
        """One fact as text."""
        if format_spec == "has":
            return ", ".join(f"`{name}` has {size}" for name, size in value)
        if isinstance(value, range) and not format_spec:
            return f"{value[0]} to {value[-1]}" if len(value) > 1 else str(value[0])
        if isinstance(value, tuple):
            listed = [f"`{item}`" if isinstance(item, str) else str(item) for item in value]
            return ", ".join(listed[:_LISTED] + ["..."] * (len(listed) > _LISTED))
        match format_spec:
            case "were":
                return "1 was" if value == 1 else f"{value} were" if value else "none was"
            case "each":
                return "both" if value == 2 else "each"
            case noun if len(noun) > 1 and noun.isalpha():
                number = f"{value[0]} to {value[-1]}" if isinstance(value, range) else value or "no"
                return f"{number} {noun}{'s' * (value != 1)}"
        return super().format_field(value, format_spec)


_LISTED = 20
"""A longer list is cut."""

_filled = _Wording().vformat


@record
class Diagnostic:
    """One finding. `labels` are further places, each with its role: a key of the code's `labels`, or a text."""

    code: str
    place: Place = None
    facts: Mapping[str, Any] = fresh(default_factory=dict)
    labels: tuple[tuple[Span, str], ...] = ()

    @property
    def severity(self) -> str:
        """`error`, `warning` or `note`."""
        return CODES[self.code].severity

    @property
    def is_error(self) -> bool:
        """Whether the program has to stop."""
        return self.severity == "error"

    @property
    def message(self) -> str:
        """The problem, in one line."""
        return _filled(CODES[self.code].message, (), self._worded())

    @property
    def helps(self) -> list[str]:
        """The things to try, one line each."""
        code = CODES[self.code]
        texts = [text for text in code.helps if _applies(text, self.facts)] or [code.otherwise]
        return [_filled(text, (), self._worded()) for text in texts if text]

    def _worded(self) -> Mapping[str, Any]:
        """The facts; those that name a case are replaced by its text."""
        cases = CODES[self.code].cases.items()
        texts = {name: _filled(texts[self.facts[name]], (), self.facts) for name, texts in cases}
        return {**self.facts, **texts} if texts else self.facts

    @property
    def span(self) -> Span | None:
        """The span, if the place is one."""
        return self.place if isinstance(self.place, Span) else None

    def render(self) -> str:
        """Returns the text that users read, without colour and without a final newline."""
        return visible(self._text())

    def _text(self) -> str:
        lines = [f"{self.severity}[{self.code}]: {self.message}"]
        helps = self.helps
        if isinstance(self.place, Span):
            lines += _snippets(self.place, self._label(), self._other_places(), bool(helps))
        else:
            if self.place is not None:
                lines.append(f"  --> {self.place.name}")
            lines += [f"  = help: {text}" for text in helps]
            return "\n".join(lines)
        margin = " " * len(str(_last_line(self.place, self.labels)))
        lines += [f"{margin} = help: {text}" for text in helps]
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, is_cyclic: bool) -> None:
        """Prints the rendered text in IPython, in lists as well."""
        printer.text(self.render())

    def _label(self) -> str:
        template = CODES[self.code].label
        return _filled(template, (), self.facts) if _applies(template, self.facts) else ""

    def _other_places(self) -> list[tuple[Span, str]]:
        texts = CODES[self.code].labels
        return [(span, _filled(texts[role], (), self.facts) if role in texts else role) for span, role in self.labels]

    def to_lsp(self) -> dict[str, Any]:
        """Returns the language server protocol's Diagnostic, with file and helps under `data`."""
        span = self.span
        result: dict[str, Any] = {
            "range": _lsp_range(span),
            "severity": _LSP_SEVERITY[self.severity],
            "code": self.code,
            "source": "ionqdsl",
            "message": self.message,
        }
        if self.labels:
            result["relatedInformation"] = [
                {"location": {"uri": place.source.name, "range": _lsp_range(place)}, "message": text}
                for place, text in self._other_places()
            ]
        file = self.place.source.name if isinstance(self.place, Span) else self.place and self.place.name
        result["data"] = {"file": file, "help": self.helps}
        return result


def _applies(template: str, facts: Mapping[str, Any]) -> bool:
    names = (name for _, name, _, _ in Formatter().parse(template) if name)
    return all(facts.get(name.split(".")[0]) not in (None, (), range(0)) for name in names)


def _last_line(place: Span, labels: Iterable[tuple[Span, str]]) -> int:
    return max(span.source.position(span.start)[0] for span in (place, *(span for span, _ in labels)))


def _snippets(place: Span, label: str, others: list[tuple[Span, str]], has_help: bool) -> list[str]:
    """The quoted lines in the order of the file, the primary place underlined with ^, others with -."""
    margin = " " * len(str(_last_line(place, [(span, "") for span, _ in others])))
    line, column = place.source.position(place.start)
    lines = [f"{margin}--> {place.source.name}:{line}:{column}", f"{margin} |"]
    here = [(place, "^", label)] + [(span, "-", text) for span, text in others if span.source is place.source]
    shown = 0
    for span, mark, text in sorted(here, key=lambda item: item[0].start):
        number = span.source.position(span.start)[0]
        if shown and number > shown + 1:
            lines.append("...")
        lines += _quote(span, mark, text, margin, repeat=number != shown)
        shown = number
    for span, text in others:
        if span.source is not place.source:
            number, column = span.source.position(span.start)
            lines += [f"{margin}::: {span.source.name}:{number}:{column}", f"{margin} |"]
            lines += _quote(span, "-", text, margin)
    return [*lines, f"{margin} |"] if has_help else lines


_WIDTH = 160
"""Longer lines are cut around the span."""


def _quote(span: Span, mark: str, label: str, margin: str, repeat: bool = True) -> list[str]:
    number, column = span.source.position(span.start)
    text = span.source.line(number)
    first = column - 1
    length = max(1, min(span.end - span.start, len(text) - first))
    if len(text) > _WIDTH:
        cut = max(0, min(first - _WIDTH // 4, len(text) - _WIDTH))
        text, first = text[cut : cut + _WIDTH], first - cut
        length = max(1, min(length, _WIDTH - first))
    text = "".join(char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text)
    indent = "".join("\t" if char == "\t" else " " * _columns(char) for char in text[:first]).ljust(first)
    marks = mark * max(1, sum(map(_columns, text[first : first + length].ljust(length))))
    under = f"{margin} | {indent}{marks} {label}".rstrip()
    return ([f"{number:>{len(margin)}} | {text}".rstrip()] if repeat else []) + [under]


def _columns(char: str) -> int:
    """The number of terminal columns a character takes."""
    if char.isascii():
        return 1
    from unicodedata import combining, east_asian_width

    return 0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1


def _lsp_range(span: Span | None) -> dict[str, dict[str, int]]:
    if span is None:
        return {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    return {"start": _lsp_position(span.source, span.start), "end": _lsp_position(span.source, span.end)}


def _lsp_position(source: Source, offset: int) -> dict[str, int]:
    """A position as the protocol counts: lines from 0, characters in UTF-16 units."""
    line, column = source.position(offset)
    before = source.line(line)[: column - 1]
    return {"line": line - 1, "character": len(before.encode("utf-16-le", "surrogatepass")) // 2}


class IonqdslError(Exception):
    """Base of all exceptions that ionqdsl raises on purpose; `diagnostics` describes the problem."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__()

    def __reduce__(self) -> tuple[Any, ...]:
        """By its diagnostics: it may come from another process."""
        return type(self), (self.diagnostics,)

    def __str__(self) -> str:
        return "\n".join(diagnostic.render() for diagnostic in self.diagnostics)

    def _render_traceback_(self) -> list[str]:
        """The traceback for IPython: frames of the user's code and the message, without frames of ionqdsl."""
        import traceback

        if isinstance(self, InternalError):
            return traceback.format_exception(self)
        own = [
            summary
            for summary, (frame, _) in zip(
                traceback.extract_tb(self.__traceback__), traceback.walk_tb(self.__traceback__), strict=True
            )
            if str(frame.f_globals.get("__name__")).partition(".")[0] not in ("IPython", "ionqdsl")
        ]
        return [*traceback.format_list(own), f"{type(self).__name__}: {self}"]


class CompileError(IonqdslError):
    """The program is wrong, or asks for something that the target cannot do."""


class UsageError(IonqdslError):
    """A flag, a setting or a file argument is wrong."""


class Refused(IonqdslError):
    """A guard refused: cost, limits, no confirmation."""


class KeyRefused(IonqdslError):
    """The API key is missing, unreadable, unsafe or not accepted by the service."""


class ServiceError(IonqdslError):
    """The service or the network failed; trying again later may help."""


class JobFailed(IonqdslError):
    """The job ended without a result."""


class WaitTimedOut(IonqdslError):
    """The wait ended before the job; the job continues."""


class InternalError(IonqdslError):
    """A bug in ionqdsl."""


def fail(code: str, place: Place = None, *labels: tuple[Span, str], **facts: Any) -> CompileError:
    """Returns a `CompileError` with one diagnostic, which the caller raises."""
    return CompileError([Diagnostic(code, place, facts, labels)])
