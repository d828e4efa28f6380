"""A context's number moves with each change, and with nothing else."""

import pytest
from django.db import transaction

from serai.kernel.revision import bump_revision, get_revision

pytestmark = pytest.mark.django_db


def test_a_context_that_nothing_was_written_to_is_at_zero() -> None:
    assert get_revision("unheard-of") == 0


def test_each_change_raises_the_number_by_one() -> None:
    seen = []
    for _ in range(3):
        bump_revision("test")
        seen.append(get_revision("test"))

    assert seen == [1, 2, 3]


def test_contexts_do_not_move_each_other() -> None:
    before = get_revision("register")

    bump_revision("test")

    assert get_revision("register") == before


def bump_and_fail() -> None:
    with transaction.atomic():
        bump_revision("test")
        raise ZeroDivisionError


def test_a_change_that_is_rolled_back_moves_nothing() -> None:
    bump_revision("test")

    with pytest.raises(ZeroDivisionError):
        bump_and_fail()

    assert get_revision("test") == 1
