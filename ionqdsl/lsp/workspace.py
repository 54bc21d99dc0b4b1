"""The files around a document: open ones as they are shown, others as they are on the disk.

Documents are added and removed as the editor opens and closes them; returns programs, which are lists of documents that
see each other. Because a program includes nothing from outside its own folder, a file that includes another is in the
same folder or in one above.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ionqdsl.diagnostics import CompileError
from ionqdsl.language import includes, standard
from ionqdsl.lsp.addresses import uri_of
from ionqdsl.lsp.document import Document

MOST_ENTRIES = 20_000
"""Files and folders examined below the folders of an editor."""
LARGEST = 2_000_000
"""Bytes of the largest file that is read just because it exists, and not because another one includes it."""
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})


class Workspace:
    """The open documents, by address."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}

    def open(self, text: str, uri: str, version: int | None = None, eol: str = "\n") -> Document:
        """Makes a text the one shown at an address, replacing the one before."""
        document = Document(text, uri, version, eol, self.find)
        if uri in self.documents:
            document.follow(self.documents[uri])
        self.documents[uri] = document
        return document

    def find(self, path: str) -> Document | None:
        """The file of a real path: as it is shown, or else as it is saved; None if it cannot be read."""
        for document in self.documents.values():
            if document.path == path:
                return document
        return saved(path)

    def beside(self, document: Document) -> dict[str, str]:
        """The texts of open files in the program of a document, with the data it loads, by path."""
        shown = {other.path: other.text for other in self.documents.values()}
        files = [document, *document.others]
        paths = [*(file.path for file in document.others), *(path for file in files for _, _, path in file.loads)]
        return {path: shown[path] for path in paths if path in shown}

    def includers(self, path: str) -> list[Document]:
        """The open documents that include or load a file, directly or through others, whether it exists or not."""
        return [
            document
            for document in self.documents.values()
            if document.path != path and any(path in _named(file) for file in (document, *document.others))
        ]

    def programs(self, *documents: Document) -> list[list[Document]]:
        """Every program that contains one of some documents, the main file first; each document alone is one, too."""
        wanted = {document.path or document.uri for document in documents}
        mains = {document.path or document.uri: document for document in [*documents, *self.documents.values()]}
        for folder in {above for document in documents if document.path for above in _above(document.path)}:
            for path in _programs_in(folder):
                if path not in mains and (document := self.find(path)) is not None:
                    mains[path] = document
        programs = []
        for key, main in mains.items():
            files = [main, *main.reach(self.find)] if main.includes or key in wanted else []
            if any((file.path or file.uri) in wanted for file in files):
                programs.append([file.among(files) for file in files])
        return programs

    def below(self, folders: Iterable[str]) -> Iterator[Document]:
        """Every program file below some folders, and the open ones."""
        shown = {document.path for document in self.documents.values()}
        yield from self.documents.values()
        left = MOST_ENTRIES
        for top in folders:
            for folder, inner, names in os.walk(top):
                inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in _SKIPPED)
                left -= len(inner) + len(names)
                if left < 0:
                    return
                for name in filter(_is_program, sorted(names)):
                    path = os.path.realpath(os.path.join(folder, name))
                    if path not in shown and _is_small(path) and (found := saved(path)) is not None:
                        yield found


def saved(path: str) -> Document | None:
    """A file as it is on the disk; None if it cannot be read, as a pipe, which may never end."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return None
        return _saved(path, (status.st_mtime_ns, status.st_size, status.st_ino))
    except (OSError, CompileError):
        return None


def of_library(path: str) -> Document | None:
    """A file of the standard library; None for every other path."""
    return saved(path) if standard.name_of(path) else None


def _named(file: Document) -> set[str]:
    """The files that a file includes or loads."""
    return {path for _, path in file.includes} | {path for _, _, path in file.loads}


@lru_cache(maxsize=300)
def _saved(path: str, _version: tuple[int, int, int]) -> Document:
    return Document(includes.read_text(path), uri_of(path), find=saved)


def _is_small(path: str) -> bool:
    try:
        return os.path.getsize(path) <= LARGEST
    except OSError:  # a link to nothing
        return False


def _is_program(name: str) -> bool:
    return name.endswith(".qc") and not name.startswith(".")


def _above(path: str) -> Iterator[str]:
    """The folder of a file and all above it."""
    while path != (path := os.path.dirname(path)):
        yield path


def _programs_in(folder: str) -> list[str]:
    try:
        return [os.path.realpath(entry.path) for entry in os.scandir(folder) if _is_program(entry.name)]
    except OSError:
        return []
