"""Does the language server's work for a file: `python -m tests.bench.growth.editor WORK FILE`, in one process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from ionqdsl.diagnostics.source import Source
from ionqdsl.lsp import formatting, outline, problems, ranges, tokens
from ionqdsl.lsp.document import Document

URI = "untitled:main"

WORK: dict[str, Callable[[str], object]] = {
    "diagnostics": lambda text: problems.findings(Source(text, "main"), URI),
    "remarks": lambda text: problems.remarks(Source(text, "main"), URI),
    "tokens": lambda text: tokens.tokens(Document(text, URI)),
    "formatting": lambda text: formatting.formatted(Document(text, URI)),
    "outline": lambda text: (outline.outline(document := Document(text, URI)), ranges.folds(document)),
}
"""Requests of an editor by name, for a text that was just opened."""

if __name__ == "__main__":
    WORK[sys.argv[1]](Path(sys.argv[2]).read_text())
