"""Diagnostics: machine."""

from __future__ import annotations

from ionqdsl.codes.code import Code

MACHINE: tuple[Code, ...] = ()
