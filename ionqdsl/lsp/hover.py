"""Describes the thing under the pointer: meaning, unit, matrix, and the value of an expression.

Takes a document and an offset, and returns Markdown with its range, or None.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ionqdsl.describe import handbook
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import MEASURE, RESET
from ionqdsl.ir.job import JOB_KEYS
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.ir.targets import BACKENDS, NOISE_MODELS, backend_of
from ionqdsl.language import comments, readable, syntax, values
from ionqdsl.language.expectations import QUANTITIES
from ionqdsl.language.functions import usage
from ionqdsl.language.lower.blocks import ENERGY_KEYS
from ionqdsl.lsp import constant_values, fragments, keyword_docs
from ionqdsl.lsp.document import Definition, Document
from ionqdsl.lsp.fragments import Fragment
from ionqdsl.lsp.hints import applications, arguments_with_units
from ionqdsl.lsp.mentions import GATE
from ionqdsl.lsp.positions import region

_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_LONGEST = 300
"""Characters of the longest declaration that is shown."""
_KINDS = {
    "qubit": "qubits", "alias": "a choice of qubits", "const": "constant", "param": "parameter",
    "parameter": "parameter",
    "operand": "operand, one qubit", "variable": "variable", "gate": "gate", "circuit": "circuit",
    "hamiltonian": "operator", "function": "function", "register": "register of the result",
    "slots": "register of outcomes, which measurements write",
}  # fmt: skip
_DESCRIBED = frozenset(
    {"qubit", "alias", "const", "param", "gate", "circuit", "register", "slots", "hamiltonian", "function"}
)
"""Kinds that a comment above or after the statement describes; not the parameters of a gate below it."""


class Hit(NamedTuple):
    """The text to show, and the range it is about; an empty text shows nothing."""

    text: str
    start: int
    end: int


def hover(document: Document, offset: int) -> dict[str, Any] | None:
    """The protocol's Hover: the first hit of the kinds."""
    piece = document.piece_at(offset)
    inside = piece is not None and offset <= piece.end
    hits = (hit for kind in KINDS if piece is not None and inside for hit in kind(document, piece, offset) if hit.text)
    hit = next(hits, None)
    if hit is None:
        return None
    contents = {"kind": "markdown", "value": hit.text}
    return {"contents": contents, "range": region(document.source, hit.start, hit.end)}


def _name(document: Document, piece: Fragment, offset: int) -> Iterator[Hit]:
    """A name: its definition, or the built-in gate."""
    mention = document.mention_at(offset)
    if mention is None or (offset == mention.end != piece.end and document.text[offset : offset + 1].isidentifier()):
        return
    definition = document.definition_of(mention)
    if definition is not None:
        yield Hit(about(document, definition), mention.start, mention.end)
    elif mention.space == GATE:
        yield Hit(about_gate(mention.name, document.gateset_at(offset)), mention.start, mention.end)


def about(document: Document, definition: Definition) -> str:
    """A definition: its declaration, its kind, its value, its comment, its file."""
    parts = [_declaration(definition), _kind(definition), *_value(definition), description(definition)]
    if definition.document.uri != document.uri:
        folder = os.path.dirname(document.path) or os.curdir
        parts.append(f"from `{os.path.relpath(definition.document.path, folder)}`")
    return "\n\n".join(part for part in parts if part)


def _declaration(definition: Definition) -> str:
    """The text of a definition, with the body of a gate; the name alone if it is long."""
    piece = definition.piece
    whole = definition.document.text[piece.start : piece.until] if definition.kind == "gate" else piece.text
    text = whole if len(whole) <= _LONGEST else piece.text
    return f"```qc\n{text if len(text) <= _LONGEST else definition.name}\n```"


def _kind(definition: Definition) -> str:
    node = definition.mention.owner
    if isinstance(node, syntax.OperandFormal) and node.is_register:
        return f"operand, a register: `{node.text}`"
    if definition.kind == "function" and isinstance(node, syntax.HamiltonianDefinition):
        return "operator with parameters"
    return _KINDS[definition.kind]


