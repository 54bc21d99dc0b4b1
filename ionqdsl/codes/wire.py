"""Diagnostics: wire."""

from __future__ import annotations

from ionqdsl.codes.code import Code

WIRE: tuple[Code, ...] = ()
