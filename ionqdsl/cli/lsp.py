"""Runs the language server for editors, over standard input and output.

Editors start it themselves; docs/editor.md explains how to set up each editor. It offers diagnostics as you type,
completion, hover, definitions, references, renaming, outline, formatting, quick fixes, hints and gate counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics.extras import require

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `lsp`."""
    parser.add_argument("--stdio", action="store_true", help="the default; accepted because some editors pass it")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Serves until the editor leaves."""
    require("lsp")
    from ionqdsl.lsp.server import main

    return main()
