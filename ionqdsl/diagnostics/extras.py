"""Lists the packages that each extra of a command needs, and which of them are missing.

Takes the name of an extra; `require` raises a UsageError that names the missing packages. Nothing is imported to find
out.
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
"""Extra -> module -> the package it comes from; an extra has the name of the command that needs it."""


def missing(extra: str) -> list[str]:
    """The packages of an extra that are not installed."""
    return [package for module, package in EXTRAS[extra].items() if find_spec(module) is None]


def require(extra: str) -> None:
    """Raises UsageError unless all packages of an extra are installed."""
    if names := missing(extra):
        raise UsageError([Diagnostic("QC0990", facts={"extra": extra, "names": ", ".join(names)})])
