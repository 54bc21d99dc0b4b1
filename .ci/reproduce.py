"""Builds the sources and the wheel twice, in different folders and with different hash seeds, and compares the bytes.

    python .ci/reproduce.py                  # needs `build`; it fetches the tools of the build
    python .ci/reproduce.py --no-isolation   # with the tools that are installed here
    python .ci/reproduce.py -o dist          # also keeps the files built

Prints the digest of each file, which anybody can compare with that of the published one. The time in the files is that
of the commit, or SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("one", "another-folder-with-a-longer-name")


def copied(folder: Path) -> None:
    """Copies the files of the work tree that git does not ignore."""
    for name in _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def built(folder: Path, seed: int, flags: list[str]) -> dict[str, bytes]:
    """The files that a build in a folder makes, by name."""
    moment = os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct").strip()
    environment = {**os.environ, "SOURCE_DATE_EPOCH": moment, "PYTHONHASHSEED": str(seed)}
    environment.pop("PYTHONPATH", None)
    subprocess.run([sys.executable, "-m", "build", *flags, "."], cwd=folder, env=environment, check=True)
    return {path.name: path.read_bytes() for path in sorted((folder / "dist").iterdir())}


def members(name: str, content: bytes) -> dict[str, bytes]:
    """The files in an archive, with all that the archive says about them."""
    if name.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {one.filename: repr(one).encode() + archive.read(one) for one in archive.infolist()}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {
            one.name: repr((one.mtime, one.mode, one.uid, one.uname)).encode()
            + (archive.extractfile(one).read() if one.isfile() else b"")  # type: ignore[union-attr]
            for one in archive
        }


def difference(name: str, one: bytes, other: bytes) -> str:
    """The members in which two archives differ."""
    first, second = members(name, one), members(name, other)
    differing = sorted(path for path in {*first, *second} if first.get(path) != second.get(path))
    return f"{name} differs: {', '.join(differing) or 'the archive itself'}"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def main() -> int:
    """Builds, compares and shows; 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-isolation", action="store_true", help="build with the tools that are installed here")
    parser.add_argument("-o", dest="output", type=Path, help="keep the files in this folder")
    arguments = parser.parse_args()
    flags = ["--no-isolation"] if arguments.no_isolation else []
    with tempfile.TemporaryDirectory() as temporary:
        results = []
        for seed, name in enumerate(NAMES, 1):
            folder = Path(temporary) / name
            copied(folder)
            results.append(built(folder, seed, flags))
    one, other = results
    wrong = [difference(name, one[name], other[name]) for name in one if one[name] != other[name]]
    for name, content in one.items():
        print(f"{hashlib.sha256(content).hexdigest()}  {name}  {len(content):,} bytes")
        if arguments.output is not None:
            arguments.output.mkdir(parents=True, exist_ok=True)
            (arguments.output / name).write_bytes(content)
    print("\n".join(wrong) or "built twice: the same bytes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
