"""Diagnostics: program."""

from __future__ import annotations

from ionqdsl.codes.code import Code

PROGRAM: tuple[Code, ...] = ()
