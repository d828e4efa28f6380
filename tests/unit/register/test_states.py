"""Every entry stands in exactly one state on any day, by the first rule that holds."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.kernel.dates import PartialDate
from serai.register.states import RULE_OF, RULES, Facts, State, decide_state
from serai.register.vocabulary import Kind, Outcome

TODAY = date(2026, 11, 24)
PLAIN = Facts(
    kind=Kind.COMMITMENT, strength=3, has_indicator=False, is_measured=False, due=None, event_ends=(), outcomes=()
)
EVENT = replace(PLAIN, kind=Kind.EVENT, event_ends=(PartialDate(2027),), outcomes=(None,))
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
ENDS = st.builds(lambda day, known: PartialDate(*(day.year, day.month, day.day)[:known]), DAYS, st.integers(1, 3))


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    events = draw(st.lists(st.tuples(ENDS, st.sampled_from([None, *Outcome])), max_size=3))
    return Facts(
        kind=draw(st.sampled_from(Kind)),
        strength=draw(st.integers(0, 5)),
        has_indicator=draw(st.booleans()),
        is_measured=draw(st.booleans()),
        due=draw(st.none() | ENDS),
        event_ends=tuple(end for end, _ in events),
        outcomes=tuple(outcome for _, outcome in events),
    )


def expected_state(given_facts: Facts, today: date) -> State:
    """The table of the method page once more, as nested questions."""
    if given_facts.kind is Kind.EVENT and given_facts.outcomes:
        if set(given_facts.outcomes) == {Outcome.HELD}:
            return State.HELD
        if Outcome.NOT_HELD in given_facts.outcomes:
            return State.NOT_HELD
    if given_facts.kind in (Kind.POSITION, Kind.PROTOCOL) or given_facts.strength == 0:
        return State.POSITION
    if given_facts.is_measured:
        return State.MEASURED
    days = [given_facts.due.last_day] if given_facts.due else []
    if not days and given_facts.kind is Kind.EVENT:
        days = [end.last_day for end in given_facts.event_ends]
    if days:
        return State.DATE_PASSED if max(days) < today else State.DATE_AHEAD
    return State.NOT_YET_MEASURED if given_facts.has_indicator else State.NOTHING_TO_MEASURE


@given(facts(), DAYS)
def test_any_facts_on_any_day_give_the_state_of_the_table(given_facts: Facts, today: date) -> None:
    assert decide_state(given_facts, today=today) is expected_state(given_facts, today)


@given(facts(), DAYS)
def test_only_a_date_moves_a_state_and_only_onwards(given_facts: Facts, today: date) -> None:
    before = decide_state(given_facts, today=today)

    after = decide_state(given_facts, today=today + timedelta(days=400))

    assert after is before or (before, after) == (State.DATE_AHEAD, State.DATE_PASSED)


def test_the_table_has_one_rule_for_each_state() -> None:
    assert [rule.state for rule in RULES] == list(State)
    assert set(RULE_OF) == set(State)


@pytest.mark.parametrize(
    ("state", "example"),
    [
        (State.HELD, replace(EVENT, outcomes=(Outcome.HELD,))),
        (State.NOT_HELD, replace(EVENT, outcomes=(Outcome.NOT_HELD,))),
        (State.POSITION, replace(PLAIN, kind=Kind.POSITION)),
        (State.MEASURED, replace(PLAIN, has_indicator=True, is_measured=True)),
        (State.DATE_AHEAD, replace(PLAIN, due=PartialDate(2027))),
        (State.DATE_PASSED, replace(PLAIN, due=PartialDate(2025))),
        (State.NOT_YET_MEASURED, replace(PLAIN, has_indicator=True)),
        (State.NOTHING_TO_MEASURE, PLAIN),
    ],
)
def test_every_rule_can_decide(state: State, example: Facts) -> None:
    assert decide_state(example, today=TODAY) is state


@pytest.mark.parametrize("kind", [Kind.POSITION, Kind.PROTOCOL])
def test_a_position_is_never_scored_whatever_else_is_known(kind: Kind) -> None:
    loaded = replace(
        PLAIN, kind=kind, has_indicator=True, is_measured=True, due=PartialDate(2025), outcomes=(Outcome.HELD,)
    )

    assert decide_state(loaded, today=TODAY) is State.POSITION


def test_a_ceremonial_entry_is_a_position_of_whatever_kind() -> None:
    assert decide_state(replace(PLAIN, strength=0, due=PartialDate(2025)), today=TODAY) is State.POSITION


def test_an_event_that_was_held_is_held_even_if_ceremonial() -> None:
    assert decide_state(replace(EVENT, strength=0, outcomes=(Outcome.HELD,)), today=TODAY) is State.HELD


def test_held_needs_an_outcome_for_each_event() -> None:
    two = replace(EVENT, event_ends=(PartialDate(2025), PartialDate(2026, 4)), outcomes=(Outcome.HELD, None))

    assert decide_state(two, today=TODAY) is State.DATE_PASSED
    assert decide_state(replace(two, outcomes=(Outcome.HELD, Outcome.HELD)), today=TODAY) is State.HELD
    assert decide_state(replace(two, outcomes=(Outcome.HELD, Outcome.NOT_HELD)), today=TODAY) is State.NOT_HELD


def test_an_outcome_says_nothing_of_an_entry_that_only_mentions_the_event() -> None:
    mention = replace(PLAIN, event_ends=(PartialDate(2025),), outcomes=(Outcome.HELD,), has_indicator=True)

    assert decide_state(mention, today=TODAY) is State.NOT_YET_MEASURED


@pytest.mark.parametrize(
    ("due", "last"),
    [
        (PartialDate(2026), date(2026, 12, 31)),
        (PartialDate(2026, 8), date(2026, 8, 31)),
        (PartialDate(2026, 8, 5), date(2026, 8, 5)),
    ],
)
def test_a_date_is_ahead_through_its_last_day_and_passed_the_day_after(due: PartialDate, last: date) -> None:
    dated = replace(PLAIN, due=due)

    assert decide_state(dated, today=last) is State.DATE_AHEAD
    assert decide_state(dated, today=last + timedelta(days=1)) is State.DATE_PASSED


def test_a_date_of_its_own_goes_before_those_of_its_events() -> None:
    assert decide_state(replace(EVENT, due=PartialDate(2025)), today=TODAY) is State.DATE_PASSED


def test_the_last_of_several_events_counts() -> None:
    two = replace(EVENT, event_ends=(PartialDate(2025), PartialDate(2027)), outcomes=(None, None))

    assert decide_state(two, today=TODAY) is State.DATE_AHEAD


def test_a_passed_date_outweighs_an_indicator_without_a_value() -> None:
    assert decide_state(replace(PLAIN, due=PartialDate(2025), has_indicator=True), today=TODAY) is State.DATE_PASSED


def test_no_rule_accuses_a_state() -> None:
    words = " ".join(f"{rule.label} {rule.when} {rule.meaning}" for rule in RULES).casefold()

    assert [
        word
        for word in ("overdue", "late", "fail", "breach", "violat", "delay", "non-compliance")
        if word in words.replace("translat", "")
    ] == []
