"""Errors of follow-up.

BadInput
├── InvalidSubmission        several faults of one form or call, each with its field
├── BadValue, OutOfRange, WrongUnit, BadPeriod, FuturePeriod, BadCoverage, BadLink, TooLong, Missing, NoSource, NothingGiven, BadChoice
├── NoIndicator, NotAboutFigure, SimulatedHere
├── BadText                  a character that no store keeps
├── BadParty, NotBound, BadDue, NoFocalPoint, CannotAnswer
└── BadSearch
Refused
├── NotAllowed
├── OwnSubmission
└── NotFocalPoint
NotFound
├── NoSuchRequest, NoSuchSubmission, NoSuchFocalPoint, NoSuchSearch
Conflict                      `versions` holds both sides, where there are two
├── RequestRunning, RequestEnded, AlreadyAnswered, AlreadyDecided
└── FigureExists, NotOurs, NotCurrent, KeyUsed, AlreadyHandedIn
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from serai.kernel.errors import BadInput, Conflict, Marked, NotFound, Refused, SeraiError, gettext_noop
from serai.kernel.safejson import BadCharacter

Version = Mapping[str, str]
VALUE_NAME: Final = Marked(gettext_noop("The figure"))
PERIOD_NAME: Final = Marked(gettext_noop("The period"))
NOTE_NAME: Final = Marked(gettext_noop("The text"))
REASON_NAME: Final = Marked(gettext_noop("The reason"))


class BadValue(BadInput):
    code = "bad_value"
    template = gettext_noop(
        "“{given}” is not a figure. Write digits, such as 1250 or 12.5, without a comma for thousands; "
        "the unit is {unit}."
    )


class OutOfRange(BadInput):
    code = "out_of_range"
    template = gettext_noop(
        "{given} cannot be a value in “{unit}”: it allows {allowed}. Check the figure and its unit."
    )


class WrongUnit(BadInput):
    code = "wrong_unit"
    template = gettext_noop(
        "This indicator is measured in “{expected}”, not in “{given}”. Convert the figure, then send it again."
    )


class BadPeriod(BadInput):
    code = "bad_period"
    template = gettext_noop(
        "“{given}” is not a period. Write 2026, 2026-H1, 2026-Q2, 2026-03, 2026-03-31, or two dates parted by “/”."
    )


class FuturePeriod(BadInput):
    code = "future_period"
    template = gettext_noop(
        "The period {given} ends on {end}, which has not come yet. Give a figure when its period is over."
    )


class BadCoverage(BadInput):
    code = "bad_coverage"
    template = gettext_noop("“{given}” is not a coverage. Write a share from 0 to 100, in per cent, or leave it empty.")


class BadLink(BadInput):
    code = "bad_link"
    template = gettext_noop("“{given}” is not a web address. It must begin with https:// or http://.")


class TooLong(BadInput):
    code = "too_long"
    template = gettext_noop("This text has {length} characters; at most {most} are kept. Shorten it.")


class Missing(BadInput):
    code = "missing"
    template = gettext_noop("{what} is missing. Give it, then send again.")


class NoSource(BadInput):
    code = "no_source"
    template = gettext_noop("Say where the figure comes from: give a link, a file, or the name of the source.")


class NothingGiven(BadInput):
    code = "nothing_given"
    template = gettext_noop("There is neither a figure nor a text. Give one of them, then send again.")


class BadChoice(BadInput):
    code = "bad_choice"
    template = gettext_noop("“{given}” is not one of the choices here: {choices}.")


class NoIndicator(BadInput):
    code = "no_indicator"
    template = gettext_noop("Entry {entry} has no indicator, so it takes no figure. Give a note instead.")


class NotAboutFigure(BadInput):
    code = "not_about_figure"
    template = gettext_noop("A statement or correction needs a published figure; number {number} is not one.")


class SimulatedHere(BadInput):
    code = "simulated_here"
    template = gettext_noop("Simulated figures belong to training nodes only. This is a service node.")


class BadParty(BadInput):
    code = "bad_party"
    template = gettext_noop("“{given}” is neither a state of the mechanism nor a body of the register.")


class NotBound(BadInput):
    code = "not_bound"
    template = gettext_noop("Entry {entry} does not name {party}, so it cannot be asked about it.")


class BadDue(BadInput):
    code = "bad_due"
    template = gettext_noop("The date {given} cannot be used: choose a day from tomorrow to two years ahead.")


class NoFocalPoint(BadInput):
    code = "no_focal_point"
    template = gettext_noop("Nobody answers for {party} on {entry} yet. Name a focal point first, then ask.")


class CannotAnswer(BadInput):
    code = "cannot_answer"
    template = gettext_noop(
        "The chosen account does not hold the role of focal point for {party}. Choose one that does, or have it granted."
    )


class BadText(BadCharacter):
    code = "bad_text"


class BadSearch(BadInput):
    code = "bad_search"
    template = gettext_noop("A saved search needs a name of 1 to 80 characters and a list of the register to save.")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field."""

    field: str
    error: SeraiError


