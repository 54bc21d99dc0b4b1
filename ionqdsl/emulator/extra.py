"""Whether the packages of the extra `emulator` are installed.

Nothing comes in; `require` raises a UsageError with the names of what is missing. Nothing is imported to find out.
"""

from __future__ import annotations

from importlib.util import find_spec

from ionqdsl.diagnostics import Diagnostic, UsageError

PACKAGES = {"starlette": "starlette", "uvicorn": "uvicorn", "jsonschema_rs": "jsonschema-rs"}
"""Module -> the package it comes from."""


def missing() -> list[str]:
    """The packages that are not installed."""
    return [package for module, package in PACKAGES.items() if find_spec(module) is None]


def require() -> None:
    """Raises UsageError unless all packages are there."""
    if names := missing():
        raise UsageError([Diagnostic("QC0990", facts={"names": ", ".join(names)})])
