"""Compares the ending of an output's name with the format that is written to it, and with those of programs."""

from __future__ import annotations

import os
from collections.abc import Collection

from ionqdsl.diagnostics.mistakes import wrong_usage
from ionqdsl.formats import PICTURES

OTHER_PICTURES = (".eps", ".gif", ".jpeg", ".jpg", ".pdf", ".png", ".webp")
"""Endings of pictures that nothing here draws."""

OWN = {
    "payload": (".json",),
    "qc": (".qc",),
    "qasm3": (".qasm", ".qasm3"),
    "qasm2": (".qasm", ".qasm2"),
    "svg": (PICTURES["svg"].suffix,),
}
"""The endings that mean one form; a file with any other, such as .txt, may have any content."""

_TITLES = {
    "payload": "a request for IonQ",
    "qc": "a program",
    "qasm3": "OpenQASM 3",
    "qasm2": "OpenQASM 2",
    "svg": "a picture",
    "text": "a drawing in characters",
}


def check_ending(path: str, form: str, verb: str, flag: str, forms: Collection[str]) -> None:
    """Raises UsageError if an output is named like another form than its own; `flag` chooses one of `forms`."""
    name, ending = os.path.splitext(path)
    ending = ending.lower()
    if ending in OTHER_PICTURES:
        reason = f"`{path}` cannot be drawn: pictures are .svg or .txt"
        raise wrong_usage(reason, f"{name}.svg", f"ionqdsl {verb}")
    meant = [other for other, endings in OWN.items() if ending in endings]
    if not meant or form in meant:
        return
    named = meant[0]
    reason = f"`{path}` is named like {_TITLES[named]}, and {_TITLES[form]} would be written to it"
    instead = f"{flag} {named}" if named in forms else name + OWN.get(form, (".txt",))[0]
    raise wrong_usage(reason, instead, f"ionqdsl {verb}")


def check_no_program(path: str | None, content: str, ending: str, verb: str) -> None:
    """Raises UsageError if an output with such content is named like a program, which may be a mistake for its file."""
    name, given = os.path.splitext(path or "-")
    for form in ("qc", "qasm2", "qasm3"):
        if given.lower() in OWN[form]:
            reason = f"`{path}` is named like {_TITLES[form]}, and {content} would be written to it"
            raise wrong_usage(reason, name + ending, f"ionqdsl {verb}")
