"""Stores the API key between commands: login, status, logout.

  ionqdsl auth login           asks for the key without showing it, and stores it in the system's keyring
  ionqdsl auth login --file    stores it in a file that only you can read
  ionqdsl auth [status]        shows where the key in use comes from
  ionqdsl auth logout          removes the stored key

With --profile, each profile has its own key. IONQ_API_KEY takes precedence over the stored key.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ionqdsl.cli.console import is_terminal
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import Diagnostic, UsageError

if TYPE_CHECKING:
    import argparse

ACTIONS = ("login", "status", "logout")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `auth`."""
    parser.add_argument("action", nargs="?", default="status", choices=ACTIONS, help="login, status or logout (status)")
    parser.add_argument("--file", action="store_true", help="store the key in a file instead of the keyring")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Stores a key, shows where it comes from, or removes it."""
    from ionqdsl import settings
    from ionqdsl.cloud import key, keystore

    profile = arguments.profile or os.environ.get("IONQDSL_PROFILE") or keystore.DEFAULT
    if arguments.action == "status":
        settings_by_name = settings.resolve(".", arguments.profile)
        _, where = key.find_with_place(None, os.environ, key.kept(settings_by_name))
        terminal.data(f"the key comes from {where}\nit goes to {settings_by_name['url'].value}")
        terminal.answer(key={"origin": where}, url=settings_by_name["url"].value)
        return 0
    if arguments.action == "logout":
        gone = [name for name, remove in _KEPT.items() if getattr(keystore, remove)(profile)]
        terminal.data(f"removed {' and '.join(gone)}" if gone else "no key was stored")
        terminal.answer(forgotten=gone)
        return 0
    if not arguments.file:
        keystore.keyring_module()  # fails before the user types the key, not after
    value = key.checked(_typed(terminal), "the typed text").reveal()
    if arguments.file:
        where = keystore.into_file(profile, value)
    else:
        keystore.into_keyring(profile, value)
        where = "the keyring"
    terminal.data(f"the key is stored in {where}")
    if os.environ.get("IONQ_API_KEY"):
        terminal.say("IONQ_API_KEY is set and takes precedence over it")
    terminal.answer(key={"origin": where})
    return 0


_KEPT = {"the key in the keyring": "out_of_keyring", "the key file": "out_of_file"}


def _typed(terminal: Terminal) -> str:
    """Reads the key from a terminal without echo, or from a pipe."""
    if is_terminal(sys.stdin):
        from getpass import getpass

        try:
            text = getpass("API key (not shown): ", stream=sys.stderr)
        except EOFError:
            text = ""
    else:
        text = sys.stdin.readline() if sys.stdin is not None else ""
    if not text.strip():
        raise UsageError([Diagnostic("QC0965")])
    return text
