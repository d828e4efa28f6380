"""The closed vocabularies that rules depend on. The rest (topics, systems, types) are read from the catalogue."""

from enum import StrEnum
from typing import Final


class Act(StrEnum):
    """What a sentence of the declaration does."""

    UNDERTAKE = "undertake"
    INTEND = "intend"
    SUPPORT = "support"
    CALL = "call"
    REAFFIRM = "reaffirm"
    OPPOSE = "oppose"
    CONDEMN = "condemn"
    WELCOME = "welcome"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    ANNOUNCE = "announce"


class Kind(StrEnum):
    COMMITMENT = "commitment"
    INSTITUTION = "institution"
    EVENT = "event"
    POSITION = "position"
    PROTOCOL = "protocol"


class Scope(StrEnum):
    """Who is bound."""

    PARTIES = "parties"
    MECHANISM = "mechanism"
    RELEVANT_PARTIES = "relevant-parties"
    SECRETARIAT_PARTICIPANTS = "secretariat-participants"
    WTO_MEMBERS = "wto-members"
    SCO_MEMBERS = "sco-members"
    NAMED = "named"


# The text binds a subset that it does not name: such an entry is never shown as a commitment of the six.
UNNAMED_SCOPES: Final = frozenset({Scope.RELEVANT_PARTIES, Scope.SECRETARIAT_PARTICIPANTS})
ALL_SIX_SCOPES: Final = frozenset({Scope.PARTIES, Scope.MECHANISM})


class Relation(StrEnum):
    """How the wording of an entry relates to the earlier declaration."""

    NEW = "new"
    REPEATED = "repeated"
    CONCRETISED = "concretised"
    STRENGTHENED = "strengthened"
    WEAKENED = "weakened"
    UNDETERMINED = "undetermined"


class Outcome(StrEnum):
    HELD = "held"
    NOT_HELD = "not-held"


STRENGTHS: Final = (0, 1, 2, 3, 4, 5)
STRONGEST_POSITION: Final = 3
LONGEST_TITLE_WORDS: Final = 10
# Systems that run on this node today; the others are named by entries and come with later releases.
LIVE_SYSTEMS: Final = frozenset({"register", "calendar"})
