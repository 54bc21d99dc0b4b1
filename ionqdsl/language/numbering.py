"""Numbers the tokens and states of a parser's tables by the grammar alone, so that a build makes the same bytes again.

Takes and returns the tables as Lark serializes them. Lark numbers states by the addresses of objects in memory.
"""

from __future__ import annotations

from collections import deque
from typing import Any

SHIFT = 0
"""The action that goes to another state; any other is a reduction by a rule."""


def renumbered(tables: dict[str, Any]) -> dict[str, Any]:
    """The tables with tokens in the order of their names, and states in the order in which a search finds them.

    The search begins at the start states, in the order of their names, and follows tokens in order.
    """
    names = sorted(tables["tokens"].values())
    token_of = {old: names.index(name) for old, name in tables["tokens"].items()}
    order: dict[int, int] = {}
    waiting = deque(state for _, state in sorted(tables["start_states"].items()))
    while waiting:
        state = waiting.popleft()
        if state in order:
            continue
        order[state] = len(order)
        shifts = [(token_of[token], to) for token, (kind, to) in tables["states"][state].items() if kind == SHIFT]
        waiting.extend(to for _, to in sorted(shifts))
    states = {}
    for old, new in order.items():
        actions = tables["states"][old].items()
        states[new] = {
            token_of[token]: (kind, order[to] if kind == SHIFT else to)
            for token, (kind, to) in sorted(actions, key=lambda action: token_of[action[0]])
        }
    return {
        "tokens": dict(enumerate(names)),
        "states": states,
        **{
            key: {name: order[state] for name, state in sorted(tables[key].items())}
            for key in ("start_states", "end_states")
        },
    }


def rebuilt(value: Any, texts: dict[str, str]) -> Any:
    """An equal value whose equal texts are one object and whose other parts are not, since pickle tells them apart."""
    if isinstance(value, dict):
        return {rebuilt(key, texts): rebuilt(item, texts) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([rebuilt(item, texts) for item in value])
    return texts.setdefault(str(value), str(value)) if isinstance(value, str) else value
