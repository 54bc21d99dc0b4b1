"""Writes one HTML page about a program: its source, its compilation, the payload and the results.

Takes texts, drawings and tables and returns one self-contained HTML document, without scripts, fonts or requests. The
caller (cli/report.py) decides the contents of the parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --quiet: #57606a; --edge: #d0d7de; --code: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --paper: #14171c; --quiet: #9aa4b2; --edge: #353c47;
  --code: #1d2229; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 1320px; padding: 0 1rem; }
h1, h2, h3, li { overflow-wrap: anywhere; } h1 { font-size: 1.5rem; }
h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--edge); }
h3 { font-size: 1.02rem; margin: 1.75rem 0 .5rem; } p, ul { max-width: 46rem; }
code { font: .92em ui-monospace, Menlo, Consolas, monospace; }
a { color: inherit; text-decoration-color: var(--quiet); text-underline-offset: .2em; } .quiet { color: var(--quiet); }
.pair { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); }
figure { margin: 0; overflow-x: auto; } figcaption { color: var(--quiet); font-size: .9em; }
pre { background: var(--code); border: 1px solid var(--edge); border-radius: 6px; padding: .75rem; overflow-x: auto;
  font: 12.5px/1.45 ui-monospace, Menlo, Consolas, monospace; } pre .n { color: var(--quiet); user-select: none; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: .2rem .9rem .2rem 0;
  text-align: right; } th:first-child, td:first-child { text-align: left; } th { border-bottom: 1px solid var(--edge);
  font-weight: 600; } .words td { text-align: left; vertical-align: top; }
.words td:first-child { color: var(--quiet); white-space: nowrap; }
.words td + td { overflow-wrap: anywhere; } section > table { display: block; overflow-x: auto; }
svg { max-width: max(100%, 36rem); height: auto; }
"""


def page(title: str, subtitle: str, sections: Iterable[str]) -> str:
    """The document; sections are markup made by the functions below."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>\n'
        f'<body><h1>{escape(title)}</h1><p class="quiet">{escape(subtitle)}</p>\n'
        + "\n".join(sections)
        + "\n</body></html>\n"
    )


def section(title: str, *parts: str, anchor: str = "") -> str:
    """A heading and its content; links lead to the anchor."""
    place = f' id="{escape(anchor)}"' if anchor else ""
    return f"<section{place}><h2>{escape(title)}</h2>\n" + "\n".join(parts) + "\n</section>"


def source(text: str) -> str:
    """A program with numbered lines."""
    lines = text.rstrip("\n").split("\n")
    size = len(str(len(lines)))
    rows = (f'<span class="n">{number:>{size}}  </span>{escape(line)}' for number, line in enumerate(lines, 1))
    return "<pre>" + "\n".join(rows) + "</pre>"


def figures(*drawn: tuple[str, str]) -> str:
    """Pictures next to each other if they fit, each with its caption."""
    inner = "\n".join(f"<figure><figcaption>{escape(text)}</figcaption>\n{svg}</figure>" for text, svg in drawn)
    return f'<div class="pair">{inner}</div>'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Numbers under column heads; the first column is text."""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def sayings(pairs: Iterable[tuple[str, str]]) -> str:
    """Terms and their descriptions."""
    inner = "".join(f"<tr><td>{escape(word)}</td><td>{escape(said)}</td></tr>" for word, said in pairs)
    return f'<table class="words"><tbody>{inner}</tbody></table>'


def folded(title: str, text: str) -> str:
    """A long text under a title that opens on a click."""
    return f"<details><summary>{escape(title)}</summary><pre>{escape(text)}</pre></details>"
