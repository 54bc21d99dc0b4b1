"""Suggests completions at the cursor: gates, names, keywords, keys of the job and their values.

Takes a document and an offset, and returns completion items, chosen by the text between the start of the statement and
the cursor, which need not make sense yet. `resolved` adds documentation that takes time to make.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ionqdsl.describe import handbook
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import MEASURE, RESET
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.ir.job import JOB_KEYS
from ionqdsl.ir.keywords import KEYWORD_MEANINGS, UNCALLABLE
from ionqdsl.ir.targets import BACKEND_NAMES, NOISE_MODELS
from ionqdsl.language import calls, comments, includes, standard, syntax
from ionqdsl.language.data import ENDINGS
from ionqdsl.language.expectations import QUANTITIES
from ionqdsl.language.functions import usage
from ionqdsl.language.library import standard_signatures
from ionqdsl.language.lower.blocks import ENERGY_KEYS
from ionqdsl.lsp import fragments, hover, keyword_docs
from ionqdsl.lsp.cursor import MODIFIERS, in_comment, in_string, statement_at
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.fragments import Fragment
from ionqdsl.lsp.mentions import CIRCUIT, FUNCTION, GATE, REGISTER, VALUE
from ionqdsl.lsp.positions import region

_FUNCTION, _VARIABLE, _CLASS, _PROPERTY, _UNIT, _VALUE, _KEYWORD, _FILE, _CONSTANT = (
    3, 6, 7, 10, 11, 12, 14, 17, 21,
)  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.])((?:\d++(?:\.\d*+)?|\.\d++)(?:e[-+]?\d++)?)([a-z]*)\Z", re.ASCII)
_LOAD = re.compile(r'\bload\(\s*+"([^"]*+)\Z')
_ONE_WORD = re.compile(r"(?:^|[;{@])\s*[A-Za-z_]\w*\Z", re.ASCII)
_START = re.compile(MODIFIERS + r"(?:[A-Za-z_]\w*)?\Z", re.ASCII)
_OPERANDS = re.compile(MODIFIERS + r"([A-Za-z_]\w*+)(?:\s*+\((?>(?:.*=)?)[^=]*\))?\s[^=]*\Z", re.S | re.ASCII)
_MEASURED = re.compile(r"=\s*measure\s+[^=]*\Z", re.ASCII)
_ITEMS = ("job", "const", "param", "gate", "circuit", "run", "energy", "function", "include")
_STATEMENTS = (
    "qubit", "let", "const", "for", "if", "barrier", "verbatim", "native", "register", "gateset", "gphase", "assert",
    "hamiltonian",
)  # fmt: skip
_IN_GATES = ("let", "const", "for", "if", "native", "gphase", "assert")
_SNIPPETS = {"def": "def ${1:name}(${2:x}) = $0", "test": 'test "${1:name}" {\n  $0\n}'}
_MODIFIERS = {"ctrl": "ctrl @ ", "negctrl": "negctrl @ ", "inv": "inv @ ", "pow": "pow(${1:2}) @ "}
_TAKING = (GATE, CIRCUIT, FUNCTION)
"""Name spaces of the definitions that take arguments."""

Item = dict[str, Any]


def completions(document: Document, offset: int) -> list[Item]:
    """The items at an offset."""
    start, block = statement_at(document, offset)
    before = document.text[start:offset].lstrip()
    if in_comment(document.text, offset):
        return []
    if block is not None and (block.settings or block.word in fragments.SETTINGS):
        return list(_in_settings(document, block, before, offset))
    if before.startswith("include"):
        return list(_files(document, before))
    if in_string(before):
        loading = _LOAD.search(before)
        return list(_entries(document, loading[1], ENDINGS)) if loading is not None else []
    if number := _NUMBER.search(before):
        return list(_units(document, number, offset))
    if _START.fullmatch(before):
        return list(_statements(document, block, before, offset))
    return list(_inside(document, before, offset))


def wants_more(document: Document, offset: int) -> bool:
    """Whether the text before a blank just typed needs a completion: a gate its qubits, a comma the next one."""
    line = document.text[document.text.rfind("\n", 0, offset) + 1 : offset].rstrip()
    return line.endswith((",", "=", "@", ")")) or bool(_ONE_WORD.search(line))


def _item(label: str, kind: int, detail: str = "", text: str | None = None, doc: str = "", **more: Any) -> Item:
    item: Item = {"label": label, "kind": kind, **more}
    if detail:
        item["detail"] = detail
    if text is not None:
        item |= {"insertText": text, "insertTextFormat": 2 if "$" in text else 1}
    if doc:
        item["documentation"] = {"kind": "markdown", "value": doc}
    return item


# --- statements ------------------------------------------------------------------------------------------------------


def _statements(document: Document, block: Fragment | None, before: str, offset: int) -> Iterator[Item]:
    """The words that can begin a statement."""
    top = block.top.word if block is not None else ""
    if "@" not in before:
        keywords = _IN_GATES if top == "gate" else _STATEMENTS if block is not None else (*_ITEMS, *_STATEMENTS)
        yield from (_item(word, _KEYWORD, doc=KEYWORD_MEANINGS[word]) for word in dict.fromkeys(keywords))
        if top != "gate":
            yield _item(RESET, _KEYWORD, text=f"{RESET} ", doc=keyword_docs.LATER_WORDS[RESET])
        if block is None:
            for word, text in _SNIPPETS.items():
                yield _item(word, _KEYWORD, text=text, doc=keyword_docs.LATER_WORDS[word])
        elif top == "test":
            yield _item("expect", _KEYWORD, text="expect ", doc=keyword_docs.LATER_WORDS["expect"])
            yield from _names(document, offset, (CIRCUIT,))
    native = document.gateset_at(offset) == "native"
    if not native:
        for word, text in _MODIFIERS.items():
            yield _item(f"{word} @", _KEYWORD, text=text, doc=KEYWORD_MEANINGS[word], filterText=word)
    yield from gates(document, "native" if native else "qis", offset)


def gates(document: Document, gateset: str, offset: int) -> Iterator[Item]:
    """The gates that can be applied, the program's own first."""
    for definition in document.visible(offset):
        if definition.mention.space == GATE:
            node = definition.mention.owner
            arguments = ", ".join(parameter.name.text for parameter in node.parameters)
            detail = f"{definition.name}{f'({arguments})' if arguments else ''}"
            detail += " " + ", ".join(operand.text for operand in node.operands)
            text = _call(definition.name, [p.name.text for p in node.parameters if p.default is None])
            yield _item(
                definition.name, _FUNCTION, detail, text, hover.description(definition), sortText="0" + definition.name
            )
    for name, key in NAMES[gateset].items():
        gate = GATES[key]
        needed = [parameter.name for parameter in gate.parameters if parameter.default is None]
        data = {"gate": name, "gateset": gateset}
        yield _item(name, _FUNCTION, gate.signature, _call(name, needed), data=data, sortText="1" + name)
    if gateset == "qis":
        for name, signature in standard_signatures().items():
            units = ", ".join(f"{parameter}: {unit}" for parameter, unit in handbook.parameters_of(name, "qis"))
            detail = f"{name}({units})" if units else name
            data = {"gate": name, "gateset": "qis"}
            text = _call(name, list(signature.parameters))
            yield _item(name, _FUNCTION, detail, text, data=data, sortText="2" + name)


