"""Small changes to known inputs: of a text, and of JSON as a tree."""

from __future__ import annotations

import json
import random
from typing import Any

PIECES = """
{ } ( ) [ ] , ; : @ = == + - * / ** // % < > . " ' # \\ \n \t \x00 \x1b \ufeff \u202e é π 0 1 2 -1 1e400 0.5
1_0 2_ 90deg 9999999999999999999999999 qubit q gate for i in range(3) if else let const param circuit run energy job
ctrl @ inv pow(2) null true NaN Infinity "\\ud800" OPENQASM 3; include measure reset barrier def pragma // /* */
float[64] input
""".split(" ")  # noqa: SIM905
PIECES += [
    "def f(x, k = 0) = x >> k & 1\n", 'test "t" { qubit z; expect value(z) == 0 }\n', "expect", "within 1e-9", "a ^ b",
       'load("data.json")', ".edges", '["name"]', "q[]", "q[3]", "len(q)", "<<", "any(", "zip(", "enumerate(",
    "sum(x for x in ", 'pauli("XZ")', "hamiltonian m(n) = Z[0]*X[1]\n", ", steps = 2", ", order = 4", "(a, b)",
    "let all = q, t\n", "same(identity)", 'prob("01")', "mean(Z[0])", 'entanglers("forte")', "qc 2\n", "verbatim {",
    'include "std/fourier.qc"\n', 'include "std/random.qc"\n', "qft", "amplitudes([1, 2]) q", "native {",
    "pow(1/2) @ ", "ctrl(2) @ ", "negctrl @ ", "run c(k) for k in [1, 2]",
]  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 7.5, 1e300, -0.0, 2**31, 2**63, 2**64, 10**30, 10**400, float("nan"), float("inf"),
    "", " ",
    "-", "0", "x", "é", "\ud800", "\x00", "\x1b[2J", "\u202e", "a" * 5000, "1e999", [], [[]], {}, [None], {"": 0},
)  # fmt: skip
LONGEST = 20_000
"""Characters of the longest input."""


def text(given: str, others: list[str], source: random.Random) -> str:
    """A text with a few pieces deleted, doubled, put in or taken from another."""
    for _ in range(source.randint(1, 4)):
        start = source.randint(0, len(given))
        end = min(len(given), start + source.choice((0, 1, 1, 3, 10, 40)))
        match source.randrange(5):
            case 0:
                given = given[:start] + given[end:]
            case 1:
                given = given[:end] + given[start:end] * source.choice((1, 2, 30)) + given[end:]
            case 2:
                given = given[:start] + source.choice(PIECES) + given[start:]
            case 3:
                code = source.choice((source.randrange(128), source.randrange(0xD800)))
                given = given[:start] + chr(code) + given[end:]
            case 4:
                other = source.choice(others)
                at = source.randint(0, len(other))
                given = given[:start] + other[at : at + source.choice((5, 30, 100))] + given[end:]
    return given[:LONGEST]


def tree(given: str, others: list[str], source: random.Random) -> str:
    """JSON with a few of its values changed, deleted, doubled, renamed or taken from another input."""
    try:
        data = json.loads(given)
    except ValueError:
        data = json.loads(source.choice(others))
    for _ in range(source.randint(1, 4)):
        nodes = list(_nodes(data))
        if not nodes:
            break
        block, key = source.choice(nodes)
        match source.randrange(7):
            case 0:
                del block[key]
            case 1 | 2:
                block[key] = source.choice(VALUES)
            case 3:
                block[key] = _near(block[key], source)
            case 4:
                other, place = source.choice(list(_nodes(json.loads(source.choice(others)))))
                block[key] = other[place]
            case 5 if isinstance(block, list):
                block[key:key] = [block[key]] * source.choice((1, 1, 2, 20))
            case 5:
                block[source.choice(("", "x", "id", key + " ", "\ud800"))] = block[key]
            case 6:
                other, place = source.choice(nodes)
                if place in other if isinstance(other, dict) else place < len(other):
                    block[key] = json.loads(json.dumps(other[place]))
        data = json.loads(json.dumps(data))  # parts that stand at two places are two
    found = json.dumps(data)
    return found if len(found) <= LONGEST else given


def _near(value: Any, source: random.Random) -> Any:
    """A value a little off the one that is there."""
    match value:
        case bool():
            return not value
        case int():
            return source.choice((value + 1, value - 1, -value, value * 1000, str(value), [value]))
        case float():
            return source.choice((-value, value * 1000, str(value), [value]))
        case str():
            return text(value, [value or "x"], source)
        case list():
            return source.sample(value, len(value))[: source.randint(0, len(value))]
        case dict():
            return list(value.values())
    return source.choice(VALUES)


def _nodes(data: Any) -> list[tuple[Any, Any]]:
    """Every place of a tree: the object or list, and the key in it."""
    found, left = [], [data]
    while left:
        block = left.pop()
        pairs = block.items() if isinstance(block, dict) else enumerate(block) if isinstance(block, list) else ()
        for key, value in pairs:
            found.append((block, key))
            left.append(value)
    return found
