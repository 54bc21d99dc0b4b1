"""The process that checks and compiles, as the server sees it: one question at a time, ended when it takes too long.

A task and a document go in, the worker's answer comes out some time later. A question whose asker has gone is answered
into the void if that takes no time to speak of; one that takes longer, or is of `ENDED`, is ended with its process,
and the next question starts another.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from ionqdsl.lsp.document import Document

SPARED = 0.5
"""Seconds for an answer nobody waits for any more before its process is ended: about what starting another takes."""
ENDED = frozenset({"count", "format"})
"""Tasks that are ended at once when nobody waits for them: they take long, or somebody has asked for that."""
LONGEST = 1 << 28
"""Bytes of the longest answer."""


class Background:
    """A worker process, started when it is first needed."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._owed = 0
        self._left: float | None = None  # since when nobody waits for what it owes, by the loop's clock

    async def ask(self, task: str, document: Document, beside: dict[str, str]) -> Any:
        """The answer to a task; None where the worker failed.

        `beside` are the texts of open files it may include, by path.
        """
        async with self._turn:
            try:
                await self._settle()
                process = await self._running()
                assert process.stdin is not None
                request = {"task": task, "text": document.text, "uri": document.uri, "beside": beside}
                process.stdin.write(json.dumps(request).encode() + b"\n")
                self._owed += 1
                await process.stdin.drain()
                answer = await self._answer()
            except asyncio.CancelledError:
                if task in ENDED:
                    self.end()
                elif self._left is None:
                    self._left = asyncio.get_running_loop().time()
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
        """Takes the answers nobody waits for, or ends the process that is at work on them."""
        try:
            async with asyncio.timeout_at(None if self._left is None else self._left + SPARED):
                while self._owed:
                    await self._answer()
        except (OSError, ValueError, EOFError):  # running out of time is an OSError
            self.end()
        self._left = None

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
        """Ends the process, whatever it is doing."""
        process, self._process, self._owed = self._process, None, 0
        if process is not None and process.returncode is None:
            process.kill()

    async def finish(self) -> None:
        """Ends the process and waits until it has gone."""
        process = self._process
        self.end()
        if process is not None:
            await process.wait()
