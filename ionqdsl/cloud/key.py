"""Finds the API key and keeps it secret.

Takes the environment, the name of a key file and the settings, and returns a `Secret`; only transport.py opens it. The
value is never printed, written or shown in a comparison, and `scrub` removes it from any text that might have caught
it. keystore.py keeps keys between commands.
"""

from __future__ import annotations

import math
import os
import re
import stat
import string
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, NoReturn

from ionqdsl.cloud import keystore
from ionqdsl.diagnostics import Diagnostic, KeyRefused

OTHER_NAMES = ("QISKIT_IONQ_API_TOKEN", "CIRQ_IONQ_API_KEY", "PENNYLANE_IONQ_API_KEY", "IONQ_API_TOKEN")
"""The variables of other clients; only named in a hint."""

_MAX_BYTES = 4096
_HIDDEN = "[key]"
_known: set[str] = set()


SECRET_BITS = 64
"""Enough that nobody can guess it; a key with fewer bits is no secret, however it is used."""

_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)


def is_secret(value: str) -> bool:
    """Whether a key is worth protecting: keys of the service are, words such as the emulator's key are not.

    A word may appear anywhere in a program and give nothing away. Keys are 32 random characters; the estimate counts
    how many values the kinds of characters allow, and letters alone need more of them, because they form words.
    """
    kinds = [kind for kind in _KINDS if set(kind) & set(value)]
    others = set(value) - set("".join(kinds))
    size = sum(map(len, kinds)) + 33 * bool(others)
    bits = len(value) * math.log2(max(size, 1))
    return bits >= (SECRET_BITS if not value.isalpha() else 2 * SECRET_BITS)


class Secret:
    """A key that does not show itself: `repr`, `str`, `format` and pickling give nothing away."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        _known.add(value)

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")

    def is_in(self, content: bytes) -> bool:
        """Whether bytes contain the key, if it is one worth protecting."""
        return is_secret(self._value) and self._value.encode() in content

    def reveal(self) -> str:
        """The value, for the Authorization header and nothing else."""
        return self._value


def scrub(text: str) -> str:
    """A message without any key that this process has read."""
    return _without(text, _known)


def withheld(text: str) -> str:
    """Data without any key worth protecting: a word used as a key is left in, because there it means something else."""
    return _without(text, filter(is_secret, _known))


def _without(text: str, keys: Iterable[str]) -> str:
    longest_first = sorted(keys, key=len, reverse=True)  # one may be a part of another
    return re.sub("|".join(map(re.escape, longest_first)), _HIDDEN, text) if longest_first else text


class Kept(NamedTuple):
    """Where a key may be besides the environment: the places in the settings, and where `auth login` keeps it."""

    profile: str = keystore.DEFAULT
    file: str | None = None
    command: str | None = None
    is_kept: bool = True  # whether to look in the places of `auth login`


NOWHERE = Kept(is_kept=False)


def kept(settings: Mapping[str, Any]) -> Kept:
    """The places named by resolved settings (ionqdsl/settings.py)."""
    profile, file, command = (settings[name].value for name in ("profile", "api_key_file", "api_key_command"))
    return Kept(profile or keystore.DEFAULT, file, command)


def find(path: str | None = None, environment: Mapping[str, str] = os.environ, places: Kept = NOWHERE) -> Secret:
    """The first key found: see `find_with_place`."""
    return find_with_place(path, environment, places)[0]


def find_with_place(path: str | None, environment: Mapping[str, str], places: Kept) -> tuple[Secret, str]:
    """The key and its place, from the first of: a given file, IONQ_API_KEY, the file that IONQ_API_KEY_FILE names,
    the file and the command of the settings, the keyring, the file that `auth login --file` writes.

    Raises KeyRefused if there is no key, if the file cannot be read or is open to others, and if the text found cannot
    be a key: a broken place is not silently skipped.
    """
    if path is None and environment.get("IONQ_API_KEY"):
        return _found(environment["IONQ_API_KEY"], "IONQ_API_KEY")
    path = path or environment.get("IONQ_API_KEY_FILE") or places.file
    if path:
        return _found(_read(path), f"`{path}`")
    if places.command:
        return _found(keystore.from_command(places.command), "the command of `api_key_command`")
    if places.is_kept:
        value = keystore.from_keyring(places.profile)
        if value is not None:
            return _found(value, "the keyring")
        path = keystore.key_file(places.profile, environment)
        if os.path.exists(path):
            return _found(_read(path), f"`{path}`")
    other = next((name for name in OTHER_NAMES if environment.get(name)), None)
    raise KeyRefused([Diagnostic("QC0820", facts={"other": other})])


def _found(text: str, where: str) -> tuple[Secret, str]:
    return checked(text, where), where.strip("`")


def _read(path: str) -> str:
    try:
        with open(os.path.expanduser(path), "rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)  # of the open file, which nobody can replace meanwhile
            if os.name == "posix" and mode & 0o077:
                raise KeyRefused([Diagnostic("QC0822", facts={"path": path, "mode": f"{mode:04o}"})])
            return file.read(_MAX_BYTES).decode("utf-8", errors="replace")
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte, which settings can hold
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise KeyRefused([Diagnostic("QC0821", facts={"path": path, "reason": reason})]) from None


def checked(text: str, where: str) -> Secret:
    """A text as a key. Raises KeyRefused if it cannot be one."""
    value = text.strip()
    reason = None
    if not value:
        reason = "it is empty"
    elif len(value.split()) > 1:
        reason = "it holds more than one word"
    elif not (value.isascii() and value.isprintable()):
        reason = "it holds characters that no key has"
    elif value[0] in "\"'" or value.startswith("IONQ_API_KEY="):
        reason = "it starts with a quotation mark or the name of the variable"
    if reason:
        raise KeyRefused([Diagnostic("QC0823", facts={"where": where, "reason": reason})])
    return Secret(value)
