"""The table of all diagnostics: one `Code` each, one file per family.

A code has a message and helps, templates over the facts that the reporting code gives, and a long explanation with a
program that provokes it. `ionqdsl explain CODE`, the error index and the tests read the same table. Most commands have
nothing to report: a family's file is loaded when one of its numbers is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from ionqdsl.diagnostics.codes.code import Code

__all__ = ["CODES", "FAMILIES", "Code"]

FAMILIES: Mapping[str, tuple[range, ...]] = {
    "syntax": (range(100, 200),),
    "names": (range(200, 300), range(346, 347)),
    "declarations": (range(200, 300),),
    "values": (range(300, 400),),
    "program": (range(280, 281), range(400, 500)),
    "tests": (range(260, 261), range(440, 460)),
    "settings": (range(400, 500),),
    "limits": (range(500, 600),),
    "machine": (range(600, 700),),
    "outcomes": (range(950, 953), range(1180, 1188)),
    "energies": (range(433, 440), range(740, 750)),
    "measurements": (range(290, 301), range(334, 345), range(635, 637)),
    "minimising": (range(953, 960),),
    "transpiling": (range(600, 700),),
    "wire_format": (range(700, 740), range(750, 791)),
    "qasm3": (range(791, 800),),
    "account": (range(960, 980),),
    "service": (range(800, 873),),
    "api": (range(873, 900),),
    "payload": (range(980, 990),),
    "emulator": (range(990, 996),),
    "submission": (range(900, 950),),
    "lsp": (range(996, 1000),),
    "lint": (range(1001, 1045),),
    "playground": (range(1150, 1160), range(1200, 1210)),
    "fmt": (range(1045, 1050),),
    "formats": (range(1101, 1150), range(1170, 1180), range(1188, 1200)),
    "external": (range(1160, 1170),),
}
"""The files, in the order of the error index, with the numbers that each may use."""


@cache
def rows(family: str) -> dict[str, Code]:
    """The codes of a family by name, in the order of its file."""
    table: tuple[Code, ...] = getattr(import_module(f"{__name__}.{family}"), family.upper())
    return {code.name: code for code in table}


class _Codes(Mapping[str, Code]):
    """Name -> code."""

    def __getitem__(self, name: str) -> Code:
        return _row(name)

    def __iter__(self) -> Iterator[str]:
        for family in FAMILIES:
            yield from rows(family)

    def __len__(self) -> int:
        return sum(len(rows(family)) for family in FAMILIES)


@cache
def _row(name: str) -> Code:
    """The code of a name; raises KeyError."""
    number = int(name[2:]) if name[:2] == "QC" and name[2:].isdecimal() else -1
    for family, numbers in FAMILIES.items():
        if any(number in own for own in numbers) and name in (found := rows(family)):
            return found[name]
    raise KeyError(name)


CODES: Mapping[str, Code] = _Codes()
