"""How long the language server takes to answer after an edit, over its standard input and output.

    python -m tests.bench.language_server [LINES] [EDITS]

A generated program of so many lines (5,000 unless told) is opened next to a file it includes; for each request, a line
in its middle is edited and the time of the answer taken, eleven times unless told. Printed are the median by the clock
and the mean of the server's processor time, in milliseconds; checks and formatting in the background are another
process, whose time only the clock shows.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.language_client import Client

EDITS = 11


def program(lines: int) -> str:
    """Constants, blocks, comments and gates, a third of them on names of their own."""
    body = [
        f"const a{k} = {k} * pi / 7\nrx(a{k}) q[{k % 5}]  # {k}\nif a{k} > 2 {{ flip(a{k}) q }}"
        for k in range(lines // 3)
    ]
    return 'include "lib.qc"\nqubit q[5]\n' + "\n".join(body) + "\n"


def seconds_of(process: int) -> float:
    """Processor time of a process so far; Linux only."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(lines: int, edits: int = EDITS) -> None:
    """Prints one line a request, and one for the diagnostics after an edit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "lib.qc").write_text("gate flip(angle) a { rx(angle) a }\n")
        uri, text = (folder / "main.qc").as_uri(), program(lines)
        (folder / "main.qc").write_text(text)
        client = Client(folder, judges=False)
        begin = time.perf_counter()
        client.open(uri, text)
        client.diagnostics(uri, 1)
        print(f"{'diagnostics, opened':22} {1000 * (time.perf_counter() - begin):7.1f}", flush=True)
        middle = lines // 2 // 3 * 3 + 3
        column = text.split("\n")[middle].index("(") + 2 if "(" in text.split("\n")[middle] else 8
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": lines, "character": 0}}
        screen = {"start": {"line": middle - 30, "character": 0}, "end": {"line": middle + 30, "character": 0}}
        asked: dict[str, dict[str, Any]] = {
            "hover": {},
            "definition": {},
            "references": {"context": {"includeDeclaration": True}},
            "documentHighlight": {},
            "prepareRename": {},
            "rename": {"newName": "fresh"},
            "documentSymbol": {},
            "inlayHint": {"range": screen},
            "inlayHint ": {"range": whole},
            "completion": {},
            "signatureHelp": {},
            "foldingRange": {},
            "selectionRange": {"positions": [{"line": middle, "character": column}]},
            "semanticTokens/full": {},
            "semanticTokens/range": {"range": screen},
            "formatting": {"options": {"tabSize": 2, "insertSpaces": True}},
            "codeLens": {},
        }
        version = 1
        for method, more in asked.items():
            times = []
            busy = seconds_of(client.process.pid)
            for _ in range(edits):
                version += 1
                place = {"line": middle, "character": 0}
                client.change(uri, version, {"range": {"start": place, "end": place}, "text": " "})
                begin = time.perf_counter()
                client.about(method.strip(), uri, middle, column + version - 1, **more)
                times.append(time.perf_counter() - begin)
            busy = (seconds_of(client.process.pid) - busy) / edits
            print(f"{method:22} {1000 * sorted(times)[edits // 2]:7.1f} {1000 * busy:7.1f}", flush=True)
        times = []
        for _ in range(edits):
            version += 1
            begin = time.perf_counter()
            client.change(uri, version, {"range": {"start": place, "end": place}, "text": " "})
            client.diagnostics(uri, version)
            times.append(time.perf_counter() - begin)
        print(f"{'diagnostics, edited':22} {1000 * sorted(times)[edits // 2]:7.1f}", flush=True)
        begin = time.perf_counter()
        client.ask("workspace/symbol", {"query": "a12"})
        print(f"{'workspace/symbol':22} {1000 * (time.perf_counter() - begin):7.1f}")
        client.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3] if len(sys.argv) > 1 else ("5000",)))
