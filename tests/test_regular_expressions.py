"""Every regular expression of the package takes steps in proportion to its text, for any text.

Collected from the modules (compiled ones, and calls with a literal pattern) and from the grammars' terminals. For each
repetition in a pattern a long text is made that nearly matches, and the steps of a backtracking matcher are counted for
it and for one four times as long. Would catch a pattern with two repetitions that share characters.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest
from regex_steps import Machine, TooManySteps, near_matches

import ionqdsl
from ionqdsl.language.grammars import grammar_text
from ionqdsl.language.lark_parser import TABLES
from ionqdsl.record import LazyPattern

PACKAGE = Path(ionqdsl.__file__).parent
SHORT, TIMES = 16, 4
MOST = 300_000
"""Steps of the longest text: a text of some hundred characters in a linear pattern takes a few thousand."""
FIRST = {"match", "fullmatch"}
CALLS = FIRST | {"compile", "search", "findall", "finditer", "sub", "split", "subn"}


def patterns() -> dict[tuple[str, int, bool], str]:
    """(pattern, flags, whether it is tried at every place) -> where it stands."""
    found: dict[tuple[str, int, bool], str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(("ionqdsl", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text if re.search(r"\bre\b|lazy_pattern", text) else "")
        used: dict[str, set[str]] = {}
        attributes: dict[ast.expr, set[str]] = {}
        names: dict[ast.expr, set[str]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attribute)) if attribute in CALLS:
                    used.setdefault(owner, set()).add(attribute)
                case ast.Assign(targets=targets, value=value):
                    names.setdefault(value, set()).update(to.id for to in targets if isinstance(to, ast.Name))
            if isinstance(node, ast.Attribute):
                attributes.setdefault(node.value, set()).add(node.attr)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or (called := function(node)) not in CALLS:
                continue
            pattern = literal(node.args[0])
            if pattern is None:
                continue
            flags = flags_of(node)
            methods = {called} - {"compile"} | attributes.get(node, set())
            methods = methods.union(*(used.get(name, set()) for name in names.get(node, ())))
            found.setdefault((pattern, flags, not methods or not methods <= FIRST), f"{path.name}:{node.lineno}")
        if "pygls" in text or path.name == "__main__.py" or "playground/worker" in str(path):
            continue
        try:
            loaded = importlib.import_module(module)
        except ImportError:
            continue
        for name, value in vars(loaded).items():
            if isinstance(value, re.Pattern | LazyPattern) and isinstance(value.pattern, str):
                methods = used.get(name, set())
                key = (value.pattern, value.flags & ~re.UNICODE, not methods or not methods <= FIRST)
                if not any(key[0] == known[0] for known in found):
                    found[key] = f"{module}.{name}"
    return found


def function(node: ast.Call) -> str:
    """The function of `re` that is called, `compile` for lazy_pattern."""
    match node.func:
        case ast.Attribute(value=ast.Name(id="re"), attr=name):
            return name
        case ast.Name(id="lazy_pattern"):
            return "compile"
    return ""


def literal(node: ast.expr) -> str | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else None


def flags_of(node: ast.Call) -> int:
    flags = 0
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "re":
            value = getattr(re, part.attr, None)
            flags |= int(value) if isinstance(value, re.RegexFlag) else 0
    return flags


def terminals(grammar: str) -> dict[tuple[str, int, bool], str]:
    import lark

    start = ["program", "application"] if grammar.startswith("open") else "start"
    parser = lark.Lark(grammar_text(grammar), parser="lalr", start=start, maybe_placeholders=True)
    return {(one.pattern.to_regexp(), 0, False): one.name for one in parser.terminals}


def steps(machine: Machine, text: str, everywhere: bool) -> int:
    return machine.scan(text, MOST) if everywhere else machine.match(text, 0, MOST)[1]


def growth(pattern: str, flags: int, everywhere: bool) -> list[tuple[str, int, int]]:
    """The texts for which four times the length takes much more than four times the steps."""
    machine = Machine(pattern, flags)
    found = []
    for short, long in zip(near_matches(machine, SHORT), near_matches(machine, SHORT * TIMES), strict=True):
        few = 0
        try:
            few = steps(machine, short, everywhere)
            many = steps(machine, long, everywhere)
        except TooManySteps:
            many = MOST
        if many > 2 * TIMES * max(few, 2 * len(short)):
            found.append((short[:40], few, many))
    return found


def too_slow(found: dict[tuple[str, int, bool], str]) -> dict[str, list[tuple[str, int, int]]]:
    """The places of patterns with texts for which the steps grow too fast."""
    grown = {where: growth(*key) for key, where in found.items()}
    return {where: texts for where, texts in grown.items() if texts}


def test_steps_grow_with_the_text() -> None:
    found = patterns()
    assert len(found) > 100
    assert too_slow(found) == {}


@pytest.mark.parametrize("grammar", TABLES)
def test_steps_of_a_terminal_grow_with_the_text(grammar: str) -> None:
    found = terminals(grammar)
    assert len(found) > 10
    assert too_slow(found) == {}


@pytest.mark.parametrize(
    ("pattern", "everywhere"),
    [
        (r"(a+)+b", False),
        (r"(?:a|a)*b", False),
        (r"\s*\s*x", False),
        (r"(\w+\s*)*;", False),
        (r"\s+$", True),
        (r"a\s*b?\s*c", False),
        (r"/\*[\s\S]*?\*/", True),
        (r"(?:ctrl\s*@\s*|c\w+\s*@\s*)*x", False),
    ],
)
def test_what_is_not_linear_is_found(pattern: str, everywhere: bool) -> None:
    assert growth(pattern, 0, everywhere)


@pytest.mark.parametrize(
    "pattern", [r"a+b", r"\s*\{", r"(?>a+)+b", r'"(?:[^"\\\n]|\\.)*"', r"a*?b", r"(?=a)b|a+", r"(?<=x)a*", r"x{2,}y"]
)
def test_what_is_linear_is_not(pattern: str) -> None:
    assert growth(pattern, 0, False) == []


@pytest.mark.parametrize(
    "pattern", [r"(a|ab)(c|bcd)*?x?", r"(?<!a)b+?c|\bx", r"(?:a|b)*abb", r"a{2,3}b", r"^a$|(?!b)."]
)
def test_the_matcher_finds_the_same_as_re(pattern: str) -> None:
    machine = Machine(pattern)
    for text in ("abcd", "abcbcdx", "babb", "aaab", "aab", "bbc", "x", "a", "", "ab\nc"):
        match = re.match(pattern, text)
        assert machine.match(text, 0, MOST)[0] == (match.end() if match else None)
