"""Writes files whole or not at all: a file is replaced in one step and keeps its permissions."""

from __future__ import annotations

import os
import stat

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.ir.arguments import refused
from ionqdsl.record import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike


def write(path: str | PathLike[str], content: bytes | str) -> None:
    """Writes a file through a temporary one in the same folder. Raises UsageError if that fails.

    A symbolic link is followed, permissions are kept, and a pipe or a device such as /dev/null is written to directly.
    """
    if not isinstance(path, str | os.PathLike):
        raise refused("the path", "text or a path", path)
    if isinstance(content, str):
        content = content.encode(errors="backslashreplace")  # names of files and words of a command may not be text
    try:
        goal = os.path.realpath(path)
        mode = os.stat(goal).st_mode
    except OSError:
        mode = None
    except ValueError:
        raise cannot_write(path, "it has no valid name") from None
    try:
        if mode is not None and not stat.S_ISREG(mode):
            with open(goal, "wb") as file:
                file.write(content)
            return
        if mode is not None and not os.access(goal, os.W_OK):
            raise PermissionError(None, "it is read-only")
        _replace(goal, content, mode)
    except OSError as error:
        raise cannot_write(path, error) from None


def _replace(goal: str, content: bytes, mode: int | None) -> None:
    folder, name = os.path.split(goal)
    temporary = os.path.join(folder, f".{name[:100]}.{os.getpid()}-{os.urandom(4).hex()}.part")
    number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(number, "wb") as file:
            file.write(content)
            file.flush()
            if mode is not None and os.name == "posix":
                os.fchmod(number, stat.S_IMODE(mode))
            os.fsync(number)
        os.replace(temporary, goal)
    except BaseException:
        os.unlink(temporary)
        raise


def cannot_write(path: str | PathLike[str], error: Exception | str) -> Exception:
    """The UsageError about an output that cannot be written, with the reason; the caller raises it."""
    reason = error
    if isinstance(error, Exception):
        reason = (getattr(error, "strerror", None) or "the stream is closed").lower()
    return UsageError([Diagnostic("QC0805", facts={"path": str(path), "reason": reason})])
