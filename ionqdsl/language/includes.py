"""Replaces `include "path.qc"` with the definitions of that file.

Takes a parsed file and returns it with its includes expanded. Files of the standard library, `std/...`, come first;
other paths are relative to the including file and may not leave the folder of the main file. Each file is read once,
and a cycle is reported as the chain of files that forms it.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import islice

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.choices import nearest
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.diagnostics.visible import hidden
from ionqdsl.language import standard, syntax
from ionqdsl.language.actions import Parsed
from ionqdsl.language.data import ENDINGS, LoadedFile, value_of
from ionqdsl.language.evaluate import suggest
from ionqdsl.language.functions import usage
from ionqdsl.language.parse import parse
from ionqdsl.record import Any

MAX_INCLUDES = 100
MOST_COMPARED = 1000
"""Files of a folder that are compared with a name that does not exist."""
PROGRAMS = (".qc", ".qasm", ".json")
MAX_BYTES = 10_000_000
"""Largest source text."""
_RELATIVE = "; it is relative to the file that contains this line"
_HERE = "; it is relative to the current folder, because the program is not a file"

_DEFINING = (
    syntax.Const,
    syntax.GateDefinition,
    syntax.CircuitDefinition,
    syntax.HamiltonianDefinition,
    syntax.FunctionDefinition,
)


Opened = tuple[syntax.File, list[Diagnostic], frozenset[str]]
"""A file with the items of all it includes, their faults, and the names that are lost, as in parse.Parsed."""


def open_includes(
    source: Source,
    express: bool = True,
    parsed: Parsed | None = None,
    read: Callable[[Source], Parsed] | None = None,
) -> Opened:
    """Parses a source, unless that has been done, and all it includes, as `read` does; `express` as in parse.parse."""
    reads = read or partial(parse, express=express)
    opening = _Opening(source, express, reads)
    opening.open(source, parsed or reads(source))
    data = opening.data
    source.files = opening.texts | {file.path: file.text for file in data.values() if file is not None}
    source.missing = frozenset(opening.missing)
    return syntax.File(source, tuple(opening.items), data), opening.diagnostics, frozenset(opening.lost)


def _is_file(source: Source) -> bool:
    """Whether a source is a file, or will be one: an editor's new file."""
    return os.path.isabs(source.name) or os.path.exists(source.name)


@cache
def _read_library(path: str, express: bool) -> tuple[Source, Parsed]:
    """A file of the standard library, which never changes, and its syntax."""
    source = Source(read_text(path), standard.name_of(path) or path)
    return source, parse(source, express)


