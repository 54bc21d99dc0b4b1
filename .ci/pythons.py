"""Runs the tests on every other Python of this computer, each in a separate environment.

    python .ci/pythons.py            # in brief: see `--brief` in tests/conftest.py
    python .ci/pythons.py --newest   # only the newest of them, as the gate does
    python .ci/pythons.py --full
    python .ci/pythons.py --set-up   # only the environments
    python .ci/pythons.py --list     # only lists the Pythons

The Pythons are those from 3.11 on that the command search path, pyenv and uv know, one of each minor version, except
the one that runs this script, which `make test` has tested. A Python counts if it runs and can make environments; a
shim that only reports a missing version does not.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
ABOUT = (
    "import ensurepip, json, sqlite3, ssl, sys, venv;"
    "print(json.dumps([sys.implementation.name, *sys.version_info[:3], sys.version_info.releaselevel,"
    " getattr(sys, '_is_gil_enabled', lambda: True)()]))"
)


def candidates() -> list[str]:
    """Everything that may be a Python, without having been tried."""
    found = [
        str(path)
        for folder in os.environ.get("PATH", "").split(os.pathsep)
        if folder
        for path in sorted(Path(folder).glob("python3.*"))
        if re.fullmatch(r"python3\.\d+", path.name)
    ]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found += map(str, sorted(pyenv.glob("versions/*/bin/python3")))
    uv = shutil.which("uv")
    if uv:
        words = [uv, "python", "list", "--only-installed", "--output-format", "json"]
        listed = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        try:
            found += [str(entry["path"]) for entry in json.loads(listed.stdout) if entry.get("path")]
        except (ValueError, TypeError, KeyError):
            print("uv says nothing that could be read, so its Pythons are left out")
    return list(dict.fromkeys(found))


def version_of(python: str) -> tuple[int, int, int] | None:
    """The version of a CPython that runs and can make environments, None for anything else."""
    try:
        told = subprocess.run([python, "-I", "-c", ABOUT], capture_output=True, text=True, timeout=60, check=False)
        name, major, minor, micro, level, has_lock = json.loads(told.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    is_usual = name == "cpython" and level == "final" and has_lock
    return (major, minor, micro) if is_usual and (major, minor) >= OLDEST else None


def pythons() -> dict[tuple[int, int], tuple[tuple[int, int, int], str]]:
    """The latest Python of each minor version, with its whole version."""
    found: dict[tuple[int, int], tuple[tuple[int, int, int], str]] = {}
    for python in candidates():
        version = version_of(python)
        if version is not None and version > found.get(version[:2], ((0, 0, 0), ""))[0]:
            found[version[:2]] = (version, python)
    return dict(sorted(found.items()))


def declared() -> set[tuple[int, int]]:
    """The minor versions that the project says it runs on."""
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    found = (re.fullmatch(r"Programming Language :: Python :: (\d+)\.(\d+)", line) for line in lines)
    return {(int(match[1]), int(match[2])) for match in found if match}


def environment(name: str, python: str) -> str | None:
    """The Python of an environment with the project and the packages of its tests; None where that cannot be had."""
    folder = ROOT / f".venv-{name}"
    own = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    ready = folder / "ready"
    newest = max((ROOT / file).stat().st_mtime for file in ("pyproject.toml", "hatch_build.py", "grammar/qc.lark"))
    if ready.exists() and ready.stat().st_mtime > newest and version_of(str(own)) is not None:
        return str(own)
    print(f"setting up {folder.name} ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    uv = shutil.which("uv")
    words = [uv, "pip", "install", "--python", str(own)] if uv else [str(own), "-m", "pip", "install"]
    words += ["--quiet", "--editable", ".[test]"]
    if subprocess.run(words, cwd=ROOT, check=False).returncode:
        return None
    ready.touch()
    return str(own)


def others(found: dict[tuple[int, int], tuple[tuple[int, int, int], str]]) -> Iterator[tuple[str, str | None]]:
    """Names and environments, the newest first; None for one that should be had and cannot."""
    for short, (_, python) in reversed(found.items()):
        name = ".".join(map(str, short))
        if short == sys.version_info[:2]:
            print(f"{name}: `make test` tries it")
            continue
        own = environment(name, python)
        if own is None and short not in declared():
            print(f"{name}: NOT TRIED, as something the tests need cannot be had for it yet")
        else:
            yield name, own


def main(words: list[str]) -> int:
    """Tries them all; 1 where one fails."""
    found = pythons()
    for version, python in found.values():
        print(f"Python {'.'.join(map(str, version))}: {python}")
    if "--list" in words:
        return 0
    failed: list[str] = []
    for name, own in islice(others(found), 1 if "--newest" in words else None):
        if "--set-up" in words and own is not None:
            continue
        began = time.monotonic()
        line = [str(own), "-m", "pytest", "-n", "2", "-p", "no:cacheprovider"]
        line += [] if "--full" in words else ["--brief"]
        if own is None or subprocess.run(line, cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"{name}: {'FAILED' if name in failed else 'passed'} ({time.monotonic() - began:.0f} s)", flush=True)
    missing = [".".join(map(str, short)) for short in sorted(declared() - found.keys())]
    if missing:
        print(f"not on this computer: {', '.join(missing)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
