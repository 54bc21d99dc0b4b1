"""Writes one HTML page about a program: its source, its compilation, the payload and the results.

Takes texts, drawings and tables and returns one self-contained HTML document, without scripts, fonts or requests. The
caller (cli/report.py) decides the contents of the parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ionqdsl.emit.colours import MONO, SANS, declared

COLOURED = ("ink", "paper", "quiet", "edge", "code", "accent", "keyword", "number", "string", "error")

STYLE = f"""
:root {{ color-scheme: light dark; }}
{declared(COLOURED)}
* {{ box-sizing: border-box; }}
body {{ font: 15px/1.55 {SANS}; color: var(--ink); background: var(--paper); margin: 0 auto; max-width: 70rem;
  padding: 2.5rem 1.25rem 3rem; }}
h1, h2, h3, li {{ overflow-wrap: anywhere; }}
h1 {{ font-size: 1.6rem; line-height: 1.25; margin: 0; letter-spacing: -.01em; }}
h2 {{ font-size: 1.15rem; margin: 2.75rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--edge); }}
h3 {{ font-size: 1rem; margin: 1.75rem 0 .5rem; }} p, ul {{ max-width: 46rem; }}
nav ul {{ padding-left: 1.1rem; columns: 13rem; max-width: none; }} footer {{ margin-top: 3rem; }}
code {{ font: .92em {MONO}; }} .quiet {{ color: var(--quiet); }} header p {{ margin: .25rem 0 0; }}
a {{ color: inherit; text-decoration-color: var(--quiet); text-underline-offset: .2em; }}
:focus-visible {{ outline: 2px solid var(--accent); outline-offset: 2px; }}
.facts {{ display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; margin: 1rem 0 0; }} .facts div {{ min-width: 6rem; }}
.facts dt {{ color: var(--quiet); font-size: .87rem; }} .facts dd {{ margin: 0; font-size: 1.3rem; font-weight: 600;
  font-variant-numeric: tabular-nums; }}
.pair {{ display: flex; flex-wrap: wrap; gap: 1.25rem 2rem; align-items: flex-start; }}
.pair figure {{ max-width: 100%; }}
figure {{ margin: 1rem 0 0; }} figcaption {{ color: var(--quiet); font-size: .87rem; margin-bottom: .15rem; }}
.scroll {{ overflow-x: auto; max-width: 100%; }}
pre {{ background: var(--code); border: 1px solid var(--edge); border-radius: 6px; padding: .75rem; overflow-x: auto;
  font: 12.5px/1.5 {MONO}; }} pre .n {{ color: var(--quiet); user-select: none; }}
pre .comment {{ color: var(--quiet); font-style: italic; }} pre .keyword, pre .property {{ color: var(--keyword); }}
pre .gate, pre .definition, pre .function {{ color: var(--accent); }} pre .string {{ color: var(--string); }}
pre .number, pre .unit, pre .constant {{ color: var(--number); }}
.wrong {{ border-left: 4px solid var(--error); padding-left: .8rem; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; margin-top: 1rem; }}
th, td {{ padding: .2rem 1.1rem .2rem 0; text-align: right; }} th:first-child, td:first-child {{ text-align: left; }}
th {{ border-bottom: 1px solid var(--edge); font-weight: 600; }} .words td {{ text-align: left; vertical-align: top; }}
.words td:first-child {{ color: var(--quiet); white-space: nowrap; }} .words td + td {{ overflow-wrap: anywhere; }}
summary {{ cursor: pointer; color: var(--quiet); padding: .2rem 0; margin-top: .75rem; width: fit-content; }}
svg {{ display: block; max-width: none; height: auto; }}
@media print {{ body {{ max-width: none; padding: 0; }} figure, tr {{ break-inside: avoid; }}
  h2 {{ break-after: avoid; }}
  pre {{ white-space: pre-wrap; }} .scroll {{ overflow: visible; }} svg {{ max-width: 100%; }} }}
"""


def page(title: str, subtitle: str, sections: Iterable[str]) -> str:
    """The document; sections are markup made by the functions below."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>\n'
        f'<body><header><h1>{escape(title)}</h1><p class="quiet">{escape(subtitle)}</p></header>\n<main>\n'
        + "\n".join(sections)
        + "\n</main></body></html>\n"
    )


def section(title: str, *parts: str, anchor: str = "") -> str:
    """A heading and its content; links lead to the anchor."""
    place = f' id="{escape(anchor)}"' if anchor else ""
    return f"<section{place}><h2>{escape(title)}</h2>\n" + "\n".join(parts) + "\n</section>"


def contents(links: Iterable[tuple[str, str]]) -> str:
    """Links to anchors of the page, each with its text."""
    items = "".join(f'<li><a href="#{escape(anchor)}">{escape(text)}</a></li>' for anchor, text in links)
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>'


def source(lines: Sequence[Iterable[tuple[str, str]]]) -> str:
    """A program with numbered lines, each in pieces with the kinds that the style colours."""
    size = len(str(len(lines)))
    rows = (f'<span class="n">{number:>{size}}  </span>{_coloured(line)}' for number, line in enumerate(lines, 1))
    return '<pre tabindex="0" role="group" aria-label="Program">' + "\n".join(rows) + "</pre>"


def _coloured(pieces: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<span class="{kind}">{escape(text)}</span>' if kind else escape(text) for text, kind in pieces)


def wrong(text: str) -> str:
    """A sentence about something that could not be done."""
    return f'<p class="wrong">{escape(text)}</p>'


def figures(*drawn: tuple[str, str]) -> str:
    """Pictures next to each other if they fit, each with its caption; a wide one is scrolled by itself."""
    inner = "\n".join(
        f"<figure><figcaption>{escape(text)}</figcaption>\n{_scrolled(svg, text)}</figure>" for text, svg in drawn
    )
    return f'<div class="pair">{inner}</div>'


def _scrolled(markup: str, name: str) -> str:
    """Markup that may be wider than the page, in a box that can be scrolled by keys too."""
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(name)}">{markup}</div>'


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Short figures under their names, in a row."""
    inner = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(figure)}</dd></div>" for name, figure in pairs)
    return f'<dl class="facts">{inner}</dl>'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], name: str = "Table") -> str:
    """Numbers under column heads; the first column is text."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return _scrolled(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>", name)


def sayings(pairs: Iterable[tuple[str, str]]) -> str:
    """Terms and their descriptions."""
    inner = "".join(f"<tr><td>{escape(word)}</td><td>{escape(said)}</td></tr>" for word, said in pairs)
    return f'<table class="words"><tbody>{inner}</tbody></table>'


def quiet(text: str) -> str:
    """A remark in a line of its own."""
    return f'<p class="quiet">{escape(text)}</p>'


def folded(title: str, markup: str) -> str:
    """Markup under a title that opens on a click."""
    return f"<details><summary>{escape(title)}</summary>{markup}</details>"


def code(text: str, name: str) -> str:
    """A text in a typewriter's letters, as it is."""
    return f'<pre tabindex="0" role="group" aria-label="{escape(name)}">{escape(text)}</pre>'