class _Opening:
    """The items of a file and of all it includes, their faults, and the files that were read.

    `chain` is the file being opened after those that include it; `lost` is as in parse.Parsed.
    """

    def __init__(self, main: Source, express: bool, read: Callable[[Source], Parsed]) -> None:
        path = os.path.realpath(main.name)
        self.chain = [path] if _is_file(main) else []
        self.root = os.path.dirname(path) if self.chain else os.getcwd()
        self.express, self.read = express, read
        self.seen = set(self.chain)
        self.items: list[Any] = []
        self.diagnostics: list[Diagnostic] = []
        self.lost: set[str] = set()
        self.data: dict[Span, LoadedFile | None] = {}
        self.texts: dict[str, str] = {}
        self.missing: set[str] = set()

    def open(self, source: Source, parsed: Parsed) -> None:
        """Adds the items of a source, and those it includes in their places."""
        self.diagnostics += parsed.diagnostics
        self.lost |= parsed.lost
        unseen = hidden(source.text)
        if unseen and not any(
            one.span is not None and one.span.in_whole.start == unseen.start() for one in parsed.diagnostics
        ):
            name = f"U+{ord(unseen[0]):04X}"
            self.diagnostics.append(Diagnostic("QC0115", Span(source, *unseen.span()), {"character": name}))
        for call in parsed.loads:
            self._load(call)
        is_included = len(self.chain) > 1
        for item in parsed.file.items:
            if isinstance(item, syntax.Include):
                self._include(item, source)
            elif not is_included or isinstance(item, _DEFINING):
                self.items.append(item)
            elif not isinstance(item, syntax.Test):  # the tests of an included file run when that file is named
                self.diagnostics.append(Diagnostic("QC0426", item.span, {"file": source.name}))

    def _include(self, item: syntax.Include, source: Source) -> None:
        try:
            path = self._resolved(item, source)
            if path in self.seen:
                return
            self.seen.add(path)
            if standard.name_of(path) and path not in source.beside:
                other, parsed = _read_library(path, self.express)
            else:
                text = self._text(path, item.path.span)
                self.texts[path] = text
                other = Source(text, _shown(path), beside=source.beside)
                parsed = self.read(other)
        except CompileError as error:
            self.diagnostics += error.diagnostics
            self.lost.add(ANY)
            return
        self.chain.append(path)
        self.open(other, parsed)
        self.chain.pop()

    def _resolved(self, item: syntax.Include, source: Source) -> str:
        """The real path of an included file."""
        text, span = item.path.value, item.path.span
        if text in ("stdgates.inc", "qelib1.inc"):
            raise fail("QC0112", span, word=text, instead="the standard gates are built in: leave the line out")
        path = standard.find(text) or self._path(item.path)
        if standard.name_of(path) is None:
            if text.startswith(standard.PREFIX) and not os.path.exists(path) and path not in source.beside:
                files = tuple(standard.names())
                gate = text.removeprefix(standard.PREFIX).removesuffix(".qc")
                suggestion = standard.defining(gate) or suggest(text, [*files])
                raise fail("QC0238", span, path=text, suggestion=suggestion, files=files)
            self._confine(path, item.path)
        if path in self.chain:
            names = [os.path.basename(entry) for entry in [*self.chain[self.chain.index(path) :], path]]
            raise fail("QC0427", span, chain=" -> ".join(names))
        if len(self.chain) > MAX_INCLUDES:
            raise fail("QC0508", span, limit=MAX_INCLUDES)
        return path

    def _path(self, literal: syntax.Text) -> str:
        """The real path that a text names from the file being opened."""
        text = literal.value
        if not text or "\0" in text or len(text) > 1000:
            raise fail("QC0424", literal.span, path=text[:50], reason="that is not a path", origin=_RELATIVE)
        return os.path.realpath(os.path.join(os.path.dirname(self.chain[-1]) if self.chain else self.root, text))

    def _text(self, path: str, place: Span) -> str:
        """The text of a file, or the one that replaces it; a file that cannot be read is noted as missing."""
        beside = place.source.beside
        try:
            return beside[path] if path in beside else read_text(_shown(path), place)
        except CompileError:
            self.missing.add(path)
            raise

    def _confine(self, path: str, literal: syntax.Text) -> None:
        """Raises CompileError if a path lies outside the program's folder."""
        if os.path.commonpath([path, self.root]) != self.root:
            raise fail("QC0425", literal.span, path=literal.value, root=self.root)

    def _load(self, call: syntax.Call) -> None:
        """Reads the file that a call of `load` names."""
        self.data[call.span] = None
        try:
            self.data[call.span] = self._loaded(call)
        except CompileError as error:
            self.diagnostics += [one for one in error.diagnostics if not _is_told(one, self.diagnostics)]

    def _loaded(self, call: syntax.Call) -> LoadedFile:
        argument = call.arguments[0].value if len(call.arguments) == 1 and call.arguments[0].name is None else None
        if not isinstance(argument, syntax.Text):
            raise fail("QC0316", call.span, function="load", wants="one path in quotes", usage=usage("load"))
        path, span = self._path(argument), argument.span
        self._confine(path, argument)
        ending = os.path.splitext(path)[1].lower()
        if ending not in ENDINGS:
            raise fail("QC0332", span, path=argument.value, endings=" or ".join(f"`{one}`" for one in ENDINGS))
        known = next((file for file in self.data.values() if file is not None and file.path == path), None)
        if known is not None:
            return known
        text = self._text(path, span)
        try:
            return LoadedFile(path, text, value_of(text, ending))
        except ValueError as error:
            raise fail("QC0331", span, path=argument.value, reason=str(error)) from None


