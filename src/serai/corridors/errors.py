"""What can be wrong with tables, and with a question to the planner.

BadInput
├── BadTable             a row or file that cannot be used: file, line, column, reason
├── UnknownPlace         no such place, or several; the nearest names are told
├── BadConsignment       what is to be carried cannot be
│   ├── TooHeavy
│   ├── UnknownLoad
│   ├── NotTonnes
│   └── BadChapter
└── BadQuestion          places, dates, window or limits that make no sense
    ├── SamePlace
    ├── NoEndThere       nothing of the kind begins or ends there
    ├── NotAMoment
    ├── NoTimeZone
    ├── BadWindow
    ├── ArrivesTooSoon
    ├── TooManyPoints
    ├── UnknownLimit
    ├── AvoidedAndPassed
    └── BadDraws
"""

from serai.kernel.errors import BadInput, gettext_noop


class BadTable(BadInput):
    code = "corridor_table"
    template = gettext_noop("{file}, line {line}, column {column}: {reason}")


class UnknownPlace(BadInput):
    code = "corridor_place"
    template = gettext_noop("“{name}” is not one place of the network. Take one of these, or its id: {near}.")


class BadConsignment(BadInput):
    code = "corridor_consignment"


class TooHeavy(BadConsignment):
    code = "corridor_cargo"
    template = gettext_noop(
        "{cargo_t} t do not go into one unit ({load}). Send more than 0 and at most {most_t} t in each."
    )


class UnknownLoad(BadConsignment):
    code = "corridor_load"
    template = gettext_noop("“{load}” is no load. Choose one of: {known}.")


class NotTonnes(BadConsignment):
    code = "corridor_tonnes"
    template = gettext_noop("“{written}” is no number of tonnes. Write it as 20 or 20.5.")


class BadChapter(BadConsignment):
    code = "corridor_chapter"
    template = gettext_noop("“{written}” is no HS chapter. Write its two digits, from 01 to 97.")


class BadQuestion(BadInput):
    code = "corridor_question"


class SamePlace(BadQuestion):
    code = "corridor_same_place"
    template = gettext_noop("The way begins and ends at the same place. Choose two places.")


class NoEndThere(BadQuestion):
    code = "corridor_no_end"
    template = gettext_noop(
        "No {unit} can begin or end at {place}: no line, road or ship of the network is there. Choose a place near to it."
    )


class NotAMoment(BadQuestion):
    code = "corridor_moment"
    template = gettext_noop("“{written}” in {field} is no moment. Write it as 2026-11-30T08:00.")


class NoTimeZone(BadQuestion):
    code = "corridor_time_zone"
    template = gettext_noop("A moment has no time zone. Write it with an offset, such as 2026-11-30T08:00+08:00.")


class BadWindow(BadQuestion):
    code = "corridor_window"
    template = gettext_noop(
        "A window of {days} days cannot be planned. Write a whole number from 0 to {most}, or ask again from a later day."
    )


class ArrivesTooSoon(BadQuestion):
    code = "corridor_arrival"
    template = gettext_noop("It should arrive before it is ready. Choose a later arrival, or an earlier day.")


class TooManyPoints(BadQuestion):
    code = "corridor_points"
    template = gettext_noop("It shall pass {count} points; at most {most} can be asked for.")


class UnknownLimit(BadQuestion):
    code = "corridor_limit"
    template = gettext_noop("“{name}” is not known. Write place, country, crossing or mode, a colon, and what it is.")


class AvoidedAndPassed(BadQuestion):
    code = "corridor_both"
    template = gettext_noop("“{name}” is both to be avoided and to be passed. Take one of the two away.")


class BadDraws(BadQuestion):
    code = "corridor_draws"
    template = gettext_noop("{draws} draws cannot be made. Ask for 1 to {most}.")
