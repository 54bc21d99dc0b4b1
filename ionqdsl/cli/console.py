"""Prepares the streams of a command: their encoding, and whether they understand ANSI sequences.

Takes standard output and error. Redirected output is the same bytes on every system: UTF-8 with line feeds. terminal.py
writes to them.
"""

from __future__ import annotations

import os
import sys

from ionqdsl.record import Any

UNDERSTANDS_SEQUENCES = 0x4
"""Windows: the mode in which a console obeys ANSI sequences, ENABLE_VIRTUAL_TERMINAL_PROCESSING."""


def prepare(stream: Any) -> None:
    """Makes redirected output UTF-8, as files are, and a terminal survive characters that its encoding lacks."""
    if not hasattr(stream, "reconfigure"):
        return
    if not is_terminal(stream) and not os.environ.get("PYTHONIOENCODING"):
        stream.reconfigure(encoding="utf-8", newline="\n")  # else that of the locale, or of Windows, with \r\n
    stream.reconfigure(errors="backslashreplace")


def lacking(stream: Any, text: str) -> str | None:
    """Why a redirected stream would change a text: it is not UTF-8 and has not all of its characters; None if not."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if encoding.lower() in ("utf-8", "utf8") or is_terminal(stream):
        return None
    try:
        text.encode(encoding)
    except UnicodeEncodeError as error:
        return f"{encoding}, its encoding, has no `{text[error.start]}`; unset PYTHONIOENCODING"
    return None


def spelled(stream: Any, text: str) -> str:
    """A text for a stream: with `+-` for each ± if its encoding lacks it, and an escape would be shown."""
    if "±" not in text:
        return text
    try:
        "±".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return text.replace("±", "+-")
    return text


def is_terminal(stream: Any) -> bool:
    """Whether a stream is a terminal."""
    try:
        return bool(stream is not None and stream.isatty())
    except ValueError:
        return False


def has_colors(stream: Any, platform: str = sys.platform) -> bool:
    """Whether a stream is a terminal that shows colours, and the environment does not object."""
    if not is_terminal(stream) or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return platform != "win32" or _obeys_sequences(stream)


def _obeys_sequences(stream: Any) -> bool:
    """Whether a console of Windows obeys ANSI sequences; those that can are told to."""
    import ctypes  # late: only for a console of Windows
    import msvcrt

    kernel, mode = ctypes.windll.kernel32, ctypes.c_ulong()  # type: ignore[attr-defined, unused-ignore]
    try:
        handle = msvcrt.get_osfhandle(stream.fileno())  # type: ignore[attr-defined, unused-ignore]
    except OSError:
        return False
    if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
        return False
    return bool(mode.value & UNDERSTANDS_SEQUENCES or kernel.SetConsoleMode(handle, mode.value | UNDERSTANDS_SEQUENCES))


def fitted(text: str, before: int) -> str:
    """A line that replaces one of `before` characters, cut off where the terminal's line ends; no ANSI needed."""
    import shutil  # late: only for a terminal

    text = text[: shutil.get_terminal_size().columns - 1]
    return f"\r{text}{' ' * (before - len(text))}" + ("" if text else "\r")
