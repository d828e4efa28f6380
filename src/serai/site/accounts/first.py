"""The first people of a node: its first operator, and the sample accounts of a training node. None has a password."""

from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.db import transaction

from serai.kernel.countries import STATES, Party
from serai.kernel.locks import take_lock
from serai.kernel.roles import EVERYWHERE, Actor, Grant, Role, Scope
from serai.site.accounts.actions import make_sign_in_link, open_account
from serai.site.accounts.models import Account, RoleGrant

SAMPLE_BODY: Final = Scope("body:customs-dg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An account to practise with, on training nodes only."""

    key: str
    name: str
    grant: Grant

    @property
    def email(self) -> str:
        return f"{self.key}@training.invalid"


SAMPLES: Final = (
    Sample(key="editor", name="Editor (training)", grant=Grant(Role.EDITOR)),
    Sample(key="reviewer", name="Reviewer (training)", grant=Grant(Role.REVIEWER)),
    Sample(key="focal", name="Focal point (training)", grant=Grant(Role.FOCAL_POINT, SAMPLE_BODY)),
    Sample(key="operator", name="Operator (training)", grant=Grant(Role.OPERATOR)),
)
# Elsewhere than at the Secretariat a focal point speaks for the node's own state.
_AT_A_STATE: Final = ("reviewer", "focal", "operator")


def open_first_operator(*, email: str = "", name: str = "") -> Account | None:
    """Open the first operator's account; return None when the node has an operator already."""
    with transaction.atomic():
        take_lock("accounts-operators")
        if RoleGrant.objects.filter(role=Role.OPERATOR, scope=EVERYWHERE, account__closed_at=None).exists():
            return None
        email = email or f"operator@{settings.IDENTITY.code.lower()}.invalid"
        return open_account(email=email, name=name or "Operator", grants=[Grant(Role.OPERATOR)], actor=Actor.operator())


def find_new_operator() -> Account | None:
    """Return an operator who has never signed in, when no operator ever has."""
    rows = Account.objects.filter(grants__role=Role.OPERATOR, grants__scope=EVERYWHERE, closed_at=None)
    if rows.exclude(last_login=None).exists():
        return None
    return rows.order_by("made_at").first()


def samples_of(node: str) -> list[Sample]:
    """Return who practises at a node: the Secretariat also asks and edits; a neutral node only runs."""
    if node not in STATES:
        return [sample for sample in SAMPLES if node == Party.SEC or sample.key == "operator"]
    own = Grant(Role.FOCAL_POINT, Scope(f"state:{node}"))
    return [
        replace(sample, grant=own) if sample.key == "focal" else sample
        for sample in SAMPLES
        if sample.key in _AT_A_STATE
    ]


def make_sample_links() -> list[tuple[Sample, str]]:
    """Open the sample accounts that are missing; return each with the token of a fresh link."""
    made = []
    for sample in samples_of(settings.IDENTITY.code):
        account = Account.objects.filter(email=sample.email).first()
        if account is None:
            account = open_account(email=sample.email, name=sample.name, grants=[sample.grant], actor=Actor.operator())
        if account.closed_at is None:
            made.append((sample, make_sign_in_link(account=account, actor=Actor.operator())))
    return made


def link_address(token: str, *, base: str) -> str:
    """Return the whole address of a sign-in link."""
    return f"{base.rstrip('/')}/account/link/{token}"
