"""Records with and without slots: the same constructor, equality, hash and repr, and copies with other fields."""

from __future__ import annotations

import pytest

from ionqdsl.record import changed, fresh, record


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


@record
class Listed:
    """As many fields as `Counted`, one of them made anew, with work after the constructor."""

    items: list[int] = fresh(default_factory=list)
    size: int = 0

    def __post_init__(self) -> None:
        self.size += len(self.items)


@record
class Counted(Open):
    """Fields of its own after those it inherits."""

    more: int = 2


def test_kinds_with_as_many_fields_have_their_own_names() -> None:
    """Their constructors are one code with other names."""
    one, same = Listed(), Listed()
    one.items.append(1)
    assert (one.items, same.items) == ([1], [])
    assert Listed([1, 2], size=1).size == 3
    assert (Counted("a").size, Counted("a", more=5).more) == (1, 5)
    with pytest.raises(TypeError, match="'name'"):
        Counted(size=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'items'"):
        Listed([], items=[])  # type: ignore[misc]
