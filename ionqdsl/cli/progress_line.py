"""The last line of a terminal: how far a command is, or after a quiet time that it is still at work.

Takes texts, and decides when to write them to standard error. A thread of its own looks, so that work that says nothing
needs no change. Whatever else is printed removes the line first.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from threading import Event, RLock, Thread

from ionqdsl.cli.console import fitted
from ionqdsl.diagnostics.visible import visible

QUIET, AGAIN = 1.5, 1.0
"""Seconds without news after which the line is written again, with the time since the start of the command, and seconds
until the next time. So the first sign comes within two seconds, if the interpreter starts in half a second.
"""


class ProgressLine:
    """A line that is replaced, and shown again with the seconds so far while nothing else happens.

    `at_work` is its text while there is no other. `clock` gives seconds from anywhere.
    """

    def __init__(self, at_work: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.at_work = at_work
        self.lock = RLock()
        self._clock = clock
        self._text = ""
        self._shown = ""
        self._start = self._news = clock()
        self._end = Event()
        self._thread: Thread | None = None

    def show(self, text: str) -> None:
        """Replaces the line; "" removes it."""
        with self.lock:
            self._text, self._news = text, self._clock()
            if text or self._shown:
                self._write(text)

    def remove(self) -> None:
        """Removes the line before something else is printed."""
        with self.lock:
            self._news = self._clock()
            if self._shown:
                self._write("")

    def look(self) -> None:
        """Writes the line again, with the time so far, if there has been no news for a while."""
        with self.lock:
            now = self._clock()
            if now - self._news >= QUIET:
                self._write(f"{self._text or self.at_work} ({now - self._start:.0f} s)")

    def watch(self) -> None:
        """Looks as soon as it has been quiet, and then once a second, in a thread of its own, until `end`."""
        self._thread = Thread(target=self._watching, name="progress", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Ends the thread and removes the line."""
        self._end.set()
        self.remove()

    def _watching(self) -> None:
        while not self._end.wait(self.pause()):
            self.look()

    def pause(self) -> float:
        """The seconds until the next look."""
        left = self._news + QUIET - self._clock()
        return left if left > 0 else AGAIN

    def _write(self, text: str) -> None:
        text = visible(text)
        line, self._shown = fitted(text, len(self._shown)), text
        try:
            sys.stderr.write(line)
            sys.stderr.flush()
        except (OSError, ValueError):  # a terminal that is gone
            self._end.set()
