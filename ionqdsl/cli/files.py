"""Finds files, and writes them whole or not at all.

A file is replaced in one step and keeps its permissions. terminal.py writes to standard output (`-`), and pipeline.read
reads programs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator


def write(path: str, content: bytes | str) -> None:
    """Writes a file through a temporary one in the same folder. Raises UsageError if that fails.

    A symbolic link is followed, permissions are kept, and a pipe or a device such as /dev/null is written to directly.
    """
    if isinstance(content, str):
        content = content.encode(errors="backslashreplace")  # names of files and words of a command may not be text
    goal = os.path.realpath(path)
    try:
        mode = os.stat(goal).st_mode
    except OSError:
        mode = None
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


def programs_below(paths: list[str]) -> list[str]:
    """The paths, with each folder replaced by the .qc files in it and below, except in hidden folders; no duplicates.

    Raises UsageError for a folder that contains none.
    """
    files: dict[str, None] = {}
    for path in paths:
        if not os.path.isdir(path):
            files[path] = None
            continue
        inside = sorted(_programs_in(path))
        if not inside:
            raise _without_programs(path)
        files.update(dict.fromkeys(inside))
    return list(files)


def _programs_in(folder: str) -> Iterator[str]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.normpath(os.path.join(here, name)) for name in names if name.endswith(".qc"))


def _without_programs(folder: str) -> Exception:
    from ionqdsl.diagnostics import Diagnostic, UsageError

    return UsageError([Diagnostic("QC1047", facts={"folder": folder})])


def spare(inputs: Iterable[str], output: str) -> None:
    """Raises UsageError if the output would overwrite an input."""
    from ionqdsl.diagnostics import Diagnostic, UsageError

    if output != "-" and any(_is_same(path, output) for path in inputs):
        raise UsageError([Diagnostic("QC0813", facts={"path": output})])


def _is_same(first: str, second: str) -> bool:
    """Whether two paths lead to one file that exists."""
    try:
        return os.path.samefile(first, second)
    except OSError:
        return False


def typed(path: str) -> str:
    """A path as a user would type it in a command, with quotes if it has spaces."""
    import shlex  # late: few commands name another
    from subprocess import list2cmdline

    return list2cmdline([path]) if os.name == "nt" else shlex.quote(path)


def cannot_write(path: str, error: Exception | str) -> Exception:
    """The UsageError about an output that cannot be written, with the reason; the caller raises it."""
    from ionqdsl.diagnostics import Diagnostic, UsageError

    reason = error
    if isinstance(error, Exception):
        reason = (getattr(error, "strerror", None) or "the stream is closed").lower()
    return UsageError([Diagnostic("QC0805", facts={"path": path, "reason": reason})])
