"""Records with and without slots: the same constructor, equality, hash and repr, and copies with other fields."""

from __future__ import annotations

import pytest

from ionqdsl.record import changed, record


@record
class Open:
    """A record whose fields are in a dictionary."""

    name: str
    size: int = 1


@record(slots=True)
class Slotted:
    """A record whose fields are in slots; `kind` belongs to the class."""

    name: str
    size: int

    kind = "slotted"

    def doubled(self) -> int:
        """Methods stay."""
        return 2 * self.size


@pytest.mark.parametrize("kind", [Open, Slotted])
def test_fields_make_a_record(kind: type) -> None:
    one, same, other = kind("a", 2), kind(name="a", size=2), kind("a", 3)
    assert one == same != other
    assert hash(one) == hash(same)
    assert len({one, same, other}) == 2
    assert repr(one) == f"{kind.__name__}(name='a', size=2)"
    assert changed(one, size=3) == other
    with pytest.raises(TypeError, match="sice"):
        changed(one, sice=3)


def test_kinds_with_equal_fields_differ() -> None:
    assert Open("a", 2) != Slotted("a", 2)


def test_slots_leave_no_room_for_other_fields() -> None:
    slotted = Slotted("a", 2)
    assert (slotted.kind, slotted.doubled()) == ("slotted", 4)
    assert not hasattr(slotted, "__dict__")
    with pytest.raises(AttributeError):
        slotted.misspelt = 1  # type: ignore[attr-defined]
    assert (Slotted.__module__, Slotted.__qualname__) == (__name__, "Slotted")
    assert Slotted.__doc__ == "A record whose fields are in slots; `kind` belongs to the class."


def test_slotted_fields_have_no_defaults() -> None:
    with pytest.raises(ValueError, match="size"):

        @record(slots=True)
        class Wrong:
            size: int = 1
