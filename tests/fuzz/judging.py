"""Judges one input: the fault that it shows, and the shortest input with the same fault."""

from __future__ import annotations

import json
import random
import signal
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

from ionqdsl.diagnostics import IonqdslError

SECONDS = 3.0
"""Of processor time; an input that takes longer is a fault."""
SHRINKING = 400
"""Inputs that are tried to make one shorter."""


class Kind(NamedTuple):
    """A kind of input: the function that takes it, inputs it is made from, and how those are changed."""

    judge: Callable[[str], None]
    corpus: list[str]
    change: Callable[[str, list[str], random.Random], str]


class TooSlow(BaseException):
    """The time is up; nobody who catches exceptions catches this one."""


def _stop(*_: object) -> None:
    raise TooSlow


def fault(judge: Callable[[str], None], text: str) -> str:
    """The fault that a text shows, and its place; "" for none."""
    before = signal.signal(signal.SIGPROF, _stop)
    try:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            judge(text)
        except IonqdslError as error:
            str(error)
            json.dumps([one.to_lsp() for one in error.diagnostics])
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except TooSlow:
        return "slow"
    except (Exception, SystemExit) as error:
        return f"{_place(error)} {type(error).__name__}: {error}"[:300]
    finally:
        signal.signal(signal.SIGPROF, before)
    return ""


def _place(error: BaseException) -> str:
    """The last line of ionqdsl's that an exception came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/ionqdsl/" in frame.filename and "/tests/" not in frame.filename]
    if not ours:
        return "-"
    return f"{ours[-1].filename.rpartition('/ionqdsl/')[2]}:{ours[-1].lineno}"


def name_of(what: str) -> str:
    """The same for two faults of the same place and exception."""
    return " ".join(what.split()[:2])


def smaller(judge: Callable[[str], None], text: str, what: str) -> str:
    """The text without pieces that the fault does not need."""
    size, tries = len(text) // 2, 0
    while size and what != "slow":
        at = 0
        while at < len(text) and tries < SHRINKING:
            tries += 1
            shorter = text[:at] + text[at + size :]
            if name_of(fault(judge, shorter)) == name_of(what):
                text = shorter
            else:
                at += size
        size //= 2
    return text


def data_of(text: str) -> Any:
    """The data of an input that is JSON, None where shortening made it something else."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
