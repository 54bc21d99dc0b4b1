"""Texts of others, fetched from the web once and kept on this computer: the repository of this project has none."""

from __future__ import annotations

import os
import urllib.request
from pathlib import Path
from typing import NamedTuple

KEPT = Path(os.environ.get("IONQDSL_BENCH", Path(__file__).parents[2] / "build" / "bench"))
"""Where texts are kept: of repositories, and of packages, so that they are written once."""


class Source(NamedTuple):
    """A repository at a commit, and a path in it with the place of a name."""

    repository: str
    commit: str
    path: str

    def text(self, name: str) -> str:
        """The file of a name, from the web once."""
        path = self.path.format(name)
        file = KEPT / "published" / self.repository / self.commit / path
        if not file.exists():
            url = f"https://raw.githubusercontent.com/{self.repository}/{self.commit}/{path.replace('^', '%5E')}"
            with urllib.request.urlopen(url, timeout=60) as answer:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(answer.read())
        return file.read_text()


GUOQ = "qqq-wisc/guoq", "f8419ad954d92f9dd810cf26cad37ed2f3819fa3"
"""The repository of A. Xu and others, "Optimizing quantum circuits, fast and slow", ASPLOS 2025, and a commit."""