def _value(definition: Definition) -> Iterator[str]:
    """The value of a constant, a parameter or an operator, or the values that a loop takes."""
    node = definition.mention.owner
    if definition.kind in ("const", "param", "hamiltonian"):
        value = constant_values.value_of_definition(definition)
        text = readable.shown(value)
        if text and text != definition.name:
            yield f"`{text}`"
            yield _as_angle(value)
        elif definition.kind == "param":
            yield "without a value: bound with `--set`, by a sweep or from Python"
    elif definition.kind == "variable" and isinstance(node, syntax.For | syntax.Clause | syntax.TestLoop):
        items = constant_values.value_of(definition.document, node.iterable, fragments.shift(definition.piece))
        text = readable.shown(items)
        yield f"`{text}`" if text else ""


def _as_angle(value: Any) -> str:
    """A plain number as an angle; "" for 0 and for other values."""
    if not values.is_number(value) or values.is_angle(value) or values.is_symbolic(value):
        return ""
    angle = values.amount(value)
    return f"as an angle in qis: `{readable.in_turns(angle)} = {readable.in_radians(angle)}`" if angle else ""


def description(definition: Definition) -> str:
    """The comment that describes a definition."""
    if definition.kind not in _DESCRIBED:
        return ""
    return comments.about(definition.document.source, definition.piece.start, definition.piece.end)


@lru_cache(maxsize=500)
def about_gate(name: str, gateset: str) -> str:
    """A built-in gate: call, meaning, units, definition, matrix; "" for an unknown name."""
    gate_facts = handbook.facts_of(name)
    facts = next((facts for facts in gate_facts if facts["gateset"] == gateset), gate_facts[0] if gate_facts else None)
    if facts is None:
        return ""
    parts = [f"```qc\n{facts['signature']}\n```", facts["meaning"]]
    units = [f"`{p['name']}` {'is' if p['unit'].startswith('a') else 'in'} {p['unit']}" for p in facts["parameters"]]
    parts += [f"{', '.join(units)} · {facts['gateset']}" if units else facts["gateset"]]
    if facts["definition"]:
        parts.append(f"```qc\n{facts['definition']}\n```")
    if facts["matrix"]:
        order = ", first operand leftmost" if len(facts["matrix"]) > 2 else ""
        rows = "\n".join(line[4:] for line in handbook.drawn(facts["matrix"]))
        parts.append(f"matrix of `{facts['sample']}`{order}\n\n```text\n{rows}\n```")
    return "\n\n".join(parts)


# --- settings --------------------------------------------------------------------------------------------------------


def _setting(document: Document, piece: Fragment, offset: int) -> Iterator[Hit]:
    """A key of a block of settings, or the text that is its value."""
    head = piece.settings
    if head is None or piece.parent is None:
        return
    for node in fragments.nodes(piece):
        path = ".".join([*path_of(piece.parent), node.key.text])
        if place := _around(piece, node.key.span, offset):
            meaning = about_key(head.word, path)
            yield Hit(f"`{path}`\n\n{meaning}" if meaning else "", *place)
        elif isinstance(node.value, syntax.Text) and (place := _around(piece, node.value.span, offset)):
            yield Hit(about_value(path, node.value.value), *place)


def _around(piece: Fragment, span: Span, offset: int) -> tuple[int, int] | None:
    """The range of a fragment's node in the text, if it contains an offset."""
    start, end = fragments.place(piece, span)
    return (start, end) if start <= offset <= end else None


def path_of(block: Fragment) -> list[str]:
    """The keys around a block of settings, from the outside in, without `job` itself."""
    keys: list[str] = []
    while block.settings is not None and block.parent is not None:
        keys.insert(0, block.word)
        block = block.parent
    return keys


def about_key(block: str, path: str) -> str:
    """The meaning of a key of `job`, `energy` or `function`."""
    if block == "job":
        key = JOB_KEYS.get(path)
        return f"{key.type}: {key.meaning}" if key else ""
    return {"energy": ENERGY_KEYS, "function": keyword_docs.FUNCTION_KEYS}[block].get(path, "")


