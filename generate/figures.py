"""Says which pages publish figures of an earlier compiler: their versions end in a hash of the compiler.

A note and no error, as measuring takes hours: a page is true of the version that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.bench.peers.table import PEERS, version

ROOT = Path(__file__).resolve().parents[1]

MEASURED = re.compile(r"ionqdsl \d[\w.]* [0-9a-f]{8}\b")
"""A version on a page, as `make bench-peers` writes it."""


def notes(folder: Path = ROOT / "docs") -> Iterator[str]:
    """A line for each page whose figures are not those of the compiler as it is."""
    now = next(version(peer) for peer in PEERS.values() if peer.packages == ("ionqdsl",))
    for page in sorted(folder.glob("*.md")):
        earlier = sorted(set(MEASURED.findall(page.read_text("utf-8"))) - {now})
        if earlier:
            yield f"{page.name}: measured before later changes, with {', '.join(earlier)}; this is {now}"
