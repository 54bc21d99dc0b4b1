"""Signature help: shows how to call the gate, circuit or function being written, and the current argument.

Takes a document and an offset, and returns the protocol's SignatureHelp, or None outside of calls. A gate's operands
count as its last parameters, so that the help continues after the parenthesis.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ionqdsl.describe.handbook import parameters_of
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.language import syntax
from ionqdsl.language.functions import usage
from ionqdsl.language.library import standard_definitions, standard_signatures
from ionqdsl.lsp import hover, keyword_docs
from ionqdsl.lsp.cursor import MODIFIERS, in_comment, in_string, statement_at
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.mentions import CIRCUIT, FUNCTION, GATE

_CALLED = re.compile(r"\b([A-Za-z_]\w*+)\s*+\Z", re.ASCII)
_GATE = re.compile(rf"\s*+{MODIFIERS}([A-Za-z_]\w*+)\s*+", re.ASCII)
_CONTROLS = re.compile(r"ctrl\s*(?:\(\s*(\d{1,2})\s*\)\s*)?@", re.ASCII)
_NAMED = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)", re.ASCII)
_QUIET = re.compile(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*')
_HEAD = re.compile(r"\s*+(?:gate|circuit|def|hamiltonian)\s++[A-Za-z_]\w*+\s*+(?:\([^()]*+)?\Z", re.ASCII)
"""The head of a definition, whose parameters are no arguments."""


class CallShape(NamedTuple):
    """How to call something: parameters as they are shown, operands, and the meaning."""

    name: str
    parameters: list[str]
    operands: list[str]
    meaning: str


def signature(document: Document, offset: int) -> dict[str, Any] | None:
    """The call around an offset, with the parameter or operand that is being written."""
    start, _ = statement_at(document, offset)
    before = document.text[start:offset]
    if in_comment(document.text, offset) or in_string(before):
        return None
    before = _QUIET.sub(lambda match: " " * len(match[0]), before)
    word = before.split(maxsplit=1)[0] if before.strip() else ""
    if word in ("gate", "circuit") or _HEAD.fullmatch(before):
        return None
    for opening, commas in _open_brackets(before):
        name = _CALLED.search(before[:opening])
        if before[opening] == "(" and name is not None:
            call = _call(document, name[1], offset, _spaces(before, name.start(1), word))
            return _help(call, commas, before[commas[-1] :]) if call is not None else None
    head = _GATE.match(before)
    rest = _closed(before, head.end()) if head is not None else None
    if head is None or rest is None or before[rest - 1].isalnum() or before[rest:].startswith("="):
        return None
    call = _call(document, head[1], offset, (GATE,))
    if call is None or not call.operands:
        return None
    controls = sum(int(number or 1) for number in _CONTROLS.findall(before[: head.start(1)]))
    return _of_operands(call._replace(operands=["control"] * controls + call.operands), before[rest:])


def _spaces(before: str, start: int, word: str) -> tuple[str, ...]:
    """The name spaces of a name that is called: gates and circuits are called at the start of a statement only."""
    if word == "run":
        return (CIRCUIT,) if before[:start].rstrip().endswith(("run", ",")) else (FUNCTION,)
    if word == "expect" and re.search(r"\bsame\s*\(\s*\Z", before[:start]):
        return (CIRCUIT,)
    return (GATE, CIRCUIT) if re.fullmatch(rf"\s*+{MODIFIERS}", before[:start], re.ASCII) else (FUNCTION,)


def _open_brackets(before: str) -> list[tuple[int, list[int]]]:
    """The open brackets, the innermost first, each with the places after it and after its commas."""
    stack: list[tuple[int, list[int]]] = []
    for place, letter in enumerate(before):
        if letter in "([":
            stack.append((place, [place + 1]))
        elif letter in ")]" and stack:
            stack.pop()
        elif letter == "," and stack:
            stack[-1][1].append(place + 1)
    return stack[::-1]


def _closed(before: str, start: int) -> int | None:
    """The end of the arguments that begin at a place, the place itself if there are none; None while they are open."""
    if before[start : start + 1] != "(":
        return start
    depth = 0
    for place in range(start, len(before)):
        depth += (before[place] in "([") - (before[place] in ")]")
        if not depth:
            return place + 1
    return None


def _call(document: Document, name: str, offset: int, spaces: tuple[str, ...]) -> CallShape | None:
    """The call shape of a name in one of some name spaces."""
    if name in keyword_docs.FUNCTIONS and FUNCTION in spaces:
        inner = usage(name).partition("(")[2].rstrip(")")
        return CallShape(name, inner.split(", "), [], keyword_docs.FUNCTIONS[name])
    for definition in reversed(document.visible(offset)):
        node = definition.mention.owner
        if definition.name == name and definition.mention.space in spaces:
            parameters = [parameter.span.text for parameter in node.parameters]
            operands = [operand.text for operand in getattr(node, "operands", ())]
            return CallShape(name, parameters, operands, hover.description(definition))
    return _builtin(name, document.gateset_at(offset)) if GATE in spaces else None


def _builtin(name: str, gateset: str) -> CallShape | None:
    key = NAMES[gateset].get(name)
    if key is not None:
        gate = GATES[key]
        parameters = [parameter.text for parameter in gate.formals]
        operands = list("abcdefgh"[: gate.operands]) if gate.operands >= 0 else ["operands"]
        return CallShape(name, parameters, operands, gate.meaning)
    if name in standard_signatures() and gateset == "qis":
        definition: syntax.GateDefinition = standard_definitions()[name]
        parameters = [f"{parameter}: {unit}" for parameter, unit in parameters_of(name, gateset)]
        return CallShape(name, parameters, [operand.text for operand in definition.operands], "")
    return None


def _help(call: CallShape, commas: list[int], argument: str) -> dict[str, Any]:
    """The help inside the parenthesis: the parameter by its name, or else by its position."""
    named = _NAMED.match(argument)
    names = [re.split(r"[:=\s]", parameter)[0] for parameter in call.parameters]
    number = names.index(named[1]) if named and named[1] in names else len(commas) - 1
    return _shown(call, min(number, max(0, len(call.parameters) - 1)))


def _of_operands(call: CallShape, written: str) -> dict[str, Any]:
    depth = commas = 0
    for letter in written:
        depth += (letter in "([") - (letter in ")]")
        commas += letter == "," and not depth
    return _shown(call, len(call.parameters) + min(commas, len(call.operands) - 1))


def _shown(call: CallShape, active: int) -> dict[str, Any]:
    label, places = call.name, []
    for opening, group, closing in (("(", call.parameters, ")"), (" ", call.operands, "")):
        for number, text in enumerate(group):
            label += ", " if number else opening
            places.append([len(label), len(label) + len(text)])
            label += text
        label += closing if group else ""
    about: dict[str, Any] = {"label": label, "parameters": [{"label": place} for place in places]}
    if call.meaning:
        about["documentation"] = {"kind": "markdown", "value": call.meaning}
    return {"signatures": [about], "activeSignature": 0, "activeParameter": active}
