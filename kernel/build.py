"""Compiles the kernel into the package: `python kernel/build.py`, and when a wheel is built or installed.

It is one file for all CPythons from 3.11 on. Where there is no compiler, or no CPython, nothing is built and ionqdsl
takes the same steps with numpy. The kernel and the package both hold a digest of the sources, so that a kernel which an
earlier version left in a clone is not used.
"""

from __future__ import annotations

import hashlib
import re
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "kernel").glob("*.[ch]"))
NOTED_IN = ROOT / "ionqdsl" / "algebra" / "compiled.py"


def digest() -> str:
    """16 hexadecimal digits that change with any source of the kernel, but not with the ends of its lines."""
    texts = (f"{path.name}\n{path.read_text(encoding='utf-8')}" for path in SOURCES)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def note(found: str) -> None:
    """Writes the digest into the package, where it is not there yet: after a source was changed."""
    text = NOTED_IN.read_text(encoding="utf-8")
    noted = re.sub(r'(?m)^SOURCES = ".*"$', f'SOURCES = "{found}"', text)
    if noted != text:
        NOTED_IN.write_text(noted, encoding="utf-8")


def build() -> Path | None:
    """The compiled module in the package, or None if it cannot be built here; an earlier one is removed."""
    for old in (ROOT / "ionqdsl").glob("_kernel.*[do]"):
        old.unlink()
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return None
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    found = digest()
    note(found)
    on_windows = sysconfig.get_platform().startswith("win")
    extension = Extension(
        "ionqdsl._kernel",
        [str(path) for path in SOURCES if path.suffix == ".c"],
        define_macros=[("Py_LIMITED_API", "0x030B0000"), ("SOURCES", f'"{found}"')],
        # without the folder's name and the time, so that the same sources make the same bytes
        extra_compile_args=["/O2", "/Brepro"] if on_windows else ["-O3", "-std=c99", "-ffp-contract=fast", "-g0"],
        extra_link_args=["/Brepro"] if on_windows else [],
        py_limited_api=True,
        optional=True,  # a warning, not an error
    )
    with tempfile.TemporaryDirectory() as folder:
        command = build_ext(Distribution({"ext_modules": [extension]}))
        command.build_temp, command.build_lib = folder, str(ROOT)
        command.ensure_finalized()
        command.run()
    return next((ROOT / "ionqdsl").glob("_kernel.*[do]"), None)


if __name__ == "__main__":
    sys.exit(None if build() else "the kernel was not built; ionqdsl takes the same steps with numpy")
