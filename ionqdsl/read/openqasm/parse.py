"""Parses OpenQASM text to a syntax tree, by the grammar in grammar/openqasm.lark.

Takes a text and returns a `tree.QasmFile`. CompileError says where the text is not OpenQASM, or which of its keywords
no circuit can express. A text without errors is read by automaton.py, any other by Lark, which says where it stops
being OpenQASM. Names and values are not checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import Any

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.garbage import uncollected
from ionqdsl.language.automaton import Automaton, Unmatched, holds_runs
from ionqdsl.language.parse import tables_of
from ionqdsl.language.step_budget import MAX_TOKENS, STEPS
from ionqdsl.nesting import MAX_NESTING, too_deep
from ionqdsl.read.openqasm import lines, tree
from ionqdsl.read.openqasm.actions import QasmActions

FOREIGN = {
    "while": "a loop without a fixed number of rounds",
    "extern": "an external function",
    "end": "an end before the last statement",
    "break": "a loop that may end early",
    "continue": "a loop that may skip statements",
    "delay": "timing",
    "duration": "timing",
    "stretch": "timing",
    "durationof": "timing",
    "cal": "pulses",
    "defcal": "pulses",
    "defcalgrammar": "pulses",
    "complex": "complex numbers",
    "readonly": "arrays as arguments",
    "mutable": "arrays as arguments",
    "nop": "timing",
    "void": "a subroutine of another language",
}
"""Words of OpenQASM 3 that no circuit can express, and their meaning."""

_INSTEAD = {
    "while": "`for` with a fixed number of rounds",
    "extern": "the value of the function",
    "end": "`if` around the statements after it",
    "break": "a loop with fewer rounds",
    "continue": "`if` around the statements of the other rounds",
    "complex": "real numbers",
    **dict.fromkeys(("readonly", "mutable"), "a parameter for each element"),
}
"""Word -> its replacement; the statements of the others can only be left out."""

_SINCE_3 = "qubit const input output let gphase def return for else inv pow ctrl negctrl"
_SINCE_3 += " int uint float angle bit bool array box switch case default"
_ALWAYS = "OPENQASM include gate measure if barrier reset true false in pragma"
_NEW = frozenset(_SINCE_3.split())
"""Words that OpenQASM 2 does not have."""
KEYWORDS = _NEW | frozenset(_ALWAYS.split()) | frozenset(FOREIGN)


def parse(source: Source, version: int | None = None) -> tree.QasmFile:
    """The tree of a text; `version` is that of the including file. Raises CompileError."""
    with _LOCK, uncollected():
        file = _read(source.text, source, 0, version or version_of(source.text), "program")
        assert isinstance(file, tree.QasmFile)
        wrong = _depth_error(file.statements)
        if wrong is None:
            return file
        del file  # the error's traceback must not keep it: the thread that frees it may have a small stack
        raise wrong


def application(text: str, source: Source, offset: int, version: int) -> tree.QuantumGate:
    """The tree of one gate line, at an offset of a text."""
    return lines.application(text, source, offset, KEYWORDS) or by_grammar(text, source, offset, version)


def by_grammar(text: str, source: Source, offset: int, version: int) -> tree.QuantumGate:
    """The same for any gate, which need not be on a line of its own."""
    with _LOCK:
        node = _read(text, source, offset, version, "application")
        assert isinstance(node, tree.QuantumGate)
        wrong = _depth_error((node,))
        if wrong is None:
            return node
        del node
        raise wrong


def _read(text: str, source: Source, offset: int, version: int, start: str) -> Any:
    """The tree of a text at an offset of a source. Raises CompileError."""
    actions, words, parser = _parser()
    actions.begin(source, offset)
    words.begin(source, version)
    try:
        return parser.parse(text, words, start)
    except Unmatched:
        pass
    except _Stop as stop:
        raise _explained(source, stop.offset, offset, stop) from None
    from ionqdsl.language.lark_parser import UnexpectedInput  # late: Lark takes longer to load than most texts to read

    try:
        return _careful(holds_runs(text), actions, words).parse(text, start=start)
    except UnexpectedInput as error:
        raise _explained(source, error.pos_in_stream, offset) from None
    except _Stop as stop:
        raise _explained(source, stop.offset, offset, stop) from None


def _depth_error(nodes: tuple[Any, ...]) -> CompileError | None:
    """The error about nodes that are nested too deep."""
    deepest = too_deep(nodes, tree.LEVELS)
    return None if deepest is None else fail("QC1103", deepest.span, limit=MAX_NESTING)


def version_of(text: str) -> int:
    """The version that a text declares; without one, 2 for includes or declarations of version 2 alone, otherwise 3."""
    said = _VERSION.match(_without_comments(text[:20_000]))
    if said is not None and said[1]:
        return int(said[1])
    code = _without_comments(text)
    libraries = set(_LIBRARY.findall(code))
    words = set(_WORD.findall(code))
    looks_old = "qelib1" in libraries or ("qreg" in words and not libraries and not words & _NEW)
    return 2 if looks_old else 3


_LIBRARY = re.compile(r"""\binclude\s*["'](qelib1|stdgates)\.inc["']""")
_WORD = re.compile(r"[^\W\d]\w*")
_VERSION = re.compile(r"\s*(?:OPENQASM\s+(\d{1,9})(?:\.\d+)?\s*;)?")
_COMMENT = re.compile(r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)")
_LOCK = Lock()


def _without_comments(text: str) -> str:
    return _COMMENT.sub(" ", text)


class _Words:
    """Checks tokens on their way to the parser: keywords, brackets, and `^`, which OpenQASM 2 reads as a power."""

    always_accept = ()

    def __init__(self) -> None:
        self.version = 3
        self.source = Source("")
        self.names: frozenset[str] = frozenset()

    def begin(self, source: Source, version: int) -> None:
        """Starts another text, or a line of the same one."""
        if source is not self.source or version != self.version:
            self.names = _old_names(source.text) if version == 2 else frozenset()
        self.source, self.version = source, version

    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        depth = length = begin = 0
        for token in stream:
            begin = begin if length else token.start_pos
            length = length + 1 if token.type not in _ENDS else 0
            if length > MAX_TOKENS:
                raise _Stop(begin, "", tokens=MAX_TOKENS)
            if str(token) in self.names:
                token.type = "NAME"
            elif token.type == "NAME" and str(token) in KEYWORDS:
                raise _Stop(token.start_pos, str(token))
            if token.type in ("LPAR", "LSQB", "LBRACE"):
                depth += 1
                if depth > MAX_NESTING:
                    raise _Stop(token.start_pos, "", depth)
            elif token.type in ("RPAR", "RSQB", "RBRACE"):
                depth -= 1
            elif self.version == 2:
                if token.type == "CARET":
                    token.type = "POWER"
                elif str(token) in _NEW and token.type not in ("NAME", "GPHASE"):  # as PennyLane writes it
                    raise _Stop(token.start_pos, str(token), new=True)
            yield token


_ENDS = frozenset({"SEMI", "LBRACE", "RBRACE", "LINES", "PRAGMA", "ANNOTATION"})
"""Tokens after which another statement may begin."""


def _old_names(text: str) -> frozenset[str]:
    """Names of an OpenQASM 2 text that are keywords of OpenQASM 3 alone: `gate turn(angle) a`, `qreg input[2]`."""
    heads = " ".join(_HEAD.findall(_without_comments(text)))
    return frozenset(_WORD.findall(heads)) & (_NEW | FOREIGN.keys())


_HEAD = re.compile(r"\b(?:qreg|creg|gate|opaque)\s+([^;{\[]*)")


class _Stop(Exception):
    """A token that is invalid everywhere."""

    def __init__(self, offset: int, word: str, depth: int = 0, new: bool = False, tokens: int = 0) -> None:
        super().__init__(word)
        self.offset, self.word, self.depth, self.new, self.tokens = offset, word, depth, new, tokens


@cache
def _parser() -> tuple[QasmActions, _Words, Automaton]:
    actions, words = QasmActions(), _Words()
    return actions, words, Automaton(tables_of("openqasm.lark"), actions)


@cache
def _careful(express: bool, actions: QasmActions, words: _Words) -> Any:
    """Lark's parser, which takes longer to make than most texts take to read; `express` as for Automaton."""
    from ionqdsl.language.lark_parser import grammar_parser

    return grammar_parser("openqasm.lark", actions, words, express)


_PIECE = re.compile(r"#?[^\W\d]\w*|\d[\w.]*|\S")
_TIME = re.compile(r"[\d._]+(?:[eE][+-]?\d+)?(?:dt|ns|us|µs|ms|s)$")


def _explained(source: Source, offset: int | None, base: int, stop: _Stop | None = None) -> CompileError:
    """The diagnostic for a text at `base` in the source, which stops matching the grammar at an offset of its own."""
    offset = base + (len(source.text) if offset is None else max(offset, 0))
    piece = _PIECE.search(source.text, offset)
    start, end = piece.span() if piece else (min(offset, len(source.text)), len(source.text))
    word = source.text[start:end].strip()
    span = Span(source, min(start, len(source.text)), end)
    if stop is not None and stop.depth:
        return fail("QC1103", span, limit=MAX_NESTING)
    if stop is not None and stop.tokens:
        return fail("QC0511", span, limit=STEPS, tokens=stop.tokens)
    if stop is not None and stop.new:
        return fail("QC1104", span, word=word)
    if word in FOREIGN:
        return fail("QC1105", span, word=word, what=FOREIGN[word], instead=_INSTEAD.get(word))
    if _TIME.match(word):
        return fail("QC1105", span, word=word, what="timing", instead=None)
    if word == "#" or word.startswith("dim"):
        return fail("QC1105", span, word=word, what="arrays as arguments", instead=_INSTEAD["readonly"])
    shown_word = f"`{word}`" if word else "the end of the text"
    return fail("QC1101", span, found=shown_word, keyword=word if word in KEYWORDS else None)
