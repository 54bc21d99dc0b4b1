"""Shows programs on pages: highlighted, with a link that opens them in the playground."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import quote

from pygments import highlight
from pygments.formatters import HtmlFormatter

from ionqdsl.describe.highlight import QcLexer

MOST = 4000
"""Characters of a program that a link carries."""

_place = {"up": ""}


def depth_of(url: str) -> None:
    """Notes how far the page that is being made is from the start page."""
    _place.update(up="../" * url.count("/"))


def fences() -> list[dict[str, Any]]:
    """The kinds of code blocks that are drawn here: programs, and parts of programs, which are not opened."""
    return [
        {"name": "qc", "class": "qc-program", "format": _fence},
        {"name": "qc-part", "class": "qc-program", "format": _fence},
    ]


def _fence(source: str, language: str, css_class: str, options: Any, md: Any, **_: Any) -> str:
    return shown(source, is_whole=language == "qc")


def shown(source: str, is_whole: bool = True) -> str:
    """A program as markup: its text, and perhaps a link to the playground."""
    code = highlight(source, QcLexer(), HtmlFormatter(nowrap=True))
    link = _link(source) if is_whole and len(source) <= MOST else ""
    return f'<div class="program"><div class="highlight"><pre><code>{code}</code></pre></div>{link}</div>'


def _link(source: str) -> str:
    address = f"{_place['up']}playground/#code={coded(source)}"
    return f'<a class="open" data-search-exclude href="{escape(address)}">Open in the playground</a>'


def coded(source: str) -> str:
    """A program as the playground reads it from an address: as JavaScript's `encodeURIComponent` writes it."""
    return quote(source, safe="!'()*~")
