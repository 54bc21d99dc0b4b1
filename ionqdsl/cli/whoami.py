"""Shows which API key is in use.

It asks the service for the key's name, id and project. It never shows the key itself.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ionqdsl.cli.flags import add_key
from ionqdsl.cli.terminal import Terminal

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `whoami`."""
    add_key(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Asks the service and shows the answer."""
    from ionqdsl.cli.remote import client_of  # late: it imports requests

    client = client_of(arguments, terminal)
    key = client.whoami()
    lines = [f"key      {key.name or 'without a name'} ({key.id})"]
    lines += [f"project  {key.project}"] if key.project else []
    terminal.data("\n".join([*lines, f"service  {client.url}"]))
    terminal.answer(key=asdict(key), url=client.url)
    return 0
