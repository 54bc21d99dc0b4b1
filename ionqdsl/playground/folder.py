"""Makes the page as files that any web server can host: the browser itself runs ionqdsl, by Pyodide.

Takes perhaps a folder with Pyodide, as the npm package of that name has it, and returns names and contents. All
addresses in them are relative. Python's libraries are those of this installation, packed without their tests. Without a
folder of Pyodide the page loads it from Pyodide's own site, as it does numpy if the folder has no wheel of it.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

import ionqdsl
import ionqdsl.pipeline as stages
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.language.lark_parser import SAVED, save_tables
from ionqdsl.playground.messages import alone
from ionqdsl.playground.setup import PAGE, setup

PYODIDE = "314.0.7"
"""The version that the page loads from Pyodide's site: of npm, and of https://github.com/pyodide/pyodide/releases."""

SITE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
"""The public address of a version, from https://pyodide.org/en/stable/usage/downloading-and-deploying.html."""

SECONDS = 60
"""Longest time for an answer in the browser, in seconds: its Python is several times slower than one on a computer."""

RUNTIME = ("pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
"""Pyodide's files besides one of `PROGRAMS`."""

PROGRAMS = ("pyodide.asm.mjs", "pyodide.asm.js")
"""Names that Pyodide's program has in different versions."""

LATE = ("sympy", "mpmath")
"""Libraries that are fetched when a program needs them: few do."""

_POLICY = (
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'",
)

_LEFT_OUT = frozenset({"__pycache__", "tests", "benchmarks", "static"})
_EPOCH = (1980, 1, 1, 0, 0, 0)


def files(pyodide: str | None = None, path: str | None = None) -> dict[str, bytes]:
    """The files by their names within the folder; `path` is a program to begin with.

    Raises UsageError if that cannot be read, or if the folder `pyodide` lacks files of Pyodide (QC1158).
    """
    found, numpy = ({}, None) if pyodide is None else _runtime(Path(pyodide))
    contents = {"index.html": _page(), **{name: _static(name) for name in (*PAGE, "worker.js")}}
    contents["ionqdsl.zip"] = _zipped(chain(_own(), _library("lark")))
    for name in LATE:
        contents[f"{name}.zip"] = _zipped(_library(name))
    browser: dict[str, Any] = {
        "pyodide": SITE.format(version=PYODIDE) if pyodide is None else "pyodide/",
        "libraries": "ionqdsl.zip",
        "late": {name: f"{name}.zip" for name in LATE},
        "numpy": numpy,
        "seconds": SECONDS,
        "tooLate": alone(Diagnostic("QC1154", facts={"seconds": str(SECONDS)})),
        "broken": alone(Diagnostic("QC1155", facts={"kind": "its worker ended"})),
    }
    contents |= {f"pyodide/{name}": content for name, content in found.items()}
    initial = setup(None, None) | {"browser": browser}
    if path is not None:
        own = {"name": Path(path).stem, "text": stages.read(path).text, "place": None}
        initial["examples"] = [own, *initial["examples"]]
    contents["setup.json"] = json.dumps(initial).encode()
    return contents


def is_page(setup_text: str) -> bool:
    """Whether the text is the `setup.json` of a page made here, whose folder may be written again."""
    try:
        return "browser" in json.loads(setup_text)
    except (ValueError, TypeError):
        return False


def _page() -> bytes:
    """The page, which may load nothing but its own files; its worker has no such limit."""
    head = b'<meta charset="utf-8">'
    return _static("page.html").replace(
        head, head + f'\n<meta http-equiv="{_POLICY[0]}" content="{_POLICY[1]}">'.encode()
    )


def _static(name: str) -> bytes:
    return (Path(__file__).parent / "static" / name).read_bytes()


# -- Python's libraries ------------------------------------------------------------------------------------------------

_Member = tuple[str, bytes]
"""A path in an archive, and the content there."""


def _own() -> Iterator[_Member]:
    """The package itself, as a wheel has it, with the grammars' tables."""
    package = Path(ionqdsl.__file__).parent
    yield from _tree(package, "ionqdsl")
    for name in ("grammar", "examples"):  # in a clone they stand next to the package
        if not (package / name).is_dir():
            yield from _tree(package.parent / name, f"ionqdsl/{name}")
    if not all((package / name).is_file() for name in SAVED):
        with tempfile.TemporaryDirectory() as folder:
            save_tables(folder)
            yield from ((f"ionqdsl/{name}", (Path(folder) / name).read_bytes()) for name in SAVED)


def _tree(folder: Path, name: str) -> Iterator[_Member]:
    """The files below a folder that Python needs in the browser."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        is_left_out = path.suffix in (".so", ".pyd", ".pyc") or not _LEFT_OUT.isdisjoint(inside.parts)
        if path.is_file() and not is_left_out:
            yield f"{name}/{inside.as_posix()}", path.read_bytes()


def _library(name: str) -> Iterator[_Member]:
    """An installed library without its tests, and its licence."""
    found = find_spec(name)
    assert found is not None  # this package requires it
    assert found.origin is not None
    for member, content in _tree(Path(found.origin).parent, name):
        if member.endswith((".py", ".lark")):
            yield member, content
    for file in sorted(distribution(name).files or []):
        if file.name.startswith(("LICENSE", "COPYING")) and ".." not in file.parts:
            yield file.as_posix(), Path(str(file.locate())).read_bytes()


def _zipped(members: Iterable[_Member]) -> bytes:
    """An archive of the members, the same bytes every time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


# -- Pyodide -----------------------------------------------------------------------------------------------------------


def _runtime(folder: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """Pyodide's files, and the address of numpy with its digest. Raises UsageError."""
    program = next((name for name in PROGRAMS if (folder / name).is_file()), PROGRAMS[0])
    needed = (*RUNTIME, program, "package.json")
    if missing := [name for name in needed if not (folder / name).is_file()]:
        raise _no_pyodide(folder, missing)
    found = {name: (folder / name).read_bytes() for name in needed}
    try:
        version = json.loads(found.pop("package.json"))["version"]
        listed = json.loads(found["pyodide-lock.json"])["packages"]["numpy"]
        wheel, digest = os.path.basename(listed["file_name"]), str(listed["sha256"])
    except (ValueError, KeyError, TypeError):
        raise _no_pyodide(folder, ["numpy in pyodide-lock.json"]) from None
    address = SITE.format(version=version) + wheel
    if (folder / wheel).is_file():
        found[wheel] = (folder / wheel).read_bytes()
        address = f"pyodide/{wheel}"
    return found, {"url": address, "sha256": digest}


def _no_pyodide(folder: Path, missing: list[str]) -> UsageError:
    return UsageError([Diagnostic("QC1158", facts={"folder": str(folder), "missing": ", ".join(missing)})])
