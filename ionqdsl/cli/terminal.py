"""Prints data to standard output and messages to standard error, or everything as one JSON object.

Takes texts, diagnostics and results from the verbs; decides the stream, the colours, and the exit code of an error.
files.py writes files.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from itertools import pairwise

from ionqdsl.cli.console import has_colors, is_terminal, lacking, prepare, spelled
from ionqdsl.diagnostics.visible import visible
from ionqdsl.record import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from typing import TypeVar

    from ionqdsl.cli.progress_line import ProgressLine
    from ionqdsl.diagnostics import Diagnostic

    T = TypeVar("T")

FORMAT_VERSION = 1
COLORS = ("auto", "always", "never")
LISTENING = ("auth", "emulator", "lsp", "playground", "watch")
"""Verbs that wait for the user or for other programs."""
MOST_SHOWN = 100
"""The most diagnostics that one command prints: nobody reads fifty thousand, and printing outlasts checking."""
EXIT_CODES = {
    "CompileError": 1,
    "UsageError": 2,
    "Refused": 3,
    "KeyRefused": 4,
    "ServiceError": 5,
    "JobFailed": 6,
    "WaitTimedOut": 7,
    "InternalError": 101,
}
"""Exception class -> exit code; docs/cli.md has the meaning of each."""


class Terminal:
    """The streams of one command, and the fields of `--json`.

    `opened` holds connections and the ledger, which are closed at the end of the command, however it ends.
    """

    def __init__(self) -> None:
        self.is_json = self.is_quiet = self.is_verbose = self.is_answered = False
        self.color = "auto"
        self.verb: str | None = None
        self.diagnostics: list[Diagnostic] = []
        self._shown = {True: 0, False: 0}  # errors, and others: the one must not hide the other
        self.extras: dict[str, Any] = {}
        self.opened = ExitStack()
        self.line: ProgressLine | None = None
        for stream in (sys.stdout, sys.stderr):
            prepare(stream)

    def listen(self, words: list[str]) -> None:
        """Reads the flags that matter for reporting a wrong command line, before it is parsed."""
        self.is_json = "--json" in words
        for flag, value in pairwise(words):
            if flag == "--color" and value in COLORS:
                self.color = value

    def obey(self, arguments: argparse.Namespace) -> None:
        """Applies the flags that every verb has."""
        self.is_json, self.is_quiet, self.is_verbose = arguments.json, arguments.quiet, arguments.verbose
        self.color = arguments.color or self.color

    def watch(self, verb: str, words: list[str]) -> None:
        """From now on, tells a user at a terminal that the command of these words is still at work.

        Not with `--quiet` or `--json`, and not while the user may be typing the program.
        """
        if is_terminal(sys.stderr) and not self.is_quiet and not self.is_json:
            from ionqdsl.cli.progress_line import ProgressLine  # late: only for terminals

            self.line = ProgressLine(f"{verb}: at work")
            if verb not in LISTENING and not ("-" in words and is_terminal(sys.stdin)):
                self.line.watch()
            self.opened.callback(self.line.end)

    def colors(self, stream: Any) -> bool:
        """Whether to write colours to a stream."""
        if self.color != "auto":
            return self.color == "always"
        return has_colors(stream)

    def data(self, text: str, exact: bool = False) -> None:
        """Prints the command's result to standard output, unless --json is given: see `answer`.

        Control characters are escaped, unless `exact`, which is for the content of a file: it is written as it is, or
        refused.
        """
        if not self.is_json:
            if exact and (reason := lacking(sys.stdout, text)):
                raise _cannot_print(reason)
            self._out(text if exact else spelled(sys.stdout, visible(text, self.colors(sys.stdout))))

    def say(self, text: str, always: bool = False) -> None:
        """Prints a note to standard error; with `always`, such as for the id of a job, even with --quiet or --json."""
        if always or not (self.is_quiet or self.is_json):
            self._err(visible(text))

    def detail(self, text: str) -> None:
        """Prints a note if `-v` is given."""
        if self.is_verbose:
            self.say(text)

    def report(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Prints the first diagnostics, and keeps all for `--json`. With --quiet, only errors are printed."""
        hidden = 0
        for diagnostic in diagnostics:
            self.diagnostics.append(diagnostic)
            if self.is_json or (self.is_quiet and not diagnostic.is_error):
                continue
            self._shown[diagnostic.is_error] += 1
            if self._shown[diagnostic.is_error] > MOST_SHOWN:
                hidden += 1
                continue
            text = diagnostic.render()
            if self.colors(sys.stderr):
                from ionqdsl.cli.paint import paint

                text = paint(text)
            self._err(text + "\n")
        if hidden:
            self.say(f"{hidden:,} more are not shown; `--json` has them all", always=True)

    @property
    def can_ask(self) -> bool:
        """Whether there is a user to ask."""
        return not self.is_json and is_terminal(sys.stdin) and is_terminal(sys.stderr)

    def asks(self, question: str) -> bool:
        """Asks a question; whether the user answers yes. Without a terminal the answer is no."""
        if not self.can_ask:
            return False
        self.say(question, always=True)
        with self.line.lock if self.line is not None else nullcontext():  # nothing is written over the answer
            return sys.stdin.readline().strip().lower() in ("y", "yes")

    def progress(self, text: str) -> None:
        """Replaces the progress line, if standard error is a terminal; "" removes it."""
        if self.line is not None:
            self.line.show(text)

    def begins(self, work: str) -> None:
        """Names the work that follows: the progress line shows it once it has taken long."""
        if self.line is not None:
            self.line.at_work = work

    def counted(self, items: Sequence[T], line: Callable[[T], str]) -> Iterator[T]:
        """The items one after the other: with `line` and their number as progress if there are several."""
        for number, item in enumerate(items, 1):
            if len(items) > 1:
                self.progress(f"{line(item)}, {number} of {len(items)}")
            else:
                self.begins(line(item))
            yield item
        self.progress("")

    def answer(self, **fields: Any) -> None:
        """Prints the object of `--json`: the fields, and the diagnostics."""
        if not self.is_json or self.is_answered:
            return
        self.is_answered = True
        import json  # late: most commands do not need it

        text = json.dumps(
            {
                "format_version": FORMAT_VERSION,
                "diagnostics": [diagnostic.to_lsp() for diagnostic in self.diagnostics],
                **self.extras,
                **fields,
            },
            indent=2,
            sort_keys=True,
            ensure_ascii=False,
            allow_nan=False,
        )
        try:
            self._out(text)
        except Exception:
            self.is_json, unread, self.diagnostics = False, self.diagnostics, []
            self.report(unread)  # to standard error, like everything that is said from now on
            raise

    def end(self, **fields: Any) -> None:
        """The same for a command that has failed: an output that cannot be written is one more message."""
        from ionqdsl.diagnostics import UsageError

        try:
            self.answer(**fields)
        except UsageError as error:
            self.report(error.diagnostics)

    def fail(self, error: Exception, **fields: Any) -> int:
        """Reports an exception and returns the exit code."""
        from ionqdsl.diagnostics import Diagnostic, IonqdslError
        from ionqdsl.diagnostics.extras import broken

        if isinstance(error, ImportError):
            error = broken(error) or error
        if isinstance(error, IonqdslError):
            self.report(error.diagnostics)
            self.end(**fields)
            return self.code_of(error)
        if isinstance(error, MemoryError):
            self.report([Diagnostic("QC0871")])
            self.end(**fields)
            return EXIT_CODES["CompileError"]
        return self._crash(error, Diagnostic)

    def code_of(self, error: Exception) -> int:
        """The exit code of one of our errors."""
        return next(EXIT_CODES[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in EXIT_CODES)

    def _crash(self, error: Exception, diagnostic: type[Diagnostic]) -> int:
        """Reports a bug of ours: one message, the traceback with -v, never a key."""
        from ionqdsl.cloud.key import scrub

        reason = scrub(str(error)).strip().split("\n")[0][:300] or "no message"
        self.report([diagnostic("QC0870", facts={"kind": type(error).__name__, "reason": reason})])
        if self.is_verbose:
            import traceback

            self.say(scrub("".join(traceback.format_exception(error, limit=-12))), always=True)
        self.end()
        return EXIT_CODES["InternalError"]

    def _out(self, text: str) -> None:
        try:
            if self.line is not None:
                self.line.remove()
            sys.stdout.write(text if text.endswith("\n") else text + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except (OSError, AttributeError) as error:  # a full disk; a closed stream
            raise _cannot_print(error) from None

    def _err(self, text: str) -> None:
        """Writes to standard error; if that is closed, the command continues."""
        try:
            if self.line is not None:
                self.line.remove()
            sys.stderr.write(text if text.endswith("\n") else text + "\n")
        except (OSError, AttributeError, ValueError):
            return


def _cannot_print(reason: Exception | str) -> Exception:
    """The error about standard output; the caller raises it."""
    from ionqdsl.ir.files import cannot_write  # late: most commands can

    return cannot_write("standard output", reason)
