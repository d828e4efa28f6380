"""Parties: the states and bodies that are asked and that answer, by the scope that names them."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings

from serai.kernel.countries import NAMES, STATES, name_node, sort_parties
from serai.kernel.languages import LANGUAGES
from serai.kernel.roles import EVERYWHERE, Scope, parse_scope
from serai.register.followup.errors import BadParty, NotBound
from serai.register.followup.models import Submission
from serai.register.models import Body, Entry
from serai.register.vocabulary import UNNAMED_SCOPES

STATE: Final = "state:"
BODY: Final = "body:"


def state_party(code: str) -> Scope:
    return Scope(f"{STATE}{code}")


def body_party(slug: str) -> Scope:
    return Scope(f"{BODY}{slug}")


def read_party(text: str) -> Scope:
    """Return a party that exists; raise BadParty."""
    try:
        party = parse_scope(text)
    except ValueError:
        raise BadParty(given=text[:60]) from None
    if party.startswith(BODY) and not Body.objects.filter(pk=party.removeprefix(BODY)).exists():
        raise BadParty(given=text[:60])
    return party


def check_bound(party: Scope, entry: Entry) -> None:
    """Raise NotBound for a state that the entry does not bind; bodies and unnamed subsets are not checked."""
    if not party.startswith(STATE) or entry.scope in UNNAMED_SCOPES or entry.actors == ["all"]:
        return
    code = party.removeprefix(STATE)
    if code not in entry.actors:
        raise NotBound(entry=entry.code, party=party_in_all_languages(party))


def name_parties(parties: Sequence[str], language: str, *, node: str = "SEC") -> dict[str, str]:
    """Return party → name in the language; the empty scope is the institution that runs the node."""
    slugs = {party.removeprefix(BODY) for party in parties if party.startswith(BODY)}
    bodies = {body.pk: body.text("name", language) for body in Body.objects.filter(pk__in=slugs)} if slugs else {}
    return {party: _name(party, bodies, language, node) for party in parties}


def name_givers(rows: Sequence[Submission], language: str) -> dict[int, str]:
    """Return submission → who gave it, with the node that owns it where the party does not tell it.

    Among rows of this node alone that goes without saying.
    """
    own = settings.IDENTITY.code
    names = name_parties([row.party for row in rows], language, node=own)
    if all(row.is_ours for row in rows):
        return {row.pk: names[row.party] for row in rows}
    return {row.pk: _giver(row, names[row.party], language) for row in rows}


def _giver(row: Submission, party: str, language: str) -> str:
    owner = name_node(row.owner_node, language)
    if row.party in {EVERYWHERE, state_party(row.owner_node)}:
        return owner
    return f"{party} ({owner})"


def party_in_all_languages(party: str) -> dict[str, str]:
    """Return language → name of a party, for sentences whose reader is not known yet."""
    node = settings.IDENTITY.code
    return {language: name_parties([party], language, node=node)[party] for language in LANGUAGES}


def _name(party: str, bodies: dict[str, str], language: str, node: str) -> str:
    if party == EVERYWHERE:
        return NAMES[language].get(node, node)
    kind, _, key = party.partition(":")
    return NAMES[language].get(key, key) if kind == "state" else bodies.get(key, key)


def parties_of(entry: Entry, language: str) -> list[Scope]:
    """Return whom one would ask about an entry: its bodies, then the states it binds, each in the reader's order."""
    bodies = sorted(entry.bodies.all(), key=lambda body: body.text("name", language).casefold())
    states = STATES if entry.actors == ["all"] else [code for code in entry.actors if code in set(STATES)]
    return [body_party(body.pk) for body in bodies] + [state_party(code) for code in sort_parties(states, language)]
