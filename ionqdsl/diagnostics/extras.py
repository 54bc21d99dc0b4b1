"""Lists the extras: the packages that each needs, its purpose, and which packages are missing.

Takes the name of an extra; `require` raises a UsageError that names the missing packages. Nothing is imported to find
out. An import that failed becomes the error about its library.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import NamedTuple

from ionqdsl.diagnostics import Diagnostic, UsageError


class Extra(NamedTuple):
    """An extra of pyproject.toml: its purpose, and module -> the package that the module comes from."""

    purpose: str
    packages: Mapping[str, str]


_SERVER = {"starlette": "starlette", "uvicorn": "uvicorn"}

EXTRAS: Mapping[str, Extra] = {
    "lsp": Extra("`ionqdsl lsp`", {"pygls": "pygls"}),
    "playground": Extra("`ionqdsl playground`", _SERVER),
    "emulator": Extra("`ionqdsl emulator`", {**_SERVER, "jsonschema_rs": "jsonschema-rs"}),
    "notebook": Extra("sliders and progress bars in notebooks", {"ipywidgets": "ipywidgets", "tqdm": "tqdm"}),
    "plot": Extra("plots of sweeps and results", {"matplotlib": "matplotlib"}),
    "pandas": Extra("`to_pandas`", {"pandas": "pandas"}),
    "optimize": Extra("`minimize`", {"scipy": "scipy"}),
    "keyring": Extra("`ionqdsl auth login` into the system's keyring", {"keyring": "keyring"}),
    "qiskit": Extra("`from_qiskit`, `to_qiskit`", {"qiskit": "qiskit"}),
    "cirq": Extra("`from_cirq`, `to_cirq`", {"cirq": "cirq-core"}),
    "mitiq": Extra("executors for mitiq", {"mitiq": "mitiq"}),
    "qcec": Extra("a second checker of equivalence", {"mqt.qcec": "mqt.qcec"}),
    "mps": Extra("faster chains of tensors", {"threadpoolctl": "threadpoolctl"}),
    "distributed": Extra("`--cluster`: many circuits on a Dask cluster", {"distributed": "distributed"}),
}
"""Name -> extra. One that a command cannot do without has the command's name."""


def missing(extra: str) -> list[str]:
    """The packages of an extra that are not installed."""
    return [package for module, package in EXTRAS[extra].packages.items() if not _is_installed(module)]


def require(extra: str) -> None:
    """Raises UsageError unless all packages of an extra are installed."""
    if names := missing(extra):
        facts = {"extra": extra, "purpose": EXTRAS[extra].purpose, "names": ", ".join(names)}
        raise UsageError([Diagnostic("QC0990", facts=facts)])


def broken_library(error: ImportError) -> str | None:
    """The library that an import failed for; None for a module of ours."""
    name, trace = error.name or "", error.__traceback__
    while not error.name and trace is not None:  # the innermost frame is the library's, if it raised the error itself
        name, trace = trace.tb_frame.f_globals.get("__name__", ""), trace.tb_next
    library = name.partition(".")[0]
    return None if library == __name__.partition(".")[0] else library or None


def broken(error: ImportError) -> UsageError | None:
    """The error for whoever installed the library that an import failed for; None for a module of ours."""
    library = broken_library(error)
    if library is None:
        return None
    reason = " ".join(str(error).strip().partition("\n")[0].split())[:300] or "no reason given"
    return UsageError([Diagnostic("QC0869", facts={"library": library, "reason": reason})])


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package that a module such as mqt.qcec is in
        return False
