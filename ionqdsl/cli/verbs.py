"""Lists the verbs, and defines the flags that all of them have.

Each verb is a module next to this one with `add_flags(parser)` and `run(arguments, terminal) -> int`. flags.py defines
the flags that several verbs share.
"""

from __future__ import annotations

from ionqdsl.cli.terminal import COLORS
from ionqdsl.record import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

VERBS: dict[str, str] = {
    "check": "show every error and warning of programs",
    "compile": "print the request body for IonQ, or the compiled circuit",
    "run": "compile, execute and show the histogram",
    "minimize": "find the lowest energy of a program",
    "test": "run the tests of programs, exactly",
    "plan": "write the exact request to a file, with its cost",
    "submit": "send a program or a plan to IonQ, and wait if asked",
    "calibrate": "measure the readout errors of a machine",
    "jobs": "list submitted jobs, wait for them, fetch their results",
    "emulator": "emulate IonQ's service on this computer, for tests and learning",
    "backends": "show IonQ's machines: status, queue, fidelities",
    "session": "reserve time on a machine: start, list, end",
    "usage": "show the usage of the organisation: jobs, QPU time, cost",
    "whoami": "show which API key is in use",
    "auth": "store the API key: login, status, logout",
    "config": "show every setting and where it comes from",
    "fmt": "format programs in one style",
    "lint": "find likely mistakes, and correct them",
    "lsp": "run the language server, for editors",
    "explain": "explain a message by its code, or a gate",
    "draw": "draw circuits, in the terminal or as SVG",
    "doc": "write a reference of programs, from their comments and definitions",
    "report": "write a page with a program, its circuits before and after, and the result",
    "playground": "serve a page on this computer to write and try programs",
    "convert": "write a program in another format, such as .qc, OpenQASM or the request body",
    "diff": "show the gates in which two programs differ",
    "equiv": "compare the results of two programs",
    "stats": "show the size of circuits",
    "init": "start a project: a first program and a settings file",
    "watch": "check, run or test a program again whenever it is saved",
    "doctor": "show the packages, settings, key and ledger in use, and whatever is missing",
    "completion": "print a script that completes commands in a shell",
    "help": "show the commands, or the flags of one",
}


WITHOUT_SETTINGS = ("doctor", "help")
"""Verbs that work where settings are wrong."""


def add_common_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that every verb has."""
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="one JSON object on standard output, diagnostics included")
    group.add_argument("--color", choices=COLORS, help="colours (auto: on a terminal, unless NO_COLOR is set)")
    group.add_argument("--profile", metavar="NAME", help="use this profile of the settings files")
    group.add_argument("-q", "--quiet", action="store_true", help="show errors only, no warnings or notes")
    group.add_argument("-v", "--verbose", action="store_true", help="show more details")
