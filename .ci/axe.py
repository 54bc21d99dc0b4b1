"""Tries the site and reports with axe-core in Chromium: light, dark, and on a phone.

    python .ci/axe.py [PAGES ...]

Without pages: some of every kind of the site in site/ (`make site`), and reports that it writes. axe-core comes from
npm, into build/axe; a browser named chromium or google-chrome must be there. Lists violations, and exits with 1 if
there are any.
"""

from __future__ import annotations

import contextlib
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from ionqdsl.cli import main as ionqdsl

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "build" / "axe"
PLACES = (
    "", "tutorial/", "vqe/", "language/", "gates/", "library/", "library/fourier/", "cli/", "api/", "api/circuits/",
    "errors/", "errors/QC0203/", "benchmarks/", "examples/", "examples/chain/", "changelog/",
)  # fmt: skip
REPORTS = {
    "chain.html": ["examples/chain.qc", "--target", "forte"],
    "qaoa.html": ["examples/qaoa.qc", "--target", "aria"],
    "energy.html": ["examples/h2.qc", "--sweep", "theta=[2.5,3,3.5]"],
}
VIEWS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"},
}
RUN = "axe.run().then(found => found.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 160))]))"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Nothing."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on this computer."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def tried(browser: Browser, address: str) -> int:
    """The number of violations on a page, in all views; wider than the screen counts too."""
    count = 0
    for view, options in VIEWS.items():
        page = browser.new_page(**options)
        page.goto(address)
        page.wait_for_timeout(300)  # the theme adds its buttons
        page.add_script_tag(path=str(AXE / "node_modules" / "axe-core" / "axe.min.js"))
        found = page.evaluate(RUN)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(["wider than the screen", []])
        for rule, nodes in found:
            print(f"{address} ({view}): {rule}", *nodes[:3], sep="\n  ")
        count += len(found)
        page.close()
    return count


def main(addresses: list[str]) -> int:
    """1 if there are violations."""
    browsers = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    if not (AXE / "node_modules").exists():
        subprocess.run(["npm", "install", "--silent", "--prefix", str(AXE), "axe-core@4"], check=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as engine, served(ROOT / "site") as site:
        for name, words in REPORTS.items():
            ionqdsl(["report", str(ROOT / words[0]), *words[1:], "-q", "-o", str(Path(folder) / name)])
        own = [site + place for place in PLACES] + [(Path(folder) / name).as_uri() for name in REPORTS]
        browser = engine.chromium.launch(executable_path=next(browsers), args=["--no-sandbox"])
        count = sum(tried(browser, address) for address in addresses or own)
        browser.close()
    print(f"{len(addresses or own)} pages in {len(VIEWS)} views: {count} violations")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