class InvalidSubmission(BadInput):
    """What was handed in has faults; nothing was kept of it. All faults are told at once."""

    code = "invalid_submission"
    template = gettext_noop("This cannot be taken as it stands, and nothing was kept. {first}")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(first=faults[0].error, field=faults[0].field, count=len(faults))
        self.faults = list(faults)


class NotAllowed(Refused):
    code = "not_allowed"
    template = gettext_noop("Your roles do not allow this: {act}. Ask an operator of this node if they should.")


class OwnSubmission(Refused):
    code = "own_submission"
    template = gettext_noop("You handed this in yourself, so another person must decide on it.")


class NotFocalPoint(Refused):
    code = "not_focal_point"
    template = gettext_noop("Another person is named as focal point for {party} on {entry}. Only they can answer.")


class NoSuchRequest(NotFound):
    code = "no_such_request"
    template = gettext_noop("There is no request {number} that you may see.")


class NoSuchSubmission(NotFound):
    code = "no_such_submission"
    template = gettext_noop("There is no submission {number} that you may see.")


class NoSuchFocalPoint(NotFound):
    code = "no_such_focal_point"
    template = gettext_noop("There is no such focal point, or it has ended already.")


class NoSuchSearch(NotFound):
    code = "no_such_search"
    template = gettext_noop("You have no saved search of that number.")


class TwoVersions(Conflict):
    """A conflict of two versions of one thing: what was sent, and what stands."""

    code = "two_versions"
    yours: Version
    theirs: Version

    def __init__(self, *, yours: Version, theirs: Version, **fields: object) -> None:
        super().__init__(**fields)
        self.yours, self.theirs = yours, theirs


class RequestRunning(TwoVersions):
    code = "request_running"
    template = gettext_noop("A request to {party} on {entry} is running already: number {number}, due {due}.")


class RequestEnded(Conflict):
    code = "request_ended"
    template = gettext_noop(
        "Request {number} has ended ({state}), so it takes no answer. Ask the officer to ask again."
    )


class AlreadyAnswered(TwoVersions):
    code = "already_answered"
    template = gettext_noop(
        "Request {number} has an answer already, handed in by {by} on {day}. Yours was not kept. "
        "If theirs is wrong, withdraw it or have it returned, then answer again."
    )


class AlreadyDecided(TwoVersions):
    code = "already_decided"
    template = gettext_noop("{by} decided on this already, on {day}: {verdict}. Your decision changed nothing.")


class NotOurs(Conflict):
    code = "not_ours"
    template = gettext_noop(
        "Figure {number} belongs to the node {owner}, and only it can correct it. Hand in a statement beside it instead."
    )


class FigureExists(TwoVersions):
    code = "figure_exists"
    template = gettext_noop(
        "A figure for {period} is published already: number {number}. To change it, hand in a correction of it."
    )


class NotCurrent(TwoVersions):
    code = "not_current"
    template = gettext_noop(
        "Figure {number} was corrected by number {newer} in the meantime. Look at that one, and correct it if it is wrong."
    )


class AlreadyHandedIn(TwoVersions):
    code = "already_handed_in"
    template = gettext_noop(
        "You sent this form before: it became number {number}. What you changed since was not kept. "
        "Correct that one if it is wrong, or open the form anew."
    )


class KeyUsed(TwoVersions):
    code = "key_used"
    template = gettext_noop("The key “{key}” was used before for something else. Choose a new key for new content.")
