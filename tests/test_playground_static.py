"""The page without a server: its files, and the page in a real browser, which runs ionqdsl by Pyodide.

Would catch a file that is missing or not the same twice, a library that the browser cannot import, an address that
works only at the root of a site, a page that cannot be used before Python is there, an answer that differs from that of
this computer, and a folder of somebody else that is overwritten. Pyodide is that of `make build/pyodide/package`, or in
the folder that IONQDSL_PYODIDE names, with numpy or without.
"""

from __future__ import annotations

import functools
import http.server
import importlib
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from ionqdsl.cli import main
from ionqdsl.diagnostics import UsageError
from ionqdsl.playground import folder
from ionqdsl.playground.answers import answer
from ionqdsl.playground.tasks import Answering, LateLibraries

PYODIDE = Path(os.environ.get("IONQDSL_PYODIDE") or Path(__file__).parents[1] / "build" / "pyodide" / "package")
HAS_NUMPY = any(PYODIDE.glob("numpy-*.whl"))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    return folder.files()


# -- the files --------------------------------------------------------------------------------------------------------


def test_every_address_in_the_files_is_one_of_them(contents: dict[str, bytes]) -> None:
    named = {"page.css", "page.js", "worker.js"}
    for name, content in contents.items():
        if name.endswith(".js") and name != "codemirror.js":
            named |= {part.split('"')[0] for part in content.decode().split('from "./')[1:]}
    settings = json.loads(contents["setup.json"])["browser"]
    named |= {settings["libraries"], *settings["late"].values()}
    assert named <= set(contents)
    assert settings["pyodide"].startswith("https://cdn.jsdelivr.net/pyodide/v")
    assert sum(map(len, contents.values())) < 8_000_000


def test_the_same_libraries_every_time(contents: dict[str, bytes]) -> None:
    assert folder._zipped(folder._library("mpmath")) == contents["mpmath.zip"]


def test_the_libraries_work_without_this_installation(contents: dict[str, bytes], tmp_path: Path) -> None:
    """In another process that sees only numpy and the archive."""
    zipfile.ZipFile(io.BytesIO(contents["ionqdsl.zip"])).extractall(tmp_path)
    program = """
import importlib.util, json, pathlib, sys
sys.path.append(sys.argv[1])
place = pathlib.Path(sys.argv[2])
found = importlib.util.spec_from_file_location("numpy", place, submodule_search_locations=[str(place.parent)])
sys.modules["numpy"] = importlib.util.module_from_spec(found)
found.loader.exec_module(sys.modules["numpy"])
from ionqdsl.playground.tasks import FIRST, Answering
print(Answering().reply(json.dumps(["answer", FIRST])))
"""
    words = [sys.executable, "-I", "-S", "-c", program, str(tmp_path), np.__file__]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["outcome"]["result"]["probabilities"] == pytest.approx({"0": 0.5, "1": 0.5})
    assert found["payload"]["body"]
    assert {"sympy/core/__init__.py", "sympy/testing/__init__.py"} <= set(
        zipfile.ZipFile(io.BytesIO(contents["sympy.zip"])).namelist()
    )


def test_late_libraries_are_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []

    def fetch(name: str) -> None:
        fetched.append(name)
        (tmp_path / f"{name}.py").write_text("value = 3\n")

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.syspath_prepend(str(tmp_path))
    LateLibraries(["late_one", "late_two"], fetch)
    assert importlib.util.find_spec("nowhere_at_all") is None
    assert importlib.import_module("late_one").value == 3
    monkeypatch.delitem(sys.modules, "late_one")
    importlib.import_module("late_one")
    assert fetched == ["late_one"]
    monkeypatch.delitem(sys.modules, "late_one")


def test_an_answer_is_the_same_as_json() -> None:
    request = {"text": "qubit q\nx q\n", "parts": ["outcome"]}
    assert json.loads(Answering().reply(json.dumps(["answer", request]))) == json.loads(json.dumps(answer(request)))


