"""Remembers a file that is being edited: its excerpts, those of included files, and the effects of its statements.

Takes the file's texts one after another. Each is read as if it were the first, in less time.
"""

from __future__ import annotations

from ionqdsl.diagnostics.source import Source
from ionqdsl.language.actions import Parsed
from ionqdsl.language.excerpts import Excerpts
from ionqdsl.language.includes import Opened, open_includes
from ionqdsl.language.lower.effects import Effects


class EditedFile:
    """A file while it is edited: the excerpts of its last text, and the effects of its statements."""

    def __init__(self) -> None:
        self._files: dict[str, Excerpts] = {}
        self.effects = Effects()

    def parse(self, source: Source) -> Parsed:
        """Reads a text of the file, or of one that it includes, as parse.py does; its spans lie in excerpts."""
        return self._files.setdefault(source.name, Excerpts()).parse(source)

    def open(self, source: Source) -> Opened:
        """Reads a text of the file and all it includes."""
        return open_includes(source, parsed=self.parse(source), read=self.parse)
