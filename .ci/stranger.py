"""The path of a stranger: from nothing to the plot of a VQE in three commands, and the transcript.

    python .ci/stranger.py [--wheels DIST] [--write]

The environment is empty: no home, no variables, a Python without packages. pip takes ionqdsl from the wheels in DIST,
which `python -m build --wheel` has written, and everything else from its index. Exits with 1 if a command fails, if
there is no plot at the end, or if it takes more than five minutes. `--write` writes the transcript and the plot into
docs/.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "minutes.md"
COMMANDS = ("pip install 'ionqdsl[optimize]'", "ionqdsl init", "ionqdsl minimize h2.qc --plot h2.svg")
LIMIT = 300
"""Seconds."""


def walk(wheels: Path, home: Path) -> tuple[str, float]:
    """The transcript, and the seconds that all commands took."""
    python = home / "python"
    subprocess.run([sys.executable, "-m", "venv", python], check=True)
    path = os.pathsep.join([str(python / "bin"), "/usr/bin", "/bin"])
    bare = {"HOME": str(home), "PATH": path, "PIP_FIND_LINKS": str(wheels), "LANG": "C.UTF-8"}
    bare |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_INDEX", "PIP_EXTRA", "SSL_"))}
    transcript, began = "", time.monotonic()
    for command in COMMANDS:
        start = time.monotonic()
        done = subprocess.run(
            ["sh", "-c", command], cwd=home, env=bare, capture_output=True, text=True, encoding="utf-8", check=False
        )
        said = "" if command.startswith("pip ") else done.stdout
        transcript += f"$ {command}\n{said}"
        print(f"$ {command}\n{done.stdout}{done.stderr}({time.monotonic() - start:.0f} s)\n", flush=True)
        if done.returncode:
            raise SystemExit(f"`{command}` ended with {done.returncode}")
    return transcript, time.monotonic() - began


def main() -> int:
    """1 where the path does not lead to a plot in time."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--wheels", type=Path, default=ROOT / "dist")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        transcript, seconds = walk(arguments.wheels.resolve(), Path(folder))
        plot = (Path(folder) / "h2.svg").read_text(encoding="utf-8")
    print(f"three commands took {seconds:.0f} s")
    if arguments.write:
        block = f"```console\n{transcript}```\n"
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(re.sub(r"```console\n.*?```\n", lambda _: block, text, flags=re.DOTALL), encoding="utf-8")
        (ROOT / "docs" / "h2.svg").write_text(plot, encoding="utf-8")
    return 0 if plot.startswith("<svg") and seconds <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
