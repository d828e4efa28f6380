"""The catalogue over the exchange: published by the Secretariat's node alone, proved before anything changes, numbered once."""

import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings

from serai.exchange.envelope import Place
from serai.exchange.handlers import Message
from serai.exchange.models import Intent, Peer, PeerState
from serai.kernel import clock
from serai.kernel.roles import Actor
from serai.register import messages, publishing
from serai.register.actions import is_load_due, load_catalogue
from serai.register.catalogue import SHIPPED, fingerprint
from serai.register.followup.sharing import published_catalogue
from serai.register.messages import CatalogueRefused, NotThePublisher
from serai.register.models import CatalogueFiles, CataloguePart, CatalogueVersion, Entry
from serai.register.packing import pack
from tests.catalogue import change_entry, copy_catalogue, drop_entry

pytestmark = pytest.mark.django_db
TESTER = Actor.system("tests")
TITLE = "Permits for road carriage"


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    folder = copy_catalogue(tmp_path / "changed")
    change_entry(folder, "VI.13a", title=TITLE)
    return folder


@pytest.fixture
def at_kz(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be the node KZ, which has loaded by itself what its software ships, and knows the Secretariat's node."""
    CatalogueFiles.objects.all().delete()
    CatalogueVersion.objects.update(published=None)
    monkeypatch.setattr(settings, "IDENTITY", replace(settings.IDENTITY, code="KZ"))
    introduce("SEC")


def introduce(code: str) -> None:
    Peer.objects.create(code=code, url="http://127.0.0.1:9", met_at=clock.now(), state=PeerState.INTRODUCED)


def message(kind: str, body: dict[str, object], *, sender: str = "SEC") -> Message:
    return Message(
        sender=sender,
        type=kind,
        version=1,
        purpose=publishing.PURPOSE,
        id="0" * 32,
        place=Place(sender, "register", 1, 1),
        issued_at=clock.now(),
        body=body,
    )


def announcement(folder: Path, *, number: int = 4, **changes: object) -> Message:
    packed = pack(folder)
    parts = -(-len(packed) // publishing.PART_BYTES)
    body = {"number": number, "digest": fingerprint(folder), "sha256": sha256(packed).hexdigest(), "parts": parts}
    return message(publishing.CATALOGUE, body | changes)


def parts_of(folder: Path, *, number: int = 4) -> list[Message]:
    packed, size = pack(folder), publishing.PART_BYTES
    cut = [packed[at : at + size] for at in range(0, len(packed), size)]
    return [
        message(publishing.PART, {"number": number, "part": place, "data": b64encode(data).decode()})
        for place, data in enumerate(cut, start=1)
    ]


def take_all(folder: Path, *, number: int = 4) -> None:
    messages.take_catalogue(announcement(folder, number=number))
    for part in parts_of(folder, number=number):
        messages.take_part(part)


def queued(kind: str) -> list[dict[str, object]]:
    return [json.loads(intent.body) for intent in Intent.objects.filter(type=kind).order_by("pk")]


def title() -> str:
    return Entry.objects.get(code="VI.13a").text("title", "en")


def test_the_secretariat_tells_every_peer_of_a_new_version_and_no_other_node_does(
    changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    introduce("KZ"), introduce("UZ")

    load_catalogue(actor=TESTER, folder=changed)

    assert [body["number"] for body in queued(publishing.CATALOGUE)] == [2, 2]
    assert (published_catalogue(), CatalogueFiles.objects.get().number) == (2, 2)
    Intent.objects.all().delete()
    monkeypatch.setattr(settings, "IDENTITY", replace(settings.IDENTITY, code="KZ"))
    CatalogueVersion.objects.update(published=None)
    load_catalogue(actor=TESTER)
    assert not Intent.objects.exists()
    assert published_catalogue() == 0


def test_a_new_peer_is_told_of_the_newest_catalogue_by_the_secretariat() -> None:
    introduce("KZ")

    publishing.greet("KZ"), publishing.greet("KZ")

    assert [(body["number"], body["digest"]) for body in queued(publishing.CATALOGUE)] == [(1, fingerprint(SHIPPED))]


@pytest.mark.usefixtures("at_kz")
def test_node_that_has_the_files_takes_the_number_and_asks_for_nothing() -> None:
    messages.take_catalogue(announcement(SHIPPED))

    assert published_catalogue() == 4
    assert not Intent.objects.exists()
    assert CatalogueVersion.objects.count() == 1


@pytest.mark.usefixtures("at_kz")
def test_node_that_ships_the_files_but_has_others_loads_them(changed: Path) -> None:
    load_catalogue(actor=TESTER, folder=changed)

    messages.take_catalogue(announcement(SHIPPED))

    assert (published_catalogue(), title()) != (4, TITLE)
    assert not Intent.objects.exists()


@pytest.mark.usefixtures("at_kz")
def test_node_without_the_files_asks_for_them_and_loads_them_when_the_last_part_is_there(changed: Path) -> None:
    messages.take_catalogue(announcement(changed))
    messages.take_catalogue(announcement(changed))
    assert queued(publishing.ASK) == [{"number": 4}]
    *first, last = parts_of(changed)

    for part in (*first[::-1], first[0]):
        messages.take_part(part)
    assert (title() == TITLE, published_catalogue()) == (False, 0)
    messages.take_part(last)

    assert (title(), published_catalogue()) == (TITLE, 4)
    assert Entry.objects.get(code="VI.13a").owner_node == "SEC"
    introduce("UZ")
    publishing.greet("UZ")
    assert not queued(publishing.CATALOGUE), "a copy is not passed on"


def test_the_secretariat_sends_the_files_in_parts_that_make_up_the_whole(changed: Path) -> None:
    introduce("KZ")
    load_catalogue(actor=TESTER, folder=changed)

    messages.send_parts(message(publishing.ASK, {"number": 2}, sender="KZ"))
    messages.send_parts(message(publishing.ASK, {"number": 1}, sender="KZ"))

    sent = Intent.objects.filter(type=publishing.PART)
    assert {intent.lane for intent in sent} == {"bulk"}
    assert all(len(intent.body) < 50_000 for intent in sent)
    assert [json.loads(intent.body) for intent in sent] == [part.body for part in parts_of(changed, number=2)]


@pytest.mark.usefixtures("at_kz")
def test_the_catalogue_comes_from_the_secretariat_alone(changed: Path) -> None:
    for call, sent in (
        (messages.take_catalogue, announcement(changed)),
        (messages.take_part, parts_of(changed)[0]),
    ):
        with pytest.raises(NotThePublisher):
            call(replace(sent, sender="UZ"))
    with pytest.raises(NotThePublisher):
        messages.send_parts(message(publishing.ASK, {"number": 1}, sender="UZ"))


@pytest.mark.usefixtures("at_kz")
def test_broken_catalogue_is_refused_and_nothing_changes(changed: Path) -> None:
    drop_entry(changed, "VI.13a")

    with pytest.raises(CatalogueRefused, match="nothing changed"):
        take_all(changed)

    assert Entry.objects.filter(code="VI.13a").exists()
    assert published_catalogue() == 0
    assert CatalogueVersion.objects.count() == 1


@pytest.mark.usefixtures("at_kz")
def test_parts_that_are_not_what_was_announced_are_refused(changed: Path) -> None:
    messages.take_catalogue(announcement(changed, sha256="0" * 64))

    *first, last = parts_of(changed)
    for part in first:
        messages.take_part(part)
    with pytest.raises(CatalogueRefused, match="do not make up"):
        messages.take_part(last)

    assert title() != TITLE


@pytest.mark.usefixtures("at_kz")
def test_files_of_another_digest_than_announced_are_refused(changed: Path) -> None:
    messages.take_catalogue(announcement(changed, digest="0" * 64))

    *first, last = parts_of(changed)
    for part in first:
        messages.take_part(part)
    with pytest.raises(CatalogueRefused, match="not those that were announced"):
        messages.take_part(last)

    assert title() != TITLE


@pytest.mark.usefixtures("at_kz")
def test_a_number_stands_for_one_catalogue_and_an_older_one_changes_nothing(changed: Path) -> None:
    take_all(changed)

    messages.take_catalogue(announcement(SHIPPED, number=3))
    with pytest.raises(CatalogueRefused, match="has that number"):
        messages.take_catalogue(announcement(SHIPPED))

    assert (title(), published_catalogue()) == (TITLE, 4)


@pytest.mark.usefixtures("at_kz")
def test_a_newer_announcement_takes_the_place_of_one_whose_parts_are_on_their_way(changed: Path) -> None:
    messages.take_catalogue(announcement(changed, number=4))
    messages.take_part(parts_of(changed, number=4)[0])

    messages.take_catalogue(announcement(SHIPPED, number=5))

    assert published_catalogue() == 5
    assert not CatalogueFiles.objects.exists()
    assert not CataloguePart.objects.exists()
    with pytest.raises(CatalogueRefused, match="nobody here waits"):
        messages.take_part(parts_of(changed, number=4)[1])


@pytest.mark.parametrize(
    "changes", [{"number": 0}, {"number": 2**31}, {"parts": 0}, {"parts": 201}, {"digest": "x"}, {"more": 1}]
)
@pytest.mark.usefixtures("at_kz")
def test_announcement_of_another_form_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(CatalogueRefused):
        messages.take_catalogue(announcement(SHIPPED, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes", [{"part": 0}, {"part": 99}, {"data": "***"}, {"data": "A" * 50_000}, {"number": 9}, {"more": 1}]
)
@pytest.mark.usefixtures("at_kz")
def test_part_of_another_form_is_refused(changed: Path, changes: dict[str, object]) -> None:
    messages.take_catalogue(announcement(changed))
    part = parts_of(changed)[0]

    with pytest.raises(CatalogueRefused):
        messages.take_part(replace(part, body=dict(part.body) | changes))

    assert not CataloguePart.objects.exists()


@pytest.mark.usefixtures("at_kz")
def test_node_that_holds_a_published_catalogue_loads_no_other_by_itself(changed: Path) -> None:
    take_all(changed)

    result = load_catalogue(actor=TESTER)

    assert (result.is_new, result.is_kept, title()) == (False, True, TITLE)
    assert not is_load_due()


@pytest.mark.usefixtures("at_kz")
def test_newer_software_reads_the_published_files_anew_under_the_same_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    messages.take_catalogue(announcement(SHIPPED))
    monkeypatch.setattr("serai.register.actions._BUILD", "next")
    assert is_load_due()

    result = load_catalogue(actor=TESTER)

    assert result.is_new
    assert CatalogueVersion.objects.get(pk=result.version).published == 4
