"""Makes Lark's parsers of the grammars, and the tables that automaton.py runs.

Lark is slow to import and to set up, so only texts with syntax errors and a build without saved tables come here.
"""

from __future__ import annotations

import os
import pickle
import re
from typing import Any

import lark
from lark.parsers.lalr_analysis import Shift

from ionqdsl.language import grammars
from ionqdsl.language.automaton import RUN
from ionqdsl.language.brackets import Brackets
from ionqdsl.language.grammars import PACKAGE, grammar_text
from ionqdsl.language.numbering import rebuilt, renumbered

TABLES = {"qc.lark": "grammar.tables", "openqasm.lark": "openqasm.tables"}
"""The file of Lark's saved tables of a grammar, in the package."""
SAVED = (*TABLES.values(), *map(grammars.automaton_file, TABLES))
"""All files that `save_tables` writes."""

UnexpectedInput = lark.exceptions.UnexpectedInput
"""Lark's exceptions for a text that does not match the grammar."""

_LINES = re.compile(r"(?<=^LINES\.3: /).*(?=/$)", re.MULTILINE)
_NEVER = r"[^\s\S]"
"""The grammar's terminal for plain gate lines, and the one that matches none."""


_OPTIONS: dict[str, dict[str, Any]] = {
    "qc.lark": {"start": ["start"]},
    "openqasm.lark": {"start": ["program", "application"]},
}


def grammar_parser(name: str, actions: Any, postlex: Any = None, express: bool = True) -> lark.Lark:
    """The parser of a grammar, which calls its actions while parsing; uses the tables from build time if they match."""
    grammar = grammar_text(name)
    tables = _saved_tables(name)
    if not express:
        grammar = _LINES.sub(lambda _: _NEVER, grammar)
        for piece in tables["memo"].values() if tables is not None else ():
            if piece.get("name") == "LINES":
                piece["pattern"]["value"] = _NEVER
    if tables is None:
        return lark.Lark(
            grammar, parser="lalr", maybe_placeholders=True, transformer=actions, postlex=postlex, **_OPTIONS[name]
        )
    # as Lark.load, but with a transformer: the public call takes none
    instance = lark.Lark.__new__(lark.Lark)
    return instance._load(tables, transformer=actions, postlex=postlex)


def _origin(name: str) -> tuple[str, ...]:
    """The required origin of saved tables: this version of Lark, this grammar and this module."""
    return lark.__version__, *grammars.origin(name)


def save_tables(folder: str = PACKAGE) -> None:
    """Writes the grammars' tables, so that starting up need not compute them; run when a wheel is built."""
    for name, postlex in (("qc.lark", Brackets()), ("openqasm.lark", None)):
        grammar = grammar_text(name)
        parser = lark.Lark(grammar, parser="lalr", maybe_placeholders=True, postlex=postlex, **_OPTIONS[name])
        data, rules = parser.memo_serialize([lark.lexer.TerminalDef, lark.grammar.Rule])
        data["parser"]["parser"] = renumbered(data["parser"]["parser"])
        data["options"]["postlex"] = None  # an object, which the parser is given when it is made of the tables
        tables = rebuilt({"data": data, "memo": rules}, {})
        with open(os.path.join(folder, TABLES[name]), "wb") as file:
            pickle.dump((_origin(name), tables), file, protocol=5)
        grammars.save(name, rebuilt(automaton(name), {}), folder)


def _saved_tables(name: str) -> dict[str, Any] | None:
    """The tables from build time, None if none match. They are a file of this package, not a cache."""
    try:
        with open(os.path.join(PACKAGE, TABLES[name]), "rb") as file:
            made_from, tables = pickle.load(file)
        return tables if made_from == _origin(name) else None
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ValueError):
        return None


