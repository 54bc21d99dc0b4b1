"""The command `ionqdsl`: runs the verb that the command line names and returns an exit code.

`main` finds the verb, runs its module and turns the result or the error into messages and an exit code. verbs.py lists
the verbs, command_line.py reads the flags, terminal.py prints. The verbs import heavy modules only when they need them,
so that `--version` and `check` start quickly.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

import ionqdsl

TYPE_CHECKING = False  # importing it from typing would cost more than all the rest of --version
if TYPE_CHECKING:
    from ionqdsl.cli.terminal import Terminal

CANNOT_WRITE, INTERRUPTED = 2, 130
UNSEARCHED = 50_000
"""Objects that are made before Python searches for garbage among them: starting up makes half as many."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; no exception escapes except the interpreter's own."""
    words = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # numpy takes longer to start more threads than to do all its work here
    try:
        if words in (["--version"], ["-V"]):
            print(f"ionqdsl {ionqdsl.__version__}")
            code = 0
        else:
            code = command(words)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        _silence(sys.stdout, sys.stderr)  # the reader of our output has closed the pipe
        return 0
    except OSError as error:  # such as a full disk, noticed only when the output is flushed
        _silence(sys.stdout)
        print(f"error: cannot write standard output: {error.strerror}", file=sys.stderr)
        return CANNOT_WRITE
    except KeyboardInterrupt:  # a second one, while the first was being handled
        return INTERRUPTED


def process() -> int:
    """Runs the command of this process. Short commands end before Python searches for garbage, the end included."""
    gc.set_threshold(UNSEARCHED)
    code = main()
    eval("0")  # CPython forgets a Ctrl-C that was caught; without this it may end by a signal instead of with 130
    gc.freeze()
    return code


def command(words: list[str]) -> int:
    """Runs one command and returns its exit code; raises BrokenPipeError only."""
    from ionqdsl.cli.terminal import Terminal  # late: --version needs none of it

    terminal = Terminal()
    try:
        with terminal.opened:
            return _run(words, terminal)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        terminal.say("interrupted", always=True)
        terminal.end()
        return INTERRUPTED
    except SystemExit as end:  # argparse, after --help
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:
        return terminal.fail(error)


def _run(words: list[str], terminal: Terminal) -> int:
    from ionqdsl.cli import command_line

    terminal.listen(words)
    module, arguments = command_line.parse(words)
    terminal.obey(arguments)
    terminal.watch(module.__name__.rpartition(".")[2], words)
    code: int = module.run(arguments, terminal)
    return code


def _silence(*streams: object) -> None:
    """Redirects streams to the null device, so that the interpreter's last flush raises nothing."""
    for stream in streams:
        try:
            number = stream.fileno()  # type: ignore[attr-defined]
        except (AttributeError, OSError, ValueError):
            continue
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
