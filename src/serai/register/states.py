"""Where an entry stands: a total function of the data, as one ordered table of rules that the pages show.

Pure. The first rule that holds decides. Nothing here accuses: a date that passed says only that nothing is recorded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from serai.kernel.dates import PartialDate
from serai.kernel.errors import gettext_noop
from serai.register.vocabulary import Kind, Outcome


class State(StrEnum):
    HELD = "held"
    NOT_HELD = "not-held"
    POSITION = "position"
    MEASURED = "measured"
    DATE_AHEAD = "date-ahead"
    DATE_PASSED = "date-passed"
    NOT_YET_MEASURED = "not-yet-measured"
    NOTHING_TO_MEASURE = "nothing-to-measure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the state of an entry depends on."""

    kind: Kind
    strength: int
    has_indicator: bool
    is_measured: bool
    due: PartialDate | None
    event_ends: tuple[PartialDate, ...]
    outcomes: tuple[Outcome | None, ...]  # one for each event of the entry

    @property
    def last_day(self) -> date | None:
        """The last day on which the stated date can still come true."""
        if self.due is not None:
            return self.due.last_day
        if self.kind is Kind.EVENT and self.event_ends:
            return max(end.last_day for end in self.event_ends)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table."""

    state: State
    label: str
    when: str
    meaning: str
    holds: Callable[[Facts, date], bool]


RULES: Final = (
    Rule(
        state=State.HELD,
        label=gettext_noop("Held or completed"),
        when=gettext_noop(
            "The entry is an event, and for each event it names an outcome “held” is recorded with a source that was read."
        ),
        meaning=gettext_noop("It took place. The source stands on the entry’s page."),
        holds=lambda facts, _: _has_outcomes(facts) and all(found is Outcome.HELD for found in facts.outcomes),
    ),
    Rule(
        state=State.NOT_HELD,
        label=gettext_noop("Reported not held"),
        when=gettext_noop(
            "The entry is an event, and for one it names an outcome “not held” is recorded with a source that was read."
        ),
        meaning=gettext_noop("A source says that it did not take place. It stands on the entry’s page."),
        holds=lambda facts, _: _has_outcomes(facts) and Outcome.NOT_HELD in facts.outcomes,
    ),
    Rule(
        state=State.POSITION,
        label=gettext_noop("Position or ceremony"),
        when=gettext_noop("The entry is a position or a protocol entry, or its strength is 0."),
        meaning=gettext_noop(
            "A view, a thanks or a record. There is nothing in it to carry out, so it is never scored."
        ),
        holds=lambda facts, _: facts.kind in {Kind.POSITION, Kind.PROTOCOL} or facts.strength == 0,
    ),
    Rule(
        state=State.MEASURED,
        label=gettext_noop("Measured"),
        when=gettext_noop("A reviewed value of the entry’s indicator is published here."),
        meaning=gettext_noop("The figure, its rule, its source and its coverage stand on the entry’s page."),
        holds=lambda facts, _: facts.is_measured,
    ),
    Rule(
        state=State.DATE_AHEAD,
        label=gettext_noop("Date ahead"),
        when=gettext_noop("The text states or implies a date, and its last day has not passed."),
        meaning=gettext_noop("The last day of the stated date has not passed yet."),
        holds=lambda facts, today: facts.last_day is not None and facts.last_day >= today,
    ),
    Rule(
        state=State.DATE_PASSED,
        label=gettext_noop("Date passed, nothing recorded here"),
        when=gettext_noop("The text states or implies a date, its last day has passed, and no outcome is recorded."),
        meaning=gettext_noop(
            "It may well have been done. No source that says so was read yet, so this page says neither yes nor no."
        ),
        holds=lambda facts, today: facts.last_day is not None and facts.last_day < today,
    ),
    Rule(
        state=State.NOT_YET_MEASURED,
        label=gettext_noop("Not yet measured"),
        when=gettext_noop("The entry has an indicator, and no value of it is published here."),
        meaning=gettext_noop("The figure is not known. That is not zero."),
        holds=lambda facts, _: facts.has_indicator,
    ),
    Rule(
        state=State.NOTHING_TO_MEASURE,
        label=gettext_noop("General will, nothing stated to measure"),
        when=gettext_noop("None of the rules above holds."),
        meaning=gettext_noop("The words give a direction, but nothing in them can be counted."),
        holds=lambda _facts, _today: True,
    ),
)
RULE_OF: Final = {rule.state: rule for rule in RULES}


def _has_outcomes(facts: Facts) -> bool:
    return facts.kind is Kind.EVENT and bool(facts.outcomes)


def decide_state(facts: Facts, *, today: date) -> State:
    """Return the one state of an entry on a day."""
    return next(rule.state for rule in RULES if rule.holds(facts, today))
