"""Emulates IonQ's service on this computer: accepts jobs, simulates them, and injects faults on request.

It listens only on 127.0.0.1 and bills nobody; any API key is accepted. Ctrl-C ends it.

A fault is KIND@METHOD PATH:WHICH, for example
  --fault '503@POST /jobs:2'         answers the second submission with 503
  --fault 'accept-drop@POST /jobs'   creates jobs, but closes the connection without an answer
  --fault '429(3)@GET /jobs/*:25%'   tells a quarter of the requests to try again in 3 seconds
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ionqdsl.cli.flags import nonnegative, positive, seed
from ionqdsl.cli.terminal import Terminal

if TYPE_CHECKING:
    import argparse

SHAPES = ("both", "may", "september")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `emulator`."""
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (a free one)")
    parser.add_argument("--fault", action="append", default=[], metavar="SPEC", help="inject a fault; may be repeated")
    parser.add_argument("--data", metavar="DIR", help="keep jobs in a file in this folder (in memory)")
    parser.add_argument("--queue", type=nonnegative, default=0.5, metavar="SECONDS", help="how long jobs wait (0.5)")
    parser.add_argument("--run", type=nonnegative, default=0.5, metavar="SECONDS", help="how long jobs run (0.5)")
    parser.add_argument("--rate", type=positive, metavar="N", help="requests per second; others are answered with 429")
    parser.add_argument("--seed", type=seed, help="make outcomes, ids and random faults reproducible")
    parser.add_argument(
        "--shape",
        choices=SHAPES,
        default="both",
        help="the specification whose fields answers have (both)",
    )
    parser.add_argument("--strict", action="store_true", help="refuse requests of clients that break the specification")


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
        try:  # the program that reads the address may end the emulator at once
            terminal.data("\n".join(lines))
            terminal.answer(url=service.url, environment=service.environment)
            sys.stdout.flush()  # a program that reads the address from a pipe waits for it
            terminal.say(f"the emulator listens on {service.url}; Ctrl-C ends it", always=True)
            service.wait()
        except KeyboardInterrupt:
            terminal.say(f"\nended after {len(service.requests())} requests")
    return 0
