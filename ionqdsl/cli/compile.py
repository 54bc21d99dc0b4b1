"""Compiles a program and prints the request body for IonQ.

With --emit, the compiled circuits are written in another format, such as qc or qasm3, or drawn. The same program,
values, target and seed always give the same bytes. Nothing is sent.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ionqdsl import formats
from ionqdsl.cli.endings import check_ending
from ionqdsl.cli.flags import add_compilation, add_file, add_job, add_output, options_of
from ionqdsl.cli.program import load, transpiled
from ionqdsl.cli.terminal import Terminal
from ionqdsl.emit import limits
from ionqdsl.emit import payload as emit
from ionqdsl.ir.files import write
from ionqdsl.ir.targets import PROFILES
from ionqdsl.pipeline import for_service

if TYPE_CHECKING:
    import argparse

STAGES = ("lower", "transpile", "payload")
FORMS = (*formats.WRITERS, *formats.PICTURES)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `compile`."""
    add_file(parser)
    add_output(parser)
    parser.add_argument("--emit", choices=FORMS, default="payload", help="output format (payload)")
    parser.add_argument("--stop-after", choices=STAGES, help="print the program as it is after this stage")
    add_job(parser)
    add_compilation(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Writes the payload, a program or a drawing."""
    last = arguments.stop_after or "payload"
    is_sent = last == "payload" and arguments.emit == "payload"
    form = "qc" if arguments.emit == "payload" and not is_sent else arguments.emit
    program = load(arguments, terminal, "compile", arguments.output)
    check_ending(arguments.output, form, "compile", "--emit", {*FORMS} - {arguments.emit})
    options = options_of(arguments)
    if is_sent:
        options, moved = for_service(program, options)
        terminal.report(moved)
    if last != "lower":
        program = transpiled(program, arguments, terminal, options)
    if is_sent:
        profile = PROFILES[options.wire]
        terminal.report(limits.check(program, profile, target=options.target))
        terminal.begins("writing the request")
        content = emit.request(program, profile, checked=True)
        field: dict[str, Any] = {"payload": json.loads(content)} if terminal.is_json else {}
    elif form in formats.PICTURES:
        from ionqdsl.cli.draw import drawn

        text = drawn(program, form, arguments.output == "-")
        content, field = text.encode(errors="backslashreplace"), {"drawing": text}
    else:
        terminal.begins("writing the circuits")
        text, noticed = formats.write(program, form)
        terminal.report(noticed)
        content, field = text.encode(), {"program": text}
    if arguments.output == "-":
        terminal.data(content.decode(), exact=True)
    else:
        write(arguments.output, content if content.endswith(b"\n") else content + b"\n")
        field = {"output": arguments.output}
    terminal.answer(**field)
    return 0
