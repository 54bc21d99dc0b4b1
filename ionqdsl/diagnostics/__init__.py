"""Errors and warnings as data, and the exceptions that carry them.

A diagnostic is a code with facts and places; `codes` has its wording. This module alone renders it, as text for people
and as the language server's objects for programs. The class of an exception says who can fix the problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.diagnostics.visible import visible
from ionqdsl.record import Any, fresh, record

_LSP_SEVERITY = {"error": 1, "warning": 2, "note": 3}

Place = Span | Source | None
"""Where something is wrong: a span, a whole file, or nowhere in particular (a flag)."""


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
        from ionqdsl.diagnostics.rendering import filled

        return filled(CODES[self.code].message, self._worded())

    @property
    def helps(self) -> list[str]:
        """The things to try, one line each."""
        from ionqdsl.diagnostics.rendering import applies, filled

        code = CODES[self.code]
        texts = [text for text in code.helps if applies(text, self.facts)] or [code.otherwise]
        return [filled(text, self._worded()) for text in texts if text]

    def _worded(self) -> Mapping[str, Any]:
        """The facts; those that name a case are replaced by its text."""
        from ionqdsl.diagnostics.rendering import filled

        cases = CODES[self.code].cases.items()
        texts = {name: filled(texts[self.facts[name]], self.facts) for name, texts in cases}
        return {**self.facts, **texts} if texts else self.facts

    @property
    def span(self) -> Span | None:
        """The span, if the place is one."""
        return self.place if isinstance(self.place, Span) else None

    @property
    def in_whole(self) -> Diagnostic:
        """The same finding with its places in whole texts, if some are in excerpts."""
        span = self.span
        places = [span, *(place for place, _ in self.labels)]
        if all(place is None or place.source.whole is place.source for place in places):
            return self
        facts = dict(self.facts)
        if span is not None and facts.get("replaced") is not None:
            facts["replaced"] = tuple(span.source.at + offset for offset in facts["replaced"])
        labels = tuple((place.in_whole, text) for place, text in self.labels)
        return Diagnostic(self.code, span.in_whole if span is not None else self.place, facts, labels)

    def render(self) -> str:
        """Returns the text that users of the command read, without colour and without a final newline."""
        return visible(self._text(self.message, self.helps))

    def render_for_python(self) -> str:
        """Returns the text for those who call from Python: advice names arguments in place of flags."""
        from ionqdsl.diagnostics.python_advice import for_python

        return visible(self._text(for_python(self.message), [for_python(text) for text in self.helps]))

    def _text(self, message: str, helps: list[str]) -> str:
        from ionqdsl.diagnostics.rendering import last_line, snippets

        lines = [f"{self.severity}[{self.code}]: {message}"]
        if isinstance(self.place, Span):
            lines += snippets(self.place, self._label(), self._other_places(), bool(helps))
        else:
            if self.place is not None:
                lines.append(f"  --> {self.place.name}")
            lines += [f"  = help: {text}" for text in helps]
            return "\n".join(lines)
        margin = " " * len(str(last_line(self.place, self.labels)))
        lines += [f"{margin} = help: {text}" for text in helps]
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, is_cyclic: bool) -> None:
        """Prints the rendered text in IPython, in lists as well."""
        printer.text(self.render_for_python())

    def _label(self) -> str:
        from ionqdsl.diagnostics.rendering import applies, filled

        template = CODES[self.code].label
        return filled(template, self.facts) if applies(template, self.facts) else ""

    def _other_places(self) -> list[tuple[Span, str]]:
        from ionqdsl.diagnostics.rendering import filled

        texts = CODES[self.code].labels
        return [(span, filled(texts[role], self.facts) if role in texts else role) for span, role in self.labels]

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
    """Base of all exceptions that ionqdsl raises on purpose; `diagnostics` describes the problem.

    Its text is for those who call from Python, unless it `names_flags`: of the command, or of a notebook's `%%qc`.
    """

    names_flags = False

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__()

    def __reduce__(self) -> tuple[Any, ...]:
        """By its diagnostics: it may come from another process."""
        return type(self), (self.diagnostics,)

    def __str__(self) -> str:
        render = Diagnostic.render if self.names_flags else Diagnostic.render_for_python
        return "\n".join(map(render, self.diagnostics))

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

    names_flags = True


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
