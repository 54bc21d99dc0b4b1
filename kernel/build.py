"""Compiles the kernel into the package: `python kernel/build.py`, and when a wheel is built or installed.

It is one file for all CPythons from 3.11 on. Where there is no compiler, or no CPython, nothing is built and ionqdsl
takes the same steps with numpy. The kernel and the package both hold a digest of the sources, so that a kernel which an
earlier version left in a clone is not used. Every installation from a clone comes here, so a kernel that would be made
again from the same sources in the same way is kept.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "kernel").glob("*.[ch]"))
NOTED_IN = ROOT / "ionqdsl" / "algebra" / "compiled.py"
MADE = ROOT / "build" / "kernel"
"""The file with the digest of how the kernel in the package was made, and of its bytes."""

IS_WINDOWS = sysconfig.get_platform().startswith("win")
# without the folder's name and the time, so that the same sources make the same bytes
COMPILE = ["/O2", "/Brepro"] if IS_WINDOWS else ["-O3", "-std=c99", "-ffp-contract=fast", "-g0"]
LINK = ["/Brepro"] if IS_WINDOWS else []


def digest() -> str:
    """16 hexadecimal digits that change with any source of the kernel, but not with the ends of its lines."""
    texts = (f"{path.name}\n{path.read_text(encoding='utf-8')}" for path in SOURCES)
    return _short("\n".join(texts).encode())


def note(found: str) -> None:
    """Writes the digest into the package, where it is not there yet: after a source was changed."""
    text = NOTED_IN.read_text(encoding="utf-8")
    noted = re.sub(r'(?m)^SOURCES = ".*"$', f'SOURCES = "{found}"', text)
    if noted != text:
        NOTED_IN.write_text(noted, encoding="utf-8")


def mark(kernel: Path) -> str:
    """A digest of the sources, the options, the compiler's settings and the machine, and one of the kernel's bytes."""
    configured = [sysconfig.get_config_var(name) for name in ("CC", "CFLAGS", "LDSHARED")]
    asked = [os.environ.get(name) for name in ("CC", "CFLAGS", "CPPFLAGS", "LDSHARED", "LDFLAGS")]
    way = repr((digest(), sysconfig.get_platform(), COMPILE, LINK, configured, asked))
    return f"{_short(way.encode())} {_short(kernel.read_bytes())}"


def kernels() -> list[Path]:
    """The compiled modules in the package: one, or more of other Pythons."""
    return sorted((ROOT / "ionqdsl").glob("_kernel.*[do]"))


def build() -> Path | None:
    """The compiled module in the package, or None if it cannot be built here; one made in another way is removed."""
    can_build = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
    if can_build:
        note(digest())
    for old in kernels():
        if can_build and MADE.exists() and MADE.read_text() == mark(old):
            return old
        old.unlink()
    if can_build:
        compile_sources()
    for new in kernels():
        MADE.parent.mkdir(exist_ok=True)
        MADE.write_text(mark(new))
        return new
    return None


def compile_sources() -> None:
    """Calls the compiler; where there is none, or it fails, setuptools warns and there is no kernel."""
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    extension = Extension(
        "ionqdsl._kernel",
        [str(path) for path in SOURCES if path.suffix == ".c"],
        define_macros=[("Py_LIMITED_API", "0x030B0000"), ("SOURCES", f'"{digest()}"')],
        extra_compile_args=COMPILE,
        extra_link_args=LINK,
        py_limited_api=True,
        optional=True,  # a warning, not an error
    )
    with tempfile.TemporaryDirectory() as folder:
        command = build_ext(Distribution({"ext_modules": [extension]}))
        command.build_temp, command.build_lib = folder, str(ROOT)
        command.ensure_finalized()
        command.run()


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(None if build() else "the kernel was not built; ionqdsl takes the same steps with numpy")
