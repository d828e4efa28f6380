"""Who may do what in follow-up: one table, which the help page shows and every action asks."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from serai.kernel.errors import Marked, gettext_noop
from serai.kernel.roles import Actor, ActorKind, Grant, Role, Scope
from serai.register.followup.domain import Kind, SubmissionState
from serai.register.followup.errors import NotAllowed, OwnSubmission
from serai.register.followup.models import Evidence, Submission


class Act(StrEnum):
    ASK = "ask"
    NAME = "name"
    ANSWER = "answer"
    SUBMIT = "submit"
    STATE = "state"
    DECIDE = "decide"
    SEE = "see"


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One row of the table. `limit` is what a token must allow for it."""

    act: Act
    label: str
    roles: tuple[Role, ...]
    limit: str


RIGHTS: Final = {
    right.act: right
    for right in (
        Right(act=Act.ASK, label=gettext_noop("ask for updates"), roles=(Role.EDITOR,), limit="ask"),
        Right(
            act=Act.NAME,
            label=gettext_noop("name and end focal points"),
            roles=(Role.EDITOR, Role.FOCAL_POINT),
            limit="ask",
        ),
        Right(act=Act.ANSWER, label=gettext_noop("answer requests"), roles=(Role.FOCAL_POINT,), limit="submit"),
        Right(
            act=Act.SUBMIT,
            label=gettext_noop("hand in figures, notes and corrections"),
            roles=(Role.EDITOR, Role.FOCAL_POINT),
            limit="submit",
        ),
        Right(
            act=Act.STATE,
            label=gettext_noop("place a party’s statement beside a figure"),
            roles=(Role.FOCAL_POINT,),
            limit="submit",
        ),
        Right(
            act=Act.DECIDE,
            label=gettext_noop("publish or return what others handed in"),
            roles=(Role.REVIEWER,),
            limit="decide",
        ),
        Right(
            act=Act.SEE,
            label=gettext_noop("see requests, drafts and evidence"),
            roles=(Role.EDITOR, Role.REVIEWER, Role.AUDITOR, Role.FOCAL_POINT),
            limit="read",
        ),
    )
}
LIMITS: Final = ("read", "ask", "submit", "decide")  # what a token may be allowed


def may(actor: Actor, act: Act, party: Scope) -> bool:
    """Whether the actor may do this to an object of the party. The command line may not: content is for accounts."""
    right = RIGHTS[act]
    if actor.kind is not ActorKind.ACCOUNT or (actor.limits is not None and right.limit not in actor.limits):
        return False
    return any(_holds(actor, role, party) for role in right.roles)


def _holds(actor: Actor, role: Role, party: Scope) -> bool:
    # A focal point speaks for one party; no grant for the whole node makes one speak for all.
    return Grant(role, party) in actor.grants if role is Role.FOCAL_POINT else actor.has(role, party)


def check_may(actor: Actor, act: Act, party: Scope) -> None:
    """Raise NotAllowed unless the actor may."""
    if not may(actor, act, party):
        raise NotAllowed(act=Marked(RIGHTS[act].label))


def is_public(submission: Submission) -> bool:
    """Whether everybody may read it."""
    return submission.state in {SubmissionState.PUBLISHED, SubmissionState.SUPERSEDED}


def may_see(actor: Actor, submission: Submission) -> bool:
    return (
        is_public(submission) or submission.made_by == (actor.account or None) or may(actor, Act.SEE, submission.scope)
    )


def may_see_evidence(actor: Actor, evidence: Evidence) -> bool:
    """Whether the actor may fetch a file: the concerned may, and everybody when it was given for the public."""
    submission = evidence.submission
    if evidence.is_public and is_public(submission):
        return True
    return submission.made_by == (actor.account or None) or may(actor, Act.SEE, submission.scope)


def may_know_people(actor: Actor, submission: Submission) -> bool:
    """Whether the actor may be told who handed it in, who decided, and why: those who see its party's drafts, and its maker."""
    return submission.made_by == (actor.account or None) or may(actor, Act.SEE, submission.scope)


def check_may_decide(actor: Actor, submission: Submission) -> None:
    """Raise unless the actor reviews for this party and did not hand it in (four eyes)."""
    check_may(actor, Act.DECIDE, submission.scope)
    if submission.made_by == actor.name:
        raise OwnSubmission


def may_correct(actor: Actor, submission: Submission) -> bool:
    """Whether the actor may hand in a correction: of a figure that stands, and that this node owns."""
    stands = submission.kind == Kind.MEASUREMENT and submission.state == SubmissionState.PUBLISHED
    return submission.is_ours and stands and may(actor, Act.SUBMIT, submission.scope)


def is_concerned(actor: Actor) -> bool:
    """Whether the actor has anything to do in follow-up at all."""
    return actor.has_any(Role.EDITOR, Role.REVIEWER, Role.FOCAL_POINT, Role.AUDITOR)


def seen_parties(actor: Actor) -> frozenset[Scope] | None:
    """Return the parties whose requests and drafts the actor may see; None for all."""
    if actor.kind is not ActorKind.ACCOUNT or (actor.limits is not None and RIGHTS[Act.SEE].limit not in actor.limits):
        return frozenset()
    wide = {grant.scope for grant in actor.grants if grant.role in RIGHTS[Act.SEE].roles}
    if any(
        not grant.scope and grant.role is not Role.FOCAL_POINT and grant.role is not Role.OPERATOR
        for grant in actor.grants
    ):
        return None
    return frozenset(wide)
