"""Turns links of docs/ into links of the site, and checks those of a built site.

Pages link to each other, and to files of the repository that the site shows elsewhere or not at all: every example and
every error has a page; the name of any other file stays as plain text.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
"""A link of Markdown, with its text and its target; code blocks are left alone by `moved`."""

PICTURE = re.compile(r"!\[[^\[\]]*\]\(([\w-]+\.svg)\)")
"""A picture of the project, which has its own description."""

CODE = re.compile(r"^(```+|~~~+).*?^\1[^\S\n]*$", re.MULTILINE | re.DOTALL)

MOVED = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contribute.md",
    "examples": "examples.md",
    "examples/programs": "examples.md",
    "examples/measurements": "examples.md",
}
"""Files and folders of the repository, and the pages that show them."""


def moved(text: str, page: str, folder: str = "docs") -> str:
    """A page's Markdown whose links lead to pages of the site; `folder` is the one that they start from."""
    parts, at = [], 0
    for block in CODE.finditer(text):
        parts += [_moved(text[at : block.start()], page, folder), block[0]]
        at = block.end()
    return "".join([*parts, _moved(text[at:], page, folder)])


def _moved(text: str, page: str, folder: str) -> str:
    def link(match: re.Match[str]) -> str:
        words, target = match[1], match[2]
        if urlsplit(target).scheme or target.startswith("#"):
            return match[0]
        place = destination(target, page, folder)
        if place is not None and words == target.partition("#")[0]:  # a file's name says nothing on the site
            words = _title(posixpath.normpath(posixpath.join(folder, words))) or words
        return words if place is None else f"[{words}]({place})"

    return LINK.sub(link, text)


def _title(path: str) -> str:
    """The heading of a page of the repository, "" if there is none."""
    place = ROOT / path
    match = re.search(r"^# (.+)", place.read_text(encoding="utf-8"), re.MULTILINE) if place.suffix == ".md" else None
    return match[1] if match else ""


def destination(target: str, page: str, folder: str = "docs") -> str | None:
    """The target on the site, relative to the page; None for a file that the site does not show."""
    path, _, anchor = target.partition("#")
    path = posixpath.normpath(posixpath.join(folder, posixpath.dirname(page), path)) if path else f"docs/{page}"
    if path == "docs/errors.md" and anchor:
        place, anchor = f"errors/{anchor.upper()}.md", ""
    elif path in MOVED:
        place = MOVED[path]
    elif path.startswith("examples/") and path.endswith(".qc"):
        place = path.removesuffix(".qc") + ".md"
    elif path.startswith("docs/"):
        place = path.removeprefix("docs/")
    else:
        return None
    relative = posixpath.relpath(place, posixpath.dirname(page) or ".")
    return f"{relative}#{anchor}" if anchor else relative


TAG = re.compile(r"<[a-z][^<>]*>")
ATTRIBUTE = re.compile(r"""\s(id|name|href|src)=["']?([^"'\s>]+)""")


def pictured(text: str, folder: Path) -> str:
    """A page's Markdown with the pictures themselves in it, so that they are light or dark as the site is."""

    def figure(match: re.Match[str]) -> str:
        drawn = (folder / match[1]).read_text(encoding="utf-8").replace("\n", "")
        return f'<figure class="picture">{drawn}</figure>'

    return PICTURE.sub(figure, text)


class _Page(NamedTuple):
    """The anchors of a page, and the addresses that it names."""

    anchors: frozenset[str]
    addresses: tuple[str, ...]


@cache
def _read(path: Path) -> _Page:
    found = [pair for tag in TAG.findall(path.read_text(encoding="utf-8")) for pair in ATTRIBUTE.findall(tag)]
    anchors = frozenset(unescape(value) for name, value in found if name in ("id", "name"))
    addresses = dict.fromkeys(unescape(value) for name, value in found if name in ("href", "src"))
    return _Page(anchors, tuple(addresses))


def check(site: Path) -> None:
    """Raises SystemExit with every address on a page of the site that leads nowhere on the site."""
    pages = [path for path in sorted(site.rglob("*.html")) if path.relative_to(site).parts[0] != "playground"]
    wrong = [
        f"{path.relative_to(site)}: {address}: {fault}"
        for path in pages
        for address in _read(path).addresses
        if (fault := _fault(address, path, site))
    ]
    if wrong:
        raise SystemExit("links that lead nowhere:\n" + "\n".join(wrong))


def _fault(address: str, page: Path, site: Path) -> str:
    """The reason why an address leads nowhere, "" if it leads somewhere or away from the site."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return ""
    start = site if parts.path.startswith("/") else page.parent
    place = (
        _page_of(posixpath.normpath(f"{start.as_posix()}/{unquote(parts.path).lstrip('/')}")) if parts.path else page
    )
    if place is None:
        return "no such file"
    if parts.fragment and place.suffix == ".html" and place.parent.name != "playground":
        return "" if unquote(parts.fragment) in _read(place).anchors else "no such anchor"
    return ""


@cache
def _page_of(path: str) -> Path | None:
    """The file that a server shows for a path."""
    place = Path(path)
    place = place / "index.html" if place.is_dir() else place
    return place if place.exists() else None
