"""Writes every generated file of the project: `python generate`, or `make generate`.

Each generator is a module in this folder with `files()`, which returns paths and their texts. `--check` writes nothing,
names the stale files, and exits with 1 if there are any. `--costs` measures those of the standard library. Published
figures that are older than the compiler are named too; they are no error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "generate"), str(ROOT / "tests")]

import figures  # noqa: E402
import fluent  # noqa: E402
import library  # noqa: E402
import library_page  # noqa: E402
import pages  # noqa: E402
import routing_page  # noqa: E402
import textmate  # noqa: E402

GENERATORS = (fluent, textmate, pages, library_page, routing_page)
"""In this order: the map in a page quotes the modules, the written ones among them."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="generate", description="Writes every generated file of the project.")
    parser.add_argument("--check", action="store_true", help="write nothing, name the files that are stale")
    parser.add_argument("--costs", action="store_true", help="only the costs of the standard library, in a minute")
    arguments, found = parser.parse_args(), 0
    is_check = arguments.check
    for generator in (library,) if arguments.costs else GENERATORS:
        for path, text in generator.files().items():
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            found += 1
            name = path.relative_to(ROOT).as_posix()
            if not is_check:
                path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{name} is stale: run `make generate`" if is_check else f"wrote {name}")
    for note in () if arguments.costs else figures.notes():
        print(note)
    return 1 if found and is_check else 0


if __name__ == "__main__":
    sys.exit(main())
