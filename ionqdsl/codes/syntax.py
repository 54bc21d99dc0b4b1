"""Diagnostics: syntax."""

from __future__ import annotations

from ionqdsl.codes.code import Code

SYNTAX: tuple[Code, ...] = ()
