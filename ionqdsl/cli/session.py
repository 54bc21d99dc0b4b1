"""Reserves time on a machine, with limits: starts, lists and ends sessions.

  ionqdsl session start qpu.forte-1 --max-jobs 10 --max-minutes 60 --max-cost 100
  ionqdsl session [list] [--all]
  ionqdsl session end ID

Jobs join a session through `session_id` in their job block. IonQ offers sessions to some accounts only.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ionqdsl.cli.flags import add_key, positive, positive_integer
from ionqdsl.cli.tables import columns
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics.mistakes import wrong_usage

if TYPE_CHECKING:
    import argparse

    from ionqdsl.cloud.answers import Session

ACTIONS = {"start": "the name of a backend", "list": None, "end": "the id of a session"}
"""Action -> the argument that it needs."""

_HEADS = ("id", "status", "backend", "started", "expires", "jobs", "minutes", "cost")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `session`."""
    parser.add_argument("action", nargs="?", default="list", choices=tuple(ACTIONS), help="start, list or end (list)")
    parser.add_argument("of", nargs="?", metavar="BACKEND|ID", help="start: the backend; end: the id of the session")
    group = parser.add_argument_group("limits of a new session")
    group.add_argument("--max-jobs", type=positive_integer, metavar="N", help="largest number of jobs")
    group.add_argument("--max-minutes", type=positive_integer, metavar="N", help="longest duration in minutes")
    group.add_argument("--max-cost", type=positive, metavar="X", help="highest cost")
    group.add_argument("--unit", default="usd", help="unit of --max-cost (usd)")
    parser.add_argument("--all", action="store_true", help="list: also sessions that have ended")
    add_key(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Starts, lists or ends sessions."""
    needs = ACTIONS[arguments.action]
    if bool(needs) != bool(arguments.of):
        wants = f"needs {needs}" if needs else "takes no name"
        raise wrong_usage(f"`session {arguments.action}` {wants}", usage="ionqdsl session")
    from ionqdsl.cli.remote import client_of  # late: it imports requests

    client = client_of(arguments, terminal)
    if arguments.action == "list":
        sessions = client.sessions(None if arguments.all else True)
        terminal.data(_table(sessions) if sessions else "no sessions")
        terminal.answer(sessions=[asdict(session) for session in sessions])
        return 0
    if arguments.action == "end":
        session = client.end_session(arguments.of)
    else:
        limits = (arguments.max_jobs, arguments.max_minutes, arguments.max_cost, arguments.unit)
        session = client.start_session(arguments.of, *limits)
        terminal.say(f'to run jobs in it, write `session_id = "{session.id}"` in their job block')
    terminal.data(f"{session.id} {session.status}")
    terminal.answer(session=asdict(session))
    return 0


def _table(sessions: list[Session]) -> str:
    rows = [
        (
            session.id,
            session.status,
            session.backend or "",
            _minute(session.started),
            _minute(session.expires),
            *("" if limit is None else str(limit) for limit in (session.jobs, session.minutes, session.cost)),
        )
        for session in sessions
    ]
    return "\n".join(columns(_HEADS, rows, left=5))


def _minute(moment: str | None) -> str:
    return (moment or "")[:16].replace("T", " ")
