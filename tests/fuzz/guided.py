"""The same kinds of input, guided by coverage: `make fuzz ENGINE=atheris ARGS="--kind openqasm"`.

atheris (libFuzzer for Python) keeps every input that reaches code no other one reached, and changes those further, with
the changes of the kind. It is slower per input, as ionqdsl's code counts its steps, and finds its way into deep
branches that changes of known inputs alone miss.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ionqdsl"]):
    from tests.fuzz import places
    from tests.fuzz.__main__ import KINDS, keep
    from tests.fuzz.judging import fault, name_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=tuple(KINDS), default="openqasm")
    arguments = parser.parse_args()
    kind, found, tried = KINDS[arguments.kind], set[str](), 0
    until = time.monotonic() + 60 * arguments.minutes

    def judge(data: bytes) -> None:
        nonlocal tried
        if time.monotonic() > until:
            print(f"seed {arguments.seed}: {tried:,} inputs, {len(found)} faults; {arguments.kind}", flush=True)
            places.leave()
            shutil.rmtree(corpus, ignore_errors=True)
            os._exit(bool(found))  # libFuzzer would take an exception for a fault
        tried += 1
        text = data.decode("utf-8", "surrogateescape")
        what = fault(kind.judge, text)
        if what and name_of(what) not in found:
            found.add(name_of(what))
            path = keep(arguments.kind, text, what, f"guided-{arguments.seed}-{tried}")
            print(f"{arguments.kind}: {what}\n  {path}", flush=True)

    def change(data: bytes, most: int, seed: int) -> bytes:
        text = kind.change(data.decode("utf-8", "surrogateescape"), kind.corpus, random.Random(seed))
        return text.encode("utf-8", "surrogatepass")[:most]

    corpus = Path(tempfile.mkdtemp(dir=places.FOLDER.parent, prefix="ionqdsl-corpus-"))
    for number, text in enumerate(kind.corpus):
        (corpus / str(number)).write_bytes(text.encode("utf-8", "surrogatepass"))
    options = [f"-seed={arguments.seed}", "-max_len=20000", "-print_final_stats=0", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], judge, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
