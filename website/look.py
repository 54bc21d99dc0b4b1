"""Writes the stylesheet of the site from the colours of the project."""

from __future__ import annotations

from pathlib import Path

from ionqdsl.emit.colours import COLOURS, MONO, SANS, values

HERE = Path(__file__).resolve().parent
ASSETS = HERE / "assets"


def files() -> dict[str, str]:
    """The files of assets/, the colours and fonts in front of the stylesheet."""
    style = (ASSETS / "site.css").read_text(encoding="utf-8")
    light, dark = (_scheme(scheme, is_dark) for scheme, is_dark in (("default", False), ("slate", True)))
    fonts = f":root {{ --md-text-font: {SANS}; --md-code-font: {MONO}; }}"
    read = {f"assets/{path.name}": path.read_text(encoding="utf-8") for path in ASSETS.iterdir()}
    return {**read, "assets/site.css": "\n".join([fonts, light, dark, style])}


def _scheme(scheme: str, is_dark: bool) -> str:
    """The colours under one of the theme's schemes; pictures follow it, not the system."""
    assert COLOURS
    return f'[data-md-color-scheme="{scheme}"], [data-md-color-scheme="{scheme}"] .qc {{ {values(is_dark=is_dark)} }}'
