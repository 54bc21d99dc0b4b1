"""Makes the site out of docs/: mkdocs calls these functions while it builds.

Pages that are made from the code are in pages.py, links that leave docs/ in links.py, programs with their links to the
playground in listings.py, the plots of the benchmarks in plots.py, the live example of the start page in live.py. The
site has its colours from `ionqdsl.emit.colours`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Link

from ionqdsl.cli import main
from website import links, listings, live, look, pages, plots

ALONE = ("benchmarks.md", "examples.md", "changelog.md")
"""Pages that are a section by themselves: a list of one page says nothing."""

WEIGHTS = {
    "errors/": 2, "gates": 4, "tutorial": 2, "language": 2, "python": 2,
    "architecture": 0.1, "benchmarks": 0.2, "changelog": 0.2, "contribut": 0.2, "routing": 0.3,
}  # fmt: skip
"""Pages by the beginning of their names that the search ranks higher or lower: readers before developers."""

BUTTONS = (
    '<p class="begin"><a class="md-button md-button--primary" href="tutorial/">The first hour</a> '
    '<a class="md-button" href="playground/">Open the playground</a></p>'
)


def on_config(config: Any) -> Any:
    """Has programs shown by listings.py, and adds the stylesheet and the script of the site."""
    config.mdx_configs.setdefault("pymdownx.superfences", {})["custom_fences"] = listings.fences()
    config.extra_css.append("assets/site.css")
    config.extra_javascript.append("assets/site.js")
    return config


def on_files(files: Files, config: Any) -> Files:
    """Replaces pages by richer ones, and adds those that are made from the code."""
    about = files.get_file_from_path("playground.md")
    if about is not None:
        about.dest_uri = "about-the-playground/index.html"  # playground/ is the playground itself
    made = {**pages.made(), **look.files()}
    for path, text in made.items():
        old = files.get_file_from_path(path)
        if old is not None:
            files.remove(old)
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Turns links into links of the site, and adds pictures, plots and the live example at their places."""
    listings.depth_of(page.url)
    text = links.pictured(links.moved(markdown, page.file.src_uri), Path(config.docs_dir))
    if page.file.src_uri == "benchmarks.md":
        text = plots.folded(plots.added(text))
    weight = next((weight for start, weight in WEIGHTS.items() if page.file.src_uri.startswith(start)), 1)
    page.meta["search"] = {"boost": weight}
    if page.file.src_uri in ALONE:
        page.meta["hide"] = ["navigation"]
    if page.file.src_uri == "index.md":
        page.meta["hide"] = ["navigation", "toc"]
        text = live.added(text.replace("<!-- live -->", f"{BUTTONS}\n\n<!-- live -->"))
    return text


def on_nav(nav: Any, config: Any, files: Files) -> Any:
    """Adds the playground to the sections: it is no page of mkdocs."""
    nav.items.insert(1, Link("Playground", "playground/"))
    return nav


def on_page_content(html: str, page: Any, config: Any, files: Files) -> str:
    """Makes cells of empty heads: a head has a name."""
    return html.replace("<th></th>", "<td></td>")


def on_post_build(config: Any) -> None:
    """Adds the playground, and checks that every link of the site leads somewhere.

    Pyodide comes from its public site, unless the variable PYODIDE names a folder with it.
    """
    site = Path(config.site_dir)
    own = ["--pyodide", os.environ["PYODIDE"]] if os.environ.get("PYODIDE") else []
    if main(["playground", "--static", str(site / "playground"), "-q", *own]):
        raise SystemExit("the playground could not be written")
    setup = site / "playground" / "setup.json"
    setup.write_text(json.dumps({**json.loads(setup.read_text()), "home": "../"}))
    links.check(site)
