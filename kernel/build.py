"""Compiles the kernel into the package: `python kernel/build.py`, and when a wheel is built or installed.

It is one file for all CPythons from 3.11 on. Where there is no compiler, or no CPython, nothing is built and ionqdsl
takes the same steps with numpy.
"""

from __future__ import annotations

import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build() -> Path | None:
    """The compiled module in the package, or None if it cannot be built here; an earlier one is removed."""
    for old in (ROOT / "ionqdsl").glob("_kernel.*[do]"):
        old.unlink()
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return None
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    on_windows = sysconfig.get_platform().startswith("win")
    extension = Extension(
        "ionqdsl._kernel",
        [str(path) for path in sorted((ROOT / "kernel").glob("*.c"))],
        define_macros=[("Py_LIMITED_API", "0x030B0000")],
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
