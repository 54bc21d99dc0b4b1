"""The shape of a diagnostic code."""

from __future__ import annotations

from ionqdsl.record import fresh, record


@record
class Code:
    """One kind of diagnostic.

    `message`, `label` and `helps` are `str.format` templates over the facts, with lists and counted nouns
    such as `{n:qubit}` (see `_Wording` in the package). A help is shown if all its facts are
    given; if none is shown, `otherwise` is. `labels` maps the role of a further place to its text. `explanation` is
    shown as it is. `example` is a whole program that provokes the code ("" if no single program can), `fixed` the same
    program corrected. `cases` maps the name and the value of a fact to its text, which is a template, too.
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
