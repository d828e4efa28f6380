"""The list in memory follows the tables and the day, and nothing else."""

from datetime import UTC, datetime

import pytest

from serai.kernel import clock
from serai.kernel.revision import bump_revision
from serai.register.index import facts_of, get_index
from serai.register.models import Entry
from serai.register.states import State
from serai.register.vocabulary import UNNAMED_SCOPES

pytestmark = pytest.mark.django_db
OLD_YEAR = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
# Nothing names them in the text; see the register's reference, section 3.
UNNAMED = {"III.1a", "III.1b", "III.1c", "VI.4", "X.1a", "XI.5"}


def state_of(code: str) -> State:
    index = get_index()
    return index.states[index.codes.index(code)]


def test_the_index_is_kept_while_nothing_changes() -> None:
    assert get_index() is get_index()


def test_a_change_of_the_register_makes_a_new_index() -> None:
    before = get_index()
    Entry.objects.filter(code="VI.13a").update(strength=1)
    assert get_index() is before  # a writer that forgets to raise the number is not seen

    bump_revision("register")

    after = get_index()
    assert (after.revision, after.strengths[after.codes.index("VI.13a")]) == (before.revision + 1, 1)


def test_another_contexts_change_leaves_the_index_alone() -> None:
    before = get_index()

    bump_revision("another")

    assert get_index() is before


def test_the_theme_years_date_is_ahead_in_the_old_year_and_passed_in_the_new() -> None:
    with clock.frozen(OLD_YEAR):
        before = state_of("XV.1b")
    with clock.frozen(NEW_YEAR):
        after = state_of("XV.1b")

    assert (before, after) == (State.DATE_AHEAD, State.DATE_PASSED)


def test_midnight_moves_only_what_was_due_that_day() -> None:
    with clock.frozen(OLD_YEAR):
        before = get_index()
    with clock.frozen(NEW_YEAR):
        after = get_index()

    moved = {code for code, old, new in zip(before.codes, before.states, after.states, strict=True) if old is not new}
    assert moved == {"XI.4b", "XII.11", "XV.1b"}


def test_entries_of_an_unnamed_subset_are_nobodys_by_filter() -> None:
    index = get_index()
    by_actor = index.facets.bits["actor"]

    unnamed = {code for number, code in enumerate(index.codes) if by_actor["unnamed"] >> number & 1}

    assert unnamed == UNNAMED
    assert unnamed == set(Entry.objects.filter(scope__in=UNNAMED_SCOPES).values_list("code", flat=True))
    assert by_actor["unnamed"] & by_actor["all"] == 0


def test_facts_speak_of_each_event_of_the_entry() -> None:
    facts = facts_of(Entry.objects.get(code="XII.4b"))

    assert len(facts.event_ends) == len(facts.outcomes) == 2
