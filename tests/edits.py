"""Random edits of texts: lines and characters come and go, blocks are pasted, brackets left open, edits undone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

OPEN = ("{", "}", "(", ")", "[", "]", '"', "#", ";", "\n", " ", ",", "@", "+", "rx(", "gate ", "else", "qc 1\n", "=")


def edited(text: str, lines: Sequence[str], pick: random.Random, count: int) -> Iterator[str]:
    """The texts after each of so many edits; `lines` are those that may be inserted."""
    earlier = [text]
    for _ in range(count):
        text = pick.choice(earlier[-4:]) if pick.random() < 0.15 else _edited(text, lines, pick)
        earlier.append(text)
        yield text


def _edited(text: str, lines: Sequence[str], pick: random.Random) -> str:
    rows = text.split("\n")
    at, offset = pick.randrange(len(rows)), pick.randrange(len(text) + 1)
    match pick.randrange(8):
        case 0:
            rows[at:at] = [pick.choice(lines)]
        case 1:
            del rows[at : at + pick.choice((1, 1, 1, 3, 30))]
        case 2:
            rows[at:at] = pick.choices(lines, k=pick.choice((2, 50)))
        case 3:
            first = pick.randrange(len(rows))
            rows[at:at] = rows[first : first + pick.randrange(60)]
        case 4:
            rows[at] = pick.choice(lines)
        case 5:
            return text[:offset] + pick.choice(OPEN) + text[offset:]
        case 6:
            return text[:offset] + text[offset + pick.choice((1, 1, 2, 9)) :]
        case _:
            return text[:offset] + pick.choice("0123456789abqxz.*-") + text[offset:]
    return "\n".join(rows)