def test_a_folder_of_somebody_else_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {"setup.json": b'{"browser": {}}', "deep/page.js": b"new"}
    monkeypatch.setattr(folder, "files", lambda pyodide, path: written)
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["playground", "--static", str(tmp_path)]) == 2
    assert "QC1157" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    page = tmp_path / "new" / "page"
    assert main(["playground", "--static", str(page)]) == 0
    (page / "deep" / "page.js").write_text("old")
    assert main(["playground", "--static", str(page), "--json"]) == 0
    assert (page / "deep" / "page.js").read_text() == "new"
    (page / "setup.json").write_text("[1]")  # of another program
    assert main(["playground", "--static", str(page)]) == 2


@pytest.mark.parametrize("flags", [["--pyodide", "x"], ["--static", "x", "--port", "8000"]])
def test_flags_that_do_not_go_together(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["playground", *flags]) == 2
    assert "QC1200" in capsys.readouterr().err


def test_what_is_no_pyodide(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"QC1158.*pyodide.mjs"):
        folder.files(str(tmp_path))
    for name in (*folder.RUNTIME, "pyodide.asm.js", "package.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(UsageError, match=r"QC1158.*numpy"):
        folder.files(str(tmp_path))


# -- in a browser -----------------------------------------------------------------------------------------------------


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page somewhere on a site, with Pyodide next to it."""
    root = tmp_path_factory.mktemp("site")
    assert main(["playground", "--static", str(root / "some" / "where"), "--pyodide", str(PYODIDE)]) == 0
    handler = functools.partial(_Handler, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/some/where/"
        server.shutdown()
        thread.join()


WRONG = "qubit q[2]\nrx(pi/2) q[0], q[1]\n"
RIGHT = "qubit q[2]\nry(0.6) q[0]\ncnot q[0], q[1]\n"


@pytest.mark.skipif(CHROMIUM is None or not PYODIDE.is_dir(), reason="no Chromium or no Pyodide here")
def test_the_browser_runs_it(site: str) -> None:
    """A link opens its program; the text can be read and edited before Python is there, and is checked after that."""
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        if not HAS_NUMPY:
            page.route("**/numpy-*", lambda route: route.abort())
        page.goto(f"{site}#code={quote(WRONG)}")
        page.wait_for_selector("html[data-engine=loading] .cm-line span", timeout=30_000)
        assert "edited meanwhile" in page.inner_text("#status")
        page.focus("#text")
        page.keyboard.press("Control+End")
        page.keyboard.type("# here")
        page.wait_for_selector("#messages button.said", timeout=120_000)
        (wrong,) = answer({"text": f"{WRONG}# here"})["diagnostics"]
        assert page.inner_text("#messages button.said").replace("\n", " ").startswith("error: Line 2")
        assert page.inner_text("#messages .why summary").endswith(wrong["code"])
        page.fill("#text", RIGHT)
        page.wait_for_selector("#written svg")
        page.wait_for_function("() => document.querySelector('#outcome').textContent", timeout=60_000)
        shown = page.text_content("#outcome")
        if HAS_NUMPY:
            expected = answer({"text": RIGHT, "parts": ["outcome"]})["outcome"]["result"]["probabilities"]
            assert all(f"{key}: {share:.6g}" in shown for key, share in expected.items())
            _fetches(page)
            _stops(page)
        else:
            assert "QC1156" in shown
        foreign = [url for url in asked if not url.startswith((site, "blob:", "data:"))]
        assert foreign == [] or (not HAS_NUMPY and all("numpy" in url for url in foreign))
        browser.close()


def _fetches(page: Any) -> None:
    """A library that few programs need is there when one does: an angle that is not linear in a parameter."""
    page.fill("#text", "param a = pi/2\nqubit q\nrx(pi*sin(a)) q\n")
    page.wait_for_function("() => document.querySelector('#outcome').textContent.includes('1: 1')", timeout=120_000)


def _stops(page: Any) -> None:
    """Work that takes long is stopped, and Python starts anew."""
    page.fill("#text", "qubit q[2]\nfor i in range(3000) { for j in range(3000) { rx(0.1*i + j) q[0] } }\n")
    page.get_by_role("button", name="Stop").click(timeout=30_000)
    page.wait_for_function("() => document.documentElement.dataset.engine === 'loading'")
    page.fill("#text", "qubit q\nx q\n")
    page.wait_for_function("() => document.querySelector('#outcome').textContent.includes('1: 1')", timeout=120_000)
