"""The command `ionqdsl`: from words on the command line to an exit code.

`main` finds the verb, lets its module run and turns whatever comes back, errors included, into messages and an exit
code. What the verbs are stands in verbs.py, how they speak in terminal.py. Heavy modules are imported by the verbs that
need them, so that `--version` and `check` start quickly.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import ionqdsl

TYPE_CHECKING = False  # importing it from typing would cost more than all the rest of --version
if TYPE_CHECKING:
    from ionqdsl.cli.terminal import Terminal

CANNOT_WRITE, INTERRUPTED = 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code; nothing escapes but what the interpreter itself throws."""
    words = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # starting more threads takes numpy longer than all its work here
    try:
        if words in (["--version"], ["-V"]):
            print(f"ionqdsl {ionqdsl.__version__}")
            code = 0
        else:
            code = _command(words)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        _silence(sys.stdout, sys.stderr)  # whoever read our output has seen enough
        return 0
    except OSError as error:  # a full disk, noticed at the last moment
        _silence(sys.stdout)
        print(f"error: cannot write standard output: {error.strerror}", file=sys.stderr)
        return CANNOT_WRITE
    except KeyboardInterrupt:  # a second one, while the first was being dealt with
        return INTERRUPTED


def _command(words: list[str]) -> int:
    from ionqdsl.cli.terminal import Terminal  # late: --version needs none of it

    terminal = Terminal()
    try:
        with terminal.opened:
            return _run(words, terminal)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        terminal.say("interrupted", always=True)
        terminal.answer()
        return INTERRUPTED
    except SystemExit as end:  # argparse, after --help
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:
        return terminal.fail(error)


def _run(words: list[str], terminal: Terminal) -> int:
    from ionqdsl.cli import verbs

    terminal.listen(words)
    module, arguments = verbs.parse(words)
    terminal.obey(arguments)
    code: int = module.run(arguments, terminal)
    return code


def _silence(*streams: object) -> None:
    """Points streams at nowhere, so that the interpreter does not complain when it flushes them at the end."""
    for stream in streams:
        try:
            number = stream.fileno()  # type: ignore[attr-defined]
        except (AttributeError, OSError, ValueError):
            continue
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
