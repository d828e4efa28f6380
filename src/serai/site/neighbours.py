"""Introduces training nodes on one machine to each other: their fingerprints are read from each other's folders.

Between machines nothing of the kind exists: there two operators read their fingerprints to each other.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import click


def introduce_neighbours(file: Path) -> None:
    """Meet and introduce each node that the file names, unless an operator ended the exchange with it.

    The file: `{"KZ": {"folder": "/…/KZ", "url": "http://127.0.0.1:8002"}, …}`, this node among them.
    """
    from django.conf import settings

    from serai.exchange.signer.current import open_here_if_silent

    open_here_if_silent(settings.HOME.folder)
    for code, place in json.loads(file.read_text()).items():
        if code != settings.IDENTITY.code:
            _introduce(code, Path(place["folder"]), place["url"])


def _introduce(code: str, folder: Path, url: str) -> None:
    from serai.exchange.errors import KeysDiffer
    from serai.exchange.keys import fingerprint_of
    from serai.exchange.models import Peer, PeerState
    from serai.exchange.peers import introduce_peer, take_card
    from serai.kernel.roles import Actor

    actor = Actor.operator()
    if Peer.objects.filter(pk=code, state=PeerState.ENDED).exists():
        return
    card = _card_of(code, folder, url)
    try:
        peer = take_card(card=card, url=url, actor=actor)
    except KeysDiffer as error:  # its folder was made anew; the others are met all the same
        click.echo(f"serai: {error} [{error.code}]")
        return
    if peer.state != PeerState.INTRODUCED:
        introduce_peer(code=code, fingerprint=fingerprint_of(peer.statements[0].encode()), actor=actor)


def _card_of(code: str, folder: Path, url: str) -> Mapping[str, object]:
    """Return what the node would say of itself, read from its folder, so that it need not run yet."""
    from serai.exchange.http.tls import read_authority
    from serai.exchange.signer.place import read_statements
    from serai.site.home import NodeHome

    return {
        "node": code,
        "realm": str(NodeHome(folder).read_identity().realm),
        "keys": [raw.decode() for raw in read_statements(folder)],
        "certificate": read_authority(folder) if url.startswith("https:") else "",
    }
