"""The language server for editors, over standard input and output.

Editors start it themselves; docs/editor.md says how each is told to. It offers diagnostics as you type, completion,
hover, definitions, references, renaming, outline, formatting, quick fixes, hints and counts.
"""

from __future__ import annotations

import argparse

from ionqdsl.cli.terminal import Terminal
from ionqdsl.extras import require


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `lsp`."""
    parser.add_argument("--stdio", action="store_true", help="what it does anyway; some editors add it")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Serves until the editor leaves."""
    require("lsp")
    from ionqdsl.lsp.server import main

    main()
    return 0
