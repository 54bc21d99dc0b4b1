"""Converts between the `file:` addresses that editors use and paths.

Nothing is read from the disk.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit


def path_of(uri: str) -> str:
    """The path of a file's address, "" for anything else."""
    parts = urlsplit(uri)
    path = unquote(parts.path)
    drive = re.match(r"/([A-Za-z]:)", path)
    return "" if parts.scheme != "file" else path[1:] if drive else path


def uri_of(path: str) -> str:
    """The address of a file."""
    return Path(os.path.abspath(path)).as_uri()
