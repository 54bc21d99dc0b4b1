"""The shape of a diagnostic code."""

from __future__ import annotations

from ionqdsl.record import fresh, record


@record
class Code:
    """One kind of diagnostic.

    `message`, `label` and `helps` are `str.format` templates over the facts, with lists and counted nouns such as
    `{n:qubit}` (see `_Wording` in the package). A help whose facts are not all given is left out, so one code can have
    several, and `otherwise` replaces them where none applies. `labels` gives the text at further places, by role.
    `example` is a whole program that provokes the code ("" where no single program can), `fixed` the same program put
    right. `cases` gives the texts that a fact stands for, by its name and value; they are templates, too.
    """

    name: str
    message: str
    explanation: str
    label: str = ""
    helps: tuple[str, ...] = ()
    otherwise: str = ""
    labels: dict[str, str] = fresh(default_factory=dict)
    cases: dict[str, dict[str, str]] = fresh(default_factory=dict)
    example: str = ""
    fixed: str = ""
    severity: str = "error"  # or "warning", "note"
