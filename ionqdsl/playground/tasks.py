"""Carries out the page's tasks, one after another, with the results of earlier ones at hand.

Takes a task of `TASKS` and a request as JSON, and returns the answer as JSON; worker.py runs it in a process of
its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ionqdsl.playground.answers import Memory, addition, answer, completions

FIRST = {"text": "qubit q\nh q\n", "target": "forte", "parts": ("written", "state", "program", "outcome", "payload")}
"""A request that loads all libraries, answered before the first of the page's."""

TASKS: dict[str, Callable[[Any, str | None, Memory], dict[str, Any]]] = {
    "answer": answer,
    "complete": lambda request, path, memory: completions(request, path),
    "add": lambda request, path, memory: addition(request, path),
}


class Answering:
    """Answers one request after another; `path` is the file that the playground was started with."""

    def __init__(self, path: str | None = None) -> None:
        self._path = path
        self._memory: Memory = {}

    def reply(self, line: str) -> str:
        """The answer to `[task, request]` in JSON, as JSON."""
        task, request = json.loads(line)
        return json.dumps(TASKS[task](request, self._path, self._memory))
