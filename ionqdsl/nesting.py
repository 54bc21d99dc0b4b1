"""Measures how deep input is nested, so that the interpreter's recursion limit never decides.

Python ends a recursion after a thousand calls, including those of the caller, and its versions count differently. So
all input is measured before anything recurses into it (`too_deep` for syntax trees, `loads` for JSON), and functions
that recurse that deep run with enough stack (`roomy`): the answer to a text is the same in every interpreter, however
deep or small the caller's own stack is.
"""

from __future__ import annotations

import re
import sys
from _thread import allocate_lock
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from itertools import accumulate

from ionqdsl.record import TYPE_CHECKING, Any, lazy_pattern

if TYPE_CHECKING:
    from typing import ParamSpec, TypeVar

    _P = ParamSpec("_P")
    _T = TypeVar("_T")

MAX_NESTING = 100
"""How deep brackets, blocks, operators, calls or objects may be nested."""

TOO_DEEP = f"it is nested more than {MAX_NESTING} deep"
"""The reason for refusing a text, used in all messages about it."""

BUSY = 150
"""Number of calls on the stack above which a recursion gets its own stack; MAX_NESTING levels take a few hundred."""

STACK_BYTES = 16 << 20


def roomy(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Runs a function on a new stack if its caller's is deep already, or may be small; otherwise just calls it."""

    @wraps(function)
    def with_room(*arguments: _P.args, **keywords: _P.kwargs) -> _T:
        if not _is_busy():
            return function(*arguments, **keywords)
        return _elsewhere(lambda: function(*arguments, **keywords))

    return with_room


def _is_busy() -> bool:
    """Whether there may be too little room. A thread other than the main one may have a stack of any size, and Python
    3.13 takes a megabyte of it to free a long sum.
    """
    threading = sys.modules.get("threading")  # if nothing has imported it, there is only the main thread
    if threading is not None:
        thread = threading.current_thread()
        if thread is not threading.main_thread() and thread.name != _ROOMY:
            return True
    try:
        sys._getframe(BUSY)
    except ValueError:  # the stack is not that deep
        return False
    return True


_ROOMY = "ionqdsl nesting"
"""The name of a thread whose stack was empty and large when it began."""
_STARTING = allocate_lock()


def _elsewhere(call: Callable[[], _T]) -> _T:
    """Makes a call in a new thread, with the caller's context."""
    import threading  # late, like the next: few texts need another thread
    from contextvars import copy_context

    done: list[_T] = []
    failed: list[BaseException] = []
    context = copy_context()

    def work() -> None:
        try:
            done.append(context.run(call))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work, name=_ROOMY, daemon=True)
    with _STARTING:  # the size applies to all threads that start meanwhile
        before = threading.stack_size(STACK_BYTES)
        try:
            thread.start()
        finally:
            threading.stack_size(before)
    thread.join()
    if failed:
        raise failed.pop()
    return done[0]


def too_deep(nodes: Iterable[Any], levels: Mapping[type[Any], str]) -> Any:
    """The first node of syntax trees that is nested more than MAX_NESTING deep, or None.

    `levels` maps the classes of nodes that count to the field along which each may be long instead: a sum leans to the
    left, and all code that handles sums walks along it.
    """
    waiting = [(node, 0) for node in nodes]
    while waiting:
        node, depth = waiting.pop()
        if node.span.end - node.span.start <= MAX_NESTING - depth:  # a level takes at least one character
            continue
        long = levels.get(type(node))
        inside = depth + (long is not None)
        if inside > MAX_NESTING:
            return node
        for name in node.__fields__:
            part = getattr(node, name)
            parts = part if type(part) is tuple else (part,)
            is_chain = name == long and len(parts) == 1 and type(parts[0]) is type(node)
            waiting += [(inner, depth if is_chain else inside) for inner in parts if hasattr(inner, "span")]
    return None


# --- JSON ------------------------------------------------------------------------------------------------------------

_STRING = lazy_pattern(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")


def is_too_deep(text: str | bytes) -> bool:
    """Whether brackets in JSON or TOML are nested more than MAX_NESTING deep; those in strings do not count."""
    content = text.encode(errors="replace") if isinstance(text, str) else text
    if content.count(b"[") + content.count(b"{") <= MAX_NESTING:
        return False
    from array import array  # late: few texts have that many brackets

    outside = b"".join(content.split(b'"')[::2]) if b"\\" not in content else _STRING.sub(b"", content)
    brackets = outside.translate(_STEPS, _NO_BRACKETS)
    return max(accumulate(array("b", brackets)), default=0) > MAX_NESTING


def loads(text: str | bytes, **options: Any) -> Any:
    """`json.loads` for input from outside. Raises ValueError also for input that is nested too deep."""
    import json  # late: few commands need it

    if is_too_deep(text):
        raise ValueError(TOO_DEEP)
    return json.loads(text, **options)