def automaton(name: str) -> dict[str, Any]:
    """The tables of a grammar that automaton.py runs, as plain data; lark's `parse_tree_builder.py` and `lexer.py`
    define their meaning.

    `starts` has the first and the last state for each text that the grammar reads, the whole program first. `rows` has
    for each state its terminals, with the next state or the complement of a rule to reduce by, and the next
    state for each rule. `rules` has the number of symbols, the name, the children that count (`_included`), whether a
    single child stands for the node, and the name of its action. `terminals` are in the order in which the lexer tries
    them, and `pattern` tries all but words and runs at once: the number of the group that matched counts in `kinds`.
    `words` has the terminals that a match of another may be instead.
    """
    postlex = Brackets() if name == "qc.lark" else None
    made = lark.Lark(grammar_text(name), parser="lalr", maybe_placeholders=True, postlex=postlex, **_OPTIONS[name])
    ignored = [str(name) for name in made.ignore_tokens]
    rules = {rule: number for number, rule in enumerate(made.rules)}
    table = made.parser.parser._parse_table
    states = _states(table)
    terminals = sorted(made.terminals, key=_precedence)
    words = _words(terminals)
    either = {word for found in words.values() for word in found.values()}
    together = [terminal for terminal in terminals if terminal.name not in either | {RUN}]
    return {
        "starts": {name: (states[first], states[table.end_states[name]]) for name, first in table.start_states.items()},
        "rows": tuple(
            {
                str(symbol): states[target] if action is Shift else ~rules[target]
                for symbol, (action, target) in sorted(table.states[state].items())
            }
            for state in states
        ),
        "rules": tuple(_rule(rule) for rule in rules),
        "terminals": tuple((str(one.name), str(one.pattern.value), _is_literal(one)) for one in terminals),
        "pattern": "|".join(f"({one.pattern.to_regexp()})" for one in together),
        "kinds": ("", *(str(terminal.name) for terminal in together)),
        "words": words,
        "ignored": tuple(ignored),
        "always": (*ignored, *(postlex.always_accept if postlex else ())),
    }


def _states(table: Any) -> dict[int, int]:
    """A number for each state of Lark's, whose own differ from run to run: the order in which they are reached."""
    found = {state: number for number, state in enumerate(table.start_states.values())}
    for state in (waiting := [*found]):
        for _, (action, target) in sorted(table.states[state].items()):
            if action is Shift and target not in found:
                found[target] = len(found)
                waiting.append(target)
    return found


def _precedence(terminal: lark.lexer.TerminalDef) -> tuple[int, int, int, str]:
    """The order in which Lark's lexer tries terminals."""
    return -terminal.priority, -terminal.pattern.max_width, -len(terminal.pattern.value), terminal.name


def _is_literal(terminal: lark.lexer.TerminalDef) -> bool:
    return isinstance(terminal.pattern, lark.lexer.PatternStr)


def _words(terminals: list[lark.lexer.TerminalDef]) -> dict[str, dict[str, str]]:
    """For each terminal with a pattern, the literals it matches as a whole: `NAME` matches `qubit`."""
    found: dict[str, dict[str, str]] = {}
    for wide in terminals:
        assert not wide.pattern.flags
        assert not re.compile(wide.pattern.to_regexp()).groups
        for literal in terminals if not _is_literal(wide) else ():
            text = literal.pattern.value
            if _is_literal(literal) and literal.priority == wide.priority:
                match = re.match(wide.pattern.to_regexp(), text)
                if match is not None and match[0] == text:
                    found.setdefault(str(wide.name), {})[str(text)] = str(literal.name)
    return found


def _rule(rule: lark.grammar.Rule) -> tuple[Any, ...]:
    """The row of a rule."""
    name = str(rule.origin.name)
    included, nones = _included(rule)
    action = None if name.startswith("_") else str(rule.alias or name)
    return len(rule.expansion), name, included, nones, bool(rule.options.expand1 and not rule.alias), action


def _included(rule: lark.grammar.Rule) -> tuple[tuple[tuple[int, bool, int], ...] | None, int]:
    """The children that count: the number of each, whether its own children take its place, and how many None come
    before it; and how many come at the end. None if all children count as they are.
    """
    absent = rule.options.empty_indices or [False] * len(rule.expansion)
    gaps = [len(run) for run in "".join("1" if one else "0" for one in absent).split("0")]
    included, waiting = [], 0
    for number, (symbol, gap) in enumerate(zip(rule.expansion, gaps, strict=False)):
        waiting += gap
        if rule.options.keep_all_tokens or not (isinstance(symbol, lark.grammar.Terminal) and symbol.filter_out):
            included.append((number, not symbol.is_term and symbol.name.startswith("_"), waiting))
            waiting = 0
    waiting += gaps[-1]
    if not waiting and [*included] == [(number, False, 0) for number in range(len(rule.expansion))]:
        return None, 0
    return tuple(included), waiting
