"""Checks and compiles for the server, in a separate process that can be ended at any time.

Reads requests from standard input, one JSON object per line with `task`, `text` and `uri`, and in `beside` the texts of
open files that may be included, by path; writes one answer for each.
`check` returns errors and warnings, `lint` the linter's findings, `count` the texts of the code lenses, `format` edits,
`test` the outcome of the tests of one name.
`check` remembers the last texts of a few documents, so that after an edit little is read again; nothing else is kept.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from itertools import count
from queue import SimpleQueue
from threading import Thread
from typing import Any

from ionqdsl.diagnostics.source import Source
from ionqdsl.garbage import uncollected
from ionqdsl.language.edited_file import EditedFile
from ionqdsl.lsp.addresses import path_of
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.formatting import formatted
from ionqdsl.lsp.problems import findings, remarks

COLLECTED = 64
"""Requests after which reference cycles are searched for."""
MOST_DOCUMENTS = 4
"""Documents whose texts are remembered, the last ones checked."""
_edited: dict[str, EditedFile] = {}


def _check(source: Source, uri: str) -> Any:
    edited = _edited.pop(uri, None) or EditedFile()
    found = findings(source, uri, edited)
    _edited[uri] = edited  # unless that failed
    if len(_edited) > MOST_DOCUMENTS:
        del _edited[next(iter(_edited))]
    return found


def _count(source: Source, uri: str) -> Any:
    from ionqdsl.lsp.lenses import counts

    return counts(source)


def _format(source: Source, uri: str) -> Any:
    return formatted(Document(source.text, uri))


def _test(source: Source, uri: str, only: str) -> Any:
    from ionqdsl.lsp.problems import failures

    return failures(source, uri, only)


TASKS: dict[str, Callable[..., Any]] = {
    "check": _check,
    "lint": remarks,
    "count": _count,
    "format": _format,
    "test": _test,
}


def _listen(requests: SimpleQueue[bytes]) -> None:
    """Takes requests as they come. If their stream ends, so does the process, even in the middle of a task: the server
    has gone, perhaps by a crash, and nobody waits for the answer.
    """
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def serve() -> None:
    """Answers requests. An escaping exception is a bug and is answered as `error`.

    Python does not search the remembered objects for reference cycles, except now and then after an answer.
    """
    requests: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(requests,), daemon=True).start()
    for number in count(1):
        line = requests.get()
        if number % COLLECTED == 0:
            gc.unfreeze()
            gc.collect()
        gc.freeze()
        request = json.loads(line)
        try:
            uri = request["uri"]
            source = Source(request["text"], path_of(uri) or "main", 0, request["beside"])
            with uncollected():
                answer = {"result": TASKS[request["task"]](source, uri, **request.get("more", {}))}
        except Exception as error:  # the editor continues and shows it
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
