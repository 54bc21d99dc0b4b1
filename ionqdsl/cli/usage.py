"""Shows the usage of the organisation: jobs, QPU time and cost, by day, week or month.

Dates are written as `2026-07-01`; the last day is not counted. Without dates, the last thirty days are shown.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from ionqdsl.cli.flags import add_key
from ionqdsl.cli.tables import columns
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics.mistakes import unusable

if TYPE_CHECKING:
    import argparse

PERIODS = ("daily", "weekly", "monthly")
GROUPS = ("project", "user", "job")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `usage`."""
    parser.add_argument("--from", dest="since", type=day, metavar="DATE", help="first day (thirty days ago)")
    parser.add_argument("--to", dest="until", type=day, metavar="DATE", help="the day after the last (tomorrow)")
    parser.add_argument("--by", choices=GROUPS, default="project", help="group by (project)")
    parser.add_argument("--every", choices=PERIODS, default="weekly", help="length of a period (weekly)")
    parser.add_argument("--organization", metavar="ID", help="the organisation (that of the key)")
    add_key(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Asks the service and shows a table."""
    until = arguments.until or datetime.now(UTC).date() + timedelta(days=1)
    since = arguments.since or until - timedelta(days=30)
    from ionqdsl.cli.remote import client_of  # late: it imports requests

    client = client_of(arguments, terminal)
    usage = client.usage(str(since), str(until), arguments.by, arguments.every, arguments.organization)
    rows = []
    for period in usage.periods:
        rows.append((period.since, "", _text(period.jobs), _time(period.qpu_seconds), _text(period.cost)))
        rows += [("", name, _text(jobs), "", _text(cost)) for name, jobs, cost in period.groups]
    rows.append(("total", "", _text(usage.jobs), _time(usage.qpu_seconds), _text(usage.cost)))
    terminal.data("\n".join(columns(("since", arguments.by, "jobs", "QPU time", "cost"), rows, left=2)))
    terminal.answer(usage=asdict(usage), since=str(since), until=str(until))
    return 0


def day(text: str) -> date:
    """A date, from `2026-07-01`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise unusable(f"`{text}` is not a date such as 2026-07-01") from None


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _time(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:,.1f} s"