def about_value(path: str, value: str) -> str:
    """The description of a backend or noise model."""
    if path == "backend" and (backend := backend_of(value)) is not None:
        retired = ", retired" if backend.retired else ""
        gates = f", gates of `{backend.target}`" if backend.target else ""
        return f"`{value}`\n\nat most {backend.qubits} qubits and {backend.shots:,} shots{gates}{retired}"
    if path == "noise.model" and value in NOISE_MODELS:
        model = NOISE_MODELS[value]
        rates = [("not public" if rate is None else f"{rate:.3g}") for rate in (model.one_qubit, model.two_qubit)]
        return f"`{value}`\n\nerror of one-qubit gates {rates[0]}, of two-qubit gates {rates[1]}"
    return ""


def backends() -> dict[str, str]:
    """The patterns of backends with their descriptions; for completion."""
    return {row.pattern: about_value("backend", row.pattern) for row in BACKENDS}


# --- values and words ------------------------------------------------------------------------------------------------


def _number(document: Document, piece: Fragment, offset: int) -> Iterator[Hit]:
    """A number or an operator: the value of the argument or constant that contains it."""
    if _WORD.match(_word_at(document.text, offset)[0]):
        return
    for application in applications(piece):
        for argument, unit in arguments_with_units(application, document.gateset_at(offset)):
            if place := _around(piece, argument.value.span, offset):
                value = constant_values.value_of(document, argument.value, fragments.shift(piece))
                yield Hit(_worth(value, unit, application.gate.text), *place)
    for node in fragments.nodes(piece):
        given = node.value if isinstance(node, syntax.Const | syntax.Param) else None
        if given is not None and (place := _around(piece, given.span, offset)):
            yield Hit(_worth(constant_values.value_of(document, given, fragments.shift(piece))), *place)


def _worth(value: Any, unit: str = "", gate: str = "") -> str:
    """A value, as an angle of a gate if it is one; "" if unknown."""
    angle = readable.as_angle(value, unit) if unit in ("rad", "turn") else None
    if angle is not None:
        return f"`{readable.in_turns(angle)} = {readable.in_radians(angle)}`\n\nangle of `{gate}`"
    shown = readable.shown(value)
    return f"`{shown}`" if shown else ""


def _word(document: Document, piece: Fragment, offset: int) -> Iterator[Hit]:
    """A keyword, a function, a constant, a unit after a number."""
    word, start = _word_at(document.text, offset)
    if piece.settings and word in KEYWORDS and start == piece.start:
        return  # a key may have the name of a keyword
    is_called = document.text[start + len(word) :].lstrip().startswith("(")
    if _is_of_test(piece) and word in QUANTITIES and is_called:
        yield Hit(f"`{QUANTITIES[word].usage}`: {QUANTITIES[word].meaning}", start, start + len(word))
    known = _meanings(document.text, piece, word, start)
    if word in known:
        title = f"`{usage(word)}`: " if word in keyword_docs.FUNCTIONS else f"`{word}`\n\n"
        yield Hit(title + known[word], start, start + len(word))


def _meanings(text: str, piece: Fragment, word: str, start: int) -> Mapping[str, str]:
    """The words that mean something at a place: those of version 2 of the language only where they are words."""
    is_first = piece.word == word and start == piece.start
    is_measured = word == MEASURE and text[piece.start : start].rstrip().endswith("=")
    if is_measured or (is_first and word in ("def", RESET)):
        return keyword_docs.LATER_WORDS
    is_gateset = piece.word == "gateset" and word in keyword_docs.GATESETS
    known = keyword_docs.GATESETS if is_gateset else keyword_docs.MEANINGS
    return {**known, **keyword_docs.LATER_WORDS} if _is_of_test(piece) else known


def _is_of_test(piece: Fragment) -> bool:
    """Whether a fragment is the head of a test or one of its conditions."""
    return piece.top.word == "test" and piece.word in ("test", "expect")


def _word_at(text: str, offset: int) -> tuple[str, int]:
    """The run of letters, digits and points around an offset, and its start."""
    start = end = offset
    while start and (text[start - 1].isalnum() or text[start - 1] in "_."):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] in "_."):
        end += 1
    return text[start:end], start


KINDS = (_name, _setting, _number, _word)
"""The kinds of words under a pointer, in the order in which they are tried."""