def _is_told(diagnostic: Diagnostic, earlier: Sequence[Diagnostic]) -> bool:
    """Whether an earlier `load` of the same file failed for the same reason: one message per cause."""
    return "path" in diagnostic.facts and any(
        one.code == diagnostic.code and one.message == diagnostic.message for one in earlier
    )


ANY = "*"
"""Among the lost names: everything that an unreadable file may have defined."""


def without_folder(source: Source, parsed: Parsed | None = None, **where: str) -> list[Diagnostic]:
    """An error for each file that a text without a folder loads; `where` has the kind of text: `page` or `buffer`."""
    if "load" not in source.text:
        return []
    calls = [call for call in (parsed or parse(source)).loads if call.arguments]
    faults = [Diagnostic("QC0241", call.span, {"path": call.arguments[0].span.text, **where}) for call in calls]
    return [fault.in_whole for fault in faults]


def _shown(path: str) -> str:
    """The name of a file in messages: relative to the current folder if the file is below it."""
    here = os.getcwd() + os.sep
    return path.removeprefix(here)


def read_text(path: str, place: Span | None = None) -> str:
    """A file's text; raises CompileError with the reason it cannot be read."""
    return decode(read_bytes(path, place), path, place)


def read_bytes(path: str, place: Span | None = None) -> bytes:
    """A file's bytes, at most one more than are read as text; raises CompileError as `read_text` does."""
    try:
        # an included file is opened without blocking: a FIFO of that name would wait for a writer
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | (getattr(os, "O_NONBLOCK", 0) if place is not None else 0)
        with open(os.open(path, flags), "rb") as file:
            if place is not None and not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(errno.EINVAL, "It is not a file")
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = "is a directory" if os.path.isdir(path) else getattr(error, "strerror", None) or str(error)
        hints = _meant(path) if place is None else {"origin": _RELATIVE if _is_file(place.source) else _HERE}
        raise fail("QC0424", place, path=path, reason=reason[:1].lower() + reason[1:], **hints) from None


def _meant(path: str) -> dict[str, str]:
    """Facts about the program that a path may have meant: one in that folder, or the one of the most similar name."""
    is_folder = os.path.isdir(path)
    folder, name = (path, "") if is_folder else os.path.split(path)
    try:
        with os.scandir(folder or ".") as entries:
            names = [entry.name for entry in islice(entries, MOST_COMPARED) if entry.name.endswith(PROGRAMS)]
    except (OSError, ValueError):
        names = []
    if is_folder and names:
        return {"inside": os.path.join(folder, min(names))}
    others = [other for other in names if other != name]  # the name itself is a link to nothing, or no file
    found = f"{name}.qc" if f"{name}.qc" in names else nearest(name, others)
    return {"suggestion": os.path.join(folder, found)} if found else {"origin": ""}


def read_standard_input() -> bytes:
    """The bytes of standard input, at most one more than are read as text; raises CompileError if it is closed."""
    try:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    except (AttributeError, OSError, ValueError) as error:  # without a stream, sys.stdin is None
        reason = (getattr(error, "strerror", None) or "it is closed").lower()
        raise fail("QC0424", path="standard input", reason=reason, stream="") from None


def decode(data: bytes, name: str, place: Span | None = None) -> str:
    """Bytes as text; raises CompileError if they are not UTF-8 text, too large, or in another `.qc` format."""
    if len(data) > MAX_BYTES:
        raise fail("QC0509", place, path=name, limit=MAX_BYTES // 1_000_000)
    try:
        text = data.removeprefix(BOM_UTF8).decode()  # as `utf-8-sig`, which is a module more
    except UnicodeDecodeError as error:
        raise fail("QC0428", place, path=name, offset=error.start, reason="encoding") from None
    if "\0" in text:
        raise fail("QC0428", place, path=name, offset=data.index(0), reason="zero")
    words = text.split(maxsplit=1)
    if (words and words[0] in (".v", ".i", ".o")) or (words[:1] == ["BEGIN"] and "END" in text):
        raise fail("QC0429", place, path=name)
    return text.replace("\r\n", "\n")
