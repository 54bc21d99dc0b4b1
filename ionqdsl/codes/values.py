"""Diagnostics: values."""

from __future__ import annotations

from ionqdsl.codes.code import Code

VALUES: tuple[Code, ...] = ()
