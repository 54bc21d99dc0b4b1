"""Parses a text in excerpts, and takes those that it knows from earlier texts: after an edit few are new.

Takes the texts of a file as it is edited and returns for each the result of parse.py, except that spans lie in excerpts
(`diagnostics.source.Excerpt`) and that long runs of plain lines are cut. An excerpt is some top-level statements; its
tokens depend on nothing outside it, because the text after it begins with a word that continues no statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Excerpt, Source
from ionqdsl.garbage import uncollected
from ionqdsl.language import syntax
from ionqdsl.language.actions import Actions, Parsed
from ionqdsl.language.automaton import Automaton, Unmatched
from ionqdsl.language.brackets import Brackets, Stopped
from ionqdsl.language.parse import tables_of
from ionqdsl.language.statement_forms import StatementForms
from ionqdsl.nesting import too_deep
from ionqdsl.record import Any, record

MOST = 40
"""Statements of an excerpt."""
_AGE = 8
"""Texts for which an excerpt is remembered after the last one that had it: an edit is often undone."""
_KEY = 100
"""Characters at the beginning of an excerpt by which it is looked up; shorter ones are read again."""
_TRIED = 4
"""Excerpts with one beginning that are compared with a text."""
_CUT = re.compile(r"(?!(?:and|or|else|qc)(?!\w))[A-Za-z_]", re.ASCII)
"""The beginning of a text that cannot change how the statements before it are read."""


@record(frozen=False)
class _ReadExcerpt:
    """An excerpt and the items read in it; `keywords` are those reported there, `last` the last text that had it."""

    excerpt: Excerpt
    items: tuple[Any, ...]
    diagnostics: tuple[Diagnostic, ...]
    loads: tuple[syntax.Call, ...]
    keywords: frozenset[str]
    last: int = 0


class _Unread(Exception):
    """An excerpt that cannot be read begins at offset `begin`."""

    def __init__(self, begin: int) -> None:
        super().__init__(begin)
        self.begin = begin


class Excerpts:
    """The excerpts of the last texts of a file."""

    def __init__(self) -> None:
        self._actions = Actions()
        tables = tables_of("qc.lark")
        self._automaton = Automaton(tables, self._actions, statements=StatementForms(tables, self._actions).read)
        self._known: list[_ReadExcerpt] = []
        self._waiting: dict[str, list[_ReadExcerpt]] = {}
        self._text = 0

    def parse(self, source: Source) -> Parsed:
        """Reads a text; never raises for its contents. The spans of earlier texts are no longer valid."""
        self._text += 1
        with uncollected():
            try:
                return self._read(source, source.text)
            except _Unread:
                from ionqdsl.language import faults  # Lark takes longer to import than most texts take to read

                return faults.recovered(source, lambda text: self._attempt(source, text))

    def _attempt(self, source: Source, text: str) -> Any:
        from ionqdsl.language import faults

        try:
            return self._read(source, text)
        except _Unread as stopped:
            return faults.fault_after(source, text, stopped.begin)

    def _read(self, source: Source, text: str) -> Parsed:
        """Reads the text of a source, of which parts may be blank. Raises _Unread."""
        self._automaton.keeps_runs = text is not source.text
        self._waiting = {}
        for reading in self._known:
            self._waiting.setdefault(reading.excerpt.text[:_KEY], []).append(reading)
        items: list[Any] = []
        diagnostics: list[Diagnostic] = []
        loads: list[syntax.Call] = []
        keywords: set[str] = set()
        new: list[_ReadExcerpt] = []
        try:
            for reading in self._readings(source, text, keywords, new):
                items += reading.items
                diagnostics += reading.diagnostics
                loads += reading.loads
                keywords |= reading.keywords
        finally:
            kept = [reading for reading in self._known if self._text - reading.last <= _AGE]
            self._known = kept + new
        return Parsed(syntax.File(source, tuple(items)), tuple(diagnostics), loads=tuple(loads))

    def _readings(
        self, source: Source, text: str, keywords: set[str], new: list[_ReadExcerpt]
    ) -> Iterator[_ReadExcerpt]:
        """The excerpts of a text in order; those that may be used again are `new`."""
        begin = 0
        while begin < len(text):
            reading = self._known_at(text, begin)
            if reading is not None and reading.keywords.isdisjoint(keywords):
                reading.excerpt.move(source, begin)
            else:
                reading = self._new(source, text, begin, keywords)
                if not keywords and _may_return(reading.excerpt.text, text, begin):
                    new.append(reading)
            reading.last = self._text
            yield reading
            begin += len(reading.excerpt.text)

    def _known_at(self, text: str, begin: int) -> _ReadExcerpt | None:
        """A known excerpt that begins at an offset, and is no longer known."""
        waiting = self._waiting.get(text[begin : begin + _KEY])
        for number in range(min(_TRIED, len(waiting)) if waiting else 0):
            assert waiting is not None
            written = waiting[number].excerpt.text
            if text.startswith(written, begin) and _may_cut(text, begin + len(written)):
                return waiting.pop(number)
        return None

    def _new(self, source: Source, text: str, begin: int, keywords: set[str]) -> _ReadExcerpt:
        """Reads an excerpt, up to a known one or to so many statements."""
        excerpt = Excerpt("", source, begin)
        count = 0

        def ends(offset: int) -> bool:
            nonlocal count
            count += 1
            return _may_cut(text, offset) and (count >= MOST or text[offset : offset + _KEY] in self._waiting)

        self._actions.begin(excerpt, keywords)
        try:
            file, end = self._automaton.excerpt(text, begin, Brackets(), ends)
        except (Unmatched, Stopped):
            raise _Unread(begin) from None
        excerpt.text = source.text[begin:end]
        if too_deep(file.items, syntax.LEVELS) is not None:
            raise _Unread(begin)
        actions = self._actions
        return _ReadExcerpt(
            excerpt, file.items, actions.in_order(), tuple(actions.loads), frozenset(actions.keywords - keywords)
        )


def _may_return(written: str, text: str, begin: int) -> bool:
    """Whether an excerpt is read as it is written wherever it comes again: it ends with a line, no part is blank."""
    return len(written) >= _KEY and written.rstrip(" \t").endswith("\n") and text.startswith(written, begin)


def _may_cut(text: str, offset: int) -> bool:
    return offset == len(text) or _CUT.match(text, offset) is not None