def _call(name: str, parameters: list[str]) -> str:
    inner = ", ".join(f"${{{number}:{parameter}}}" for number, parameter in enumerate(parameters, 1))
    return f"{name}({inner}) " if parameters else f"{name} "


def resolved(item: Mapping[str, Any]) -> Item:
    """An item with the documentation of its gate, including the matrix."""
    data = item.get("data")
    if isinstance(data, Mapping) and data.get("gateset") in NAMES:
        text = hover.about_gate(str(data.get("gate")), str(data["gateset"]))
        return {**item, "documentation": {"kind": "markdown", "value": text}}
    return dict(item)


# --- inside statements -----------------------------------------------------------------------------------------------


def _inside(document: Document, before: str, offset: int) -> Iterator[Item]:
    """Operands, values, circuits: by the first word of the statement and the open brackets."""
    first = re.match(r"[A-Za-z_]\w*", before)
    word = first[0] if first else ""
    depth = before.count("(") + before.count("[") - before.count(")") - before.count("]")
    if word == "gateset":
        yield from (_item(name, _VALUE, doc=doc) for name, doc in keyword_docs.GATESETS.items())
    elif word in ("qubit", "gate", "circuit", "param", "def", "hamiltonian") and not depth and "=" not in before:
        return
    elif word == "run" and not depth and not re.search(r"\b(in|as)\s+\w*\Z", before):
        yield from _names(document, offset, (CIRCUIT,))
        yield from (_item(name, _KEYWORD, doc=KEYWORD_MEANINGS[name]) for name in ("for", "in", "as"))
    elif word == "expect" and (block := document.block_at(offset)) is not None and block.top.word == "test":
        yield from _expected(document, before, offset)
    elif word == "for" and not re.search(r"\bin\b", before):
        yield _item("in", _KEYWORD, doc=KEYWORD_MEANINGS["in"])
    elif _takes_qubits(before, word, depth):
        yield from _qubits(document, offset)
        if word == "register" and before.rstrip().endswith("="):
            yield _item(MEASURE, _KEYWORD, text=f"{MEASURE} ", doc=keyword_docs.LATER_WORDS[MEASURE])
    else:
        yield from _argument_names(document, before, offset)
        yield from _formals(before)
        yield from _values(document, offset)
        if re.search(r"\blen\(\w*\Z", before):
            yield from _qubits(document, offset)


