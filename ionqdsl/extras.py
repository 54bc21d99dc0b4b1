"""The extras that commands need, and the packages they are made of.

The name of an extra comes in; `require` raises a UsageError with the names of what is missing. Nothing is imported to
find out.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from ionqdsl.diagnostics import Diagnostic, UsageError

_SERVER = {"starlette": "starlette", "uvicorn": "uvicorn"}

EXTRAS: Mapping[str, Mapping[str, str]] = {
    "emulator": {**_SERVER, "jsonschema_rs": "jsonschema-rs"},
    "playground": _SERVER,
    "lsp": {"pygls": "pygls"},
}
"""Extra -> module -> the package it comes from; an extra is named like the command that needs it."""


def missing(extra: str) -> list[str]:
    """The packages of an extra that are not installed."""
    return [package for module, package in EXTRAS[extra].items() if find_spec(module) is None]


def require(extra: str) -> None:
    """Raises UsageError unless all packages of an extra are there."""
    if names := missing(extra):
        raise UsageError([Diagnostic("QC0990", facts={"extra": extra, "names": ", ".join(names)})])
