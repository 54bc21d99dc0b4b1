"""Diagnostics: names."""

from __future__ import annotations

from ionqdsl.codes.code import Code

NAMES: tuple[Code, ...] = ()
