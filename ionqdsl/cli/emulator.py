"""IonQ's service on this computer: takes jobs, plays them on the local machine, and goes wrong on demand.

It listens on 127.0.0.1 alone and bills nobody; any API key will do. Ctrl-C ends it.

A fault is KIND@METHOD PATH:WHICH, for example
  --fault '503@POST /jobs:2'         the second submission is answered with 503
  --fault 'accept-drop@POST /jobs'   jobs are created, and the connection is closed without an answer
  --fault '429(3)@GET /jobs/*:25%'   a quarter of the questions are told to come back in 3 seconds
"""

from __future__ import annotations

import argparse
import sys

from ionqdsl.cli.flags import positive
from ionqdsl.cli.terminal import Terminal

SHAPES = ("both", "may", "september")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `emulator`."""
    parser.add_argument("--port", type=int, default=0, help="the port to listen on; any that is free by default")
    parser.add_argument("--fault", action="append", default=[], metavar="SPEC", help="what goes wrong; may be repeated")
    parser.add_argument("--data", metavar="DIR", help="keep jobs in a file there; in memory by default")
    parser.add_argument("--queue", type=positive, default=0.5, metavar="SECONDS", help="how long jobs wait (0.5)")
    parser.add_argument("--run", type=positive, default=0.5, metavar="SECONDS", help="how long jobs run (0.5)")
    parser.add_argument("--rate", type=positive, metavar="N", help="requests a second; more are answered with 429")
    parser.add_argument("--seed", type=int, help="makes outcomes, ids and chance faults the same every time")
    parser.add_argument(
        "--shape", choices=("both", "may", "september"), default="both", help="whose fields answers have"
    )
    parser.add_argument("--strict", action="store_true", help="refuse what the specification refuses and clients send")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Serves until it is interrupted."""
    from ionqdsl import emulator

    service = emulator.start(
        port=arguments.port,
        data=arguments.data,
        faults=tuple(arguments.fault),
        queue=arguments.queue,
        run=arguments.run,
        rate=arguments.rate,
        seed=arguments.seed,
        shape=arguments.shape,
        strict=arguments.strict,
    )
    with service:
        lines = [f"export {name}={value}" for name, value in service.environment.items()]
        try:  # whoever reads the address may end it at once
            terminal.data("\n".join(lines))
            terminal.answer(url=service.url, environment=service.environment)
            sys.stdout.flush()  # whoever reads it through a pipe waits for it
            terminal.say(f"the emulator listens on {service.url}; Ctrl-C ends it", always=True)
            service.wait()
        except KeyboardInterrupt:
            terminal.say(f"\nended after {len(service.requests())} requests")
    return 0