def _expected(document: Document, before: str, offset: int) -> Iterator[Item]:
    """Quantities and values; in brackets the names that the quantity takes."""
    called = re.search(r"\b([A-Za-z_]\w*+)\([^()]*+\Z", before)
    name = called[1] if called else ""
    if name == "same":
        yield _item("identity", _VALUE, doc=keyword_docs.LATER_WORDS["identity"])
        yield from _names(document, offset, (CIRCUIT,))
    elif name in ("prob", "value"):
        yield from _qubits(document, offset)
        yield from _names(document, offset, (REGISTER,))
    else:
        for quantity in QUANTITIES.values():
            call = f"{quantity.name}($0)" if quantity.most else f"{quantity.name}()"
            yield _item(quantity.name, _FUNCTION, quantity.usage, call, quantity.meaning)
        yield _item("within", _KEYWORD, doc=keyword_docs.LATER_WORDS["within"])
        yield from _values(document, offset)


def _takes_qubits(before: str, word: str, depth: int) -> bool:
    if depth:
        return False
    if word in ("let", "register"):
        return "=" in before
    if _MEASURED.search(before) is not None:
        return True
    return word == "barrier" or ((word not in UNCALLABLE or word in _MODIFIERS) and bool(_OPERANDS.fullmatch(before)))


def _qubits(document: Document, offset: int) -> Iterator[Item]:
    piece = document.piece_at(offset)
    in_gate = piece is not None and piece.top.word == "gate"
    for definition in document.visible(offset):
        if definition.kind in (("operand", "alias") if in_gate else ("qubit", "alias")):
            yield _item(definition.name, _VARIABLE, definition.piece.text.partition("\n")[0])


def _names(document: Document, offset: int, spaces: tuple[str, ...]) -> Iterator[Item]:
    for definition in document.visible(offset):
        if definition.mention.space in spaces:
            detail = definition.piece.text.partition("\n")[0]
            yield _item(definition.name, _CLASS, detail, doc=hover.description(definition))


def _formals(before: str) -> Iterator[Item]:
    """The parameters of the function whose value is being written."""
    head, equals, _ = before.partition(")")
    nodes = fragments.read("", f"{head}) = 0", "") if head.startswith(("def", "hamiltonian")) and equals else ()
    for node in nodes:
        if isinstance(node, syntax.Function):
            for parameter in node.parameters or ():
                yield _item(parameter.name.text, _VARIABLE, parameter.span.text, sortText="0" + parameter.name.text)


def _argument_names(document: Document, before: str, offset: int) -> Iterator[Item]:
    """The parameters of the gate, circuit or function whose arguments are being written."""
    called = re.search(r"\b([A-Za-z_]\w*+)\((?:[^()]|\([^()]*+\))*+\Z", before)
    if called:
        own = [d for d in document.visible(offset) if d.name == called[1] and d.mention.space in _TAKING]
        for parameter in own[-1].mention.owner.parameters if own else ():
            name = parameter.name.text
            yield _item(f"{name} =", _PROPERTY, parameter.span.text, f"{name} = ", sortText="3" + name)
        if own:
            return
        parameters = handbook.parameters_of(called[1], "qis") or handbook.parameters_of(called[1], "native")
        for name, unit in parameters:
            yield _item(f"{name} =", _PROPERTY, f"{handbook.UNITS[unit]}", f"{name} = ", sortText="3" + name)


def _values(document: Document, offset: int) -> Iterator[Item]:
    for definition in document.visible(offset):
        if definition.mention.space == VALUE:
            detail = definition.piece.text.partition("\n")[0]
            yield _item(
                definition.name, _VARIABLE, detail, doc=hover.description(definition), sortText="0" + definition.name
            )
        elif definition.mention.space == FUNCTION:
            node = definition.mention.owner
            needed = [parameter.name.text for parameter in node.parameters if parameter.default is None]
            detail, text = calls.usage(node), _call(definition.name, needed).rstrip()
            text += "" if text.endswith(")") else "($1)"
            about = hover.description(definition)
            yield _item(definition.name, _FUNCTION, detail, text, about, sortText="0" + definition.name)
    for name, doc in keyword_docs.CONSTANTS.items():
        yield _item(name, _UNIT if name in keyword_docs.UNITS else _CONSTANT, doc=doc)
    for name, doc in keyword_docs.FUNCTIONS.items():
        if name != "env":
            yield _item(name, _FUNCTION, usage(name), f"{name}($1)", doc)


