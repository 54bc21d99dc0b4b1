"""Carries out the page's tasks, one after another, with the results of earlier ones at hand.

Takes a task of `TASKS` and a request as JSON, and returns the answer as JSON: the same in the worker process of the
local server (worker.py) and in the browser's own Python (static/worker.js).
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
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


class LateLibraries:
    """A finder for libraries that most programs do not need: they are fetched when they are first imported.

    `fetch` puts a library of `names` in Python's path. It stands after the other finders, which have not found it.
    """

    def __init__(self, names: Sequence[str], fetch: Callable[[str], None]) -> None:
        self._names, self._fetch = set(names), fetch
        sys.meta_path.append(self)

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """The place of a late library, after fetching it."""
        if name not in self._names:
            return None
        self._names.remove(name)
        self._fetch(name)
        importlib.invalidate_caches()
        return PathFinder.find_spec(name, path)
