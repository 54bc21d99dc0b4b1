"""Finds the compiled kernel, `ionqdsl._kernel`, and says whether it is used.

It is built from the folder kernel/. Where it was not, or where `IONQDSL_KERNEL` is `numpy`, numpy takes the same steps.
"""

from __future__ import annotations

import os
import sys
from typing import Any

kernel: Any = None
"""The module, None where nothing was built."""

try:
    from ionqdsl import _kernel
except ImportError:
    HAS_KERNEL = False
else:
    kernel = _kernel
    HAS_KERNEL = sys.byteorder == "little"  # words are read as they are in memory


def is_used() -> bool:
    """Whether the kernel takes the steps."""
    return HAS_KERNEL and os.environ.get("IONQDSL_KERNEL") != "numpy"