def _units(document: Document, number: re.Match[str], offset: int) -> Iterator[Item]:
    """Completes `90` to `90deg`."""
    start = offset - len(number[0])
    for unit in keyword_docs.UNITS:
        if unit.startswith(number[2]):
            text = number[1] + unit
            edit = {"range": region(document.source, start, offset), "newText": text}
            yield _item(text, _UNIT, doc=keyword_docs.CONSTANTS[unit], textEdit=edit, filterText=text)


# --- settings and files ----------------------------------------------------------------------------------------------


def _in_settings(document: Document, block: Fragment, before: str, offset: int) -> Iterator[Item]:
    """Keys that are not set yet, or the values of one."""
    key, equals, rest = before.partition("=")
    head, path = block.settings or block, ".".join(hover.path_of(block))
    prefix = f"{path}." if path else ""
    if equals:
        yield from _setting_values(document, head.word, prefix + key.strip(), rest, offset)
        return
    present = {
        piece.word for piece in document.pieces if piece.parent is block and not piece.start <= offset <= piece.end
    }
    for name, doc, is_block in keys(head.word, prefix):
        if name not in present:
            yield _item(name, _PROPERTY, text=f"{name} {{ $0 }}" if is_block else f"{name} = ", doc=doc)


def keys(block: str, prefix: str = "") -> Iterator[tuple[str, str, bool]]:
    """The keys of a block of settings, their meanings, and whether they hold a block."""
    if block == "job":
        for path, key in JOB_KEYS.items():
            name = path.removeprefix(prefix)
            if path.startswith(prefix) and "." not in name:
                yield name, key.meaning, key.type in ("block", "strings")
    elif not prefix:
        keys_of_block = ENERGY_KEYS if block == "energy" else keyword_docs.FUNCTION_KEYS
        yield from ((name, doc, name == "data") for name, doc in keys_of_block.items())


def _setting_values(document: Document, block: str, path: str, typed: str, offset: int) -> Iterator[Item]:
    choices: dict[str, str] = {}
    if block == "job" and path == "backend":
        choices = {name: hover.about_value(path, name) for name in BACKEND_NAMES}
    elif block == "job" and path == "noise.model":
        choices = {name: hover.about_value(path, name) for name in NOISE_MODELS}
    elif block == "job" and path in JOB_KEYS and JOB_KEYS[path].type == "boolean":
        yield from (_item(word, _KEYWORD) for word in ("true", "false"))
        return
    elif block == "energy" and path == "ansatz":
        yield from _names(document, offset, (CIRCUIT,))
        return
    elif block == "energy":
        yield from _values(document, offset)
        return
    start = offset - len(typed.lstrip())
    rest = re.match(r'[^"\n;}]*"?', document.text[offset:]) if typed.lstrip().startswith('"') else None
    end = offset + (len(rest[0]) if rest and rest[0].endswith('"') else 0)
    for name, doc in choices.items():
        edit = {"range": region(document.source, start, end), "newText": f'"{name}"'}
        yield _item(f'"{name}"', _VALUE, doc=doc, textEdit=edit, filterText=f'"{name}"')


def _about(name: str) -> str:
    """The description of a file of the standard library."""
    return comments.head(Source(includes.read_text(standard.find(name) or name), name))


def _files(document: Document, before: str) -> Iterator[Item]:
    """The files of the standard library and the programs in the same folder and below, for `include`."""
    typed = before.partition('"')[2]
    if typed.startswith(standard.PREFIX):
        for name in standard.names():
            yield _item(name.removeprefix(standard.PREFIX), _FILE, doc=_about(name))
    elif standard.PREFIX.startswith(typed):
        yield _item(standard.PREFIX.rstrip("/"), _FILE, doc="the standard library", text=standard.PREFIX)
    yield from _entries(document, typed, (".qc",))


def _entries(document: Document, typed: str, endings: tuple[str, ...]) -> Iterator[Item]:
    """The files with some endings, and the folders, in the folder that a path typed so far names."""
    folder = os.path.dirname(document.name)
    here = os.path.join(folder, os.path.dirname(typed))
    if not folder or not os.path.isdir(here):
        return
    for entry in sorted(os.scandir(here), key=lambda entry: entry.name):
        is_wanted = entry.name.endswith(endings) and entry.path != document.name
        if not entry.name.startswith(".") and (entry.is_dir() or is_wanted):
            yield _item(entry.name, _FILE, text=entry.name + "/" * entry.is_dir())
