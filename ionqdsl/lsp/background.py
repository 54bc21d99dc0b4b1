"""The server's side of the process that checks and compiles: one task at a time, ended if it takes too long.

Takes a task and a document, and returns the worker's answer some time later. A task that was cancelled may still finish
if it is quick, and its answer is dropped; a longer one, or one of `ENDED`, is ended with its process, and the next task
starts another.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from ionqdsl.lsp.document import Document

SPARED = 0.5
"""Seconds for a cancelled task before its process is ended: about the time to start another process."""
PER_SECOND = 250_000
"""Characters for which a check that remembers them is spared another second: it reads little after the next edit."""
ENDED = frozenset({"count", "format"})
"""Tasks that are ended at once when cancelled: they take long, or a user has cancelled them on purpose."""
LONGEST = 1 << 28
"""Bytes of the longest answer accepted."""


class Background:
    """A worker process, started when first needed."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._owed = 0
        self._until: float | None = None  # how long the cancelled task is spared, by the loop's clock

    async def ask(self, task: str, document: Document, beside: dict[str, str], **more: str) -> Any:
        """The answer to a task, which may need `more`; None if the worker failed.

        `beside` maps paths to the texts of open files that the document may include.
        """
        async with self._turn:
            try:
                await self._settle()
                process = await self._running()
                assert process.stdin is not None
                request = {"task": task, "text": document.text, "uri": document.uri, "beside": beside, "more": more}
                process.stdin.write(json.dumps(request).encode() + b"\n")
                self._owed += 1
                await process.stdin.drain()
                answer = await self._answer()
            except asyncio.CancelledError:
                if task in ENDED:
                    self.end()
                elif self._until is None:
                    longer = len(document.text) / PER_SECOND if task == "check" else 0
                    self._until = asyncio.get_running_loop().time() + SPARED + longer
                raise
            except (OSError, ValueError, EOFError):
                self.end()
                return None
            if "error" in answer:
                print(f"ionqdsl lsp: {task}: {answer['error']}", file=sys.stderr, flush=True)
            return answer.get("result")

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            pipe = asyncio.subprocess.PIPE
            words = (sys.executable, "-P", "-m", "ionqdsl.lsp.worker")  # -P: no module of the folder being edited
            package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
            paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
            self._process = await asyncio.create_subprocess_exec(
                *words, stdin=pipe, stdout=pipe, limit=LONGEST, env=environment
            )
            self._owed = 0
        return self._process

    async def _settle(self) -> None:
        """Takes the answers of cancelled tasks, or ends the process that works on them."""
        try:
            async with asyncio.timeout_at(self._until):
                while self._owed:
                    await self._answer()
        except (OSError, ValueError, EOFError):  # running out of time is an OSError
            self.end()
        self._until = None

    async def _answer(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise EOFError
        self._owed -= 1
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """Ends the process, even in the middle of a task."""
        process, self._process, self._owed = self._process, None, 0
        if process is not None and process.returncode is None:
            process.kill()

    async def finish(self) -> None:
        """Ends the process and waits for its exit."""
        process = self._process
        self.end()
        if process is not None:
            await process.wait()
