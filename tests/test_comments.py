"""Which comment describes which item: above it, after it, or the file.

Would catch a comment given to the wrong item, a title taken for the comment of the first constant, and notes to the
linter shown as documentation.
"""

from __future__ import annotations

import pytest

from ionqdsl.diagnostics.source import Source
from ionqdsl.language.comments import about, head

ABOUT = {
    "x q\n# Turns.\n‸gate g a { }‸": "Turns.",
    "x q\n# Turns\n#   twice.\n‸gate g a { }‸": "Turns\n  twice.",
    "x q\n# Turns.\n\n‸gate g a { }‸": "",
    "x q\n# not this\n## Turns.\n‸gate g a { }‸": "Turns.",
    "x q\n## Turns.\n# not this\n‸gate g a { }‸": "Turns.",
    "x q\n# behind x\nx q\n## Turns.\n##\n## Twice.\n‸gate g a { }‸": "Turns.\n\nTwice.",
    "x q  # of x\n‸gate g a { }‸": "",
    "x q\n# of x\nx q; ‸const n = 1‸": "",
    "x q\n# One.\n‸const n = 1‸  # one": "One.",
    "‸const n = 1‸  # one": "one",
    "‸const n = 1‸;  # one": "one",
    "‸const n = 1‸; const m = 2  # two": "",
    '‸const n = "# no"‸': "",
    "x q\n# ------\n# Turns.\n# ======\n‸gate g a { }‸": "Turns.",
    "x q\n# Turns.\n# lint: off QC1003\n‸gate g a { }‸": "Turns.",
    "x q\n# lint: off\n‸const n = 1‸  # one": "one",
    "circuit c {\n  x q\n  # Half.\n  ‸let h = q[0:2]‸\n}": "Half.",
    "# A title.\n‸const n = 1‸": "",
    "# A title.\n## One.\n‸const n = 1‸": "One.",
    "qc 1\n\n# A title.\n‸const n = 1‸  # one": "one",
    "# A title.\n\n# One.\n‸const n = 1‸": "One.",
    "#\n#\n‸const n = 1‸": "",
    "x q\r\n## Turns.\r\n‸gate g a { }‸": "Turns.",
}


@pytest.mark.parametrize(("text", "said"), ABOUT.items())
def test_about_an_item(text: str, said: str) -> None:
    before, item, after = text.split("‸")
    assert about(Source(before + item + after), len(before), len(before + item)) == said


def test_without_an_end_nothing_behind_counts() -> None:
    assert about(Source("const n = 1  # one"), 0) == ""


HEADS = {
    "# A title.\n# More.\n\nx q": "A title.\nMore.",
    "# A title.\nconst n = 1": "A title.",
    "\n\n# A title.\n": "A title.",
    "qc 1\n# A title.\nx q": "A title.",
    "qc 1  # the version\n\n# A title.\nx q": "A title.",
    "# A title.\nqc 1\nx q": "A title.",
    "## A title.\n\nx q": "A title.",
    "## Of n.\nconst n = 1": "",
    "# A title.\n## Of n.\nconst n = 1": "A title.",
    "# A title.\n\n# Another.\nx q": "A title.",
    "x q\n# Not at the head.": "",
    "x q # no": "",
    "": "",
    "# lint: off-file\n\nx q": "",
    "\ufeff# A title.": "A title.",
}


@pytest.mark.parametrize(("text", "said"), HEADS.items())
def test_about_the_file(text: str, said: str) -> None:
    assert head(Source(text)) == said
