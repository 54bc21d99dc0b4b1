"""A program on disk for tools to be tried on, the command with its answer as JSON, and a count of refusals."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sameness import circuits_of

from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import LoweredProgram

COUNT = int(os.environ.get("IONQDSL_EVERY_TOOL", "8"))
SEED = int(os.environ.get("IONQDSL_SEED", "1"))
IS_LARGE = COUNT >= 100
"""Whether every level, every name and every case is taken instead of some."""

IDENTIFIER = re.compile(r"[A-Za-z_]\w*|\"")
"""Places at which an editor asks: names, and the quotes of texts."""

TALLY: dict[tuple[str, str], int] = {}
"""How often a tool refused a program, by code."""


@dataclass(frozen=True)
class Subject:
    """A program on disk, whole or not."""

    path: Path

    @cached_property
    def source(self) -> Source:
        """Its text."""
        return stages.read(str(self.path))

    @cached_property
    def program(self) -> LoweredProgram | None:
        """The program of the text; None where it has errors."""
        try:
            return stages.load(self.source)[0]
        except CompileError:
            return None

    @property
    def circuits(self) -> list[FlatCircuit]:
        """The circuits to run, or the ansatz."""
        return circuits_of(self.program) if self.program else []

    def beside(self, text: str, name: str = "other") -> Path:
        """Another main text in a folder of its own, with the same files to include."""
        folder = self.path.parent.with_name(name)
        shutil.copytree(self.path.parent, folder, dirs_exist_ok=True)
        path = folder / self.path.name
        path.write_text(text, encoding="utf-8", newline="")
        return path


def command(*words: str, codes: tuple[int, ...] = (0,)) -> Any:
    """The output of a verb with --json, its exit code one of these and never a bug's."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*words, "--json", "-v"])
    assert code in codes, f"{' '.join(words)}: exit {code}\n{out.getvalue()}\n{err.getvalue()}"
    return json.loads(out.getvalue())


def codes_of(answer: Any) -> list[str]:
    return [one["code"] for one in answer["diagnostics"] if one["severity"] == 1]


def tally(tool: str, error: CompileError) -> None:
    """Notes a refusal, which must be one that can be shown."""
    assert error.diagnostics
    for diagnostic in error.diagnostics:
        assert diagnostic.render()
        diagnostic.to_lsp()
    tally_codes(tool, [error.diagnostics[0].code])


def tally_codes(tool: str, codes: list[str]) -> None:
    for code in codes:
        TALLY[tool, code] = TALLY.get((tool, code), 0) + 1
