"""Finds the compiled kernel, `ionqdsl._kernel`, and says whether it is used.

It is built from the folder kernel/. Where it was not, where it was built from other sources than these, as in a clone
after `git pull`, or where `IONQDSL_KERNEL` is `numpy`, numpy takes the same steps.
"""

from __future__ import annotations

import os
import sys
from typing import Any

SOURCES = "3190b65a63f197cc"
"""A digest of the sources of the kernel, written by kernel/build.py."""

kernel: Any = None
"""The module, None where nothing was built."""

try:
    from ionqdsl import _kernel
except ImportError:
    pass
else:
    kernel = _kernel

IS_STALE = kernel is not None and getattr(kernel, "SOURCES", None) != SOURCES
"""Whether the kernel was built from other sources than those of this version."""
HAS_KERNEL = kernel is not None and not IS_STALE and sys.byteorder == "little"  # it reads words as they are in memory
IS_WANTED = os.environ.get("IONQDSL_KERNEL") != "numpy"  # read once: a compilation asks hundreds of times


def is_used() -> bool:
    """Whether the kernel takes the steps."""
    return HAS_KERNEL and IS_WANTED
