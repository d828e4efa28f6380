"""Makes the certificates of a trial: an authority that can vouch for this node's own names only, and the node's own.

It imports cryptography, so no page imports it; `serai node run --tls` calls it in a process that then ends.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from serai.exchange.http.tls import AUTHORITY, AUTHORITY_KEY, FOLDER, SERVER
from serai.kernel.errors import NodeFault, gettext_noop
from serai.kernel.files import write_durably

# Always among the names: a constraint holds only for a kind of name of which at least one is allowed.
LOCAL: Final = ("localhost", "127.0.0.1", "::1")
AUTHORITY_LIFE: Final = timedelta(days=3650)
SERVER_LIFE: Final = timedelta(days=90)
_EARLIER: Final = timedelta(hours=1)  # a peer's clock may be behind


class NameNotCovered(NodeFault):
    code = "name_not_covered"
    template = gettext_noop(
        "The trial authority in {folder} may not vouch for {name}: it was made for other names. "
        "Remove that folder and start again; each peer must then meet this node anew."
    )


def make_certificates(node_folder: Path, *, node: str, hosts: Iterable[str], now: datetime) -> Path:
    """Make the authority if there is none, and a fresh certificate for these hosts; return its file.

    Raises NameNotCovered when the authority was made for other hosts.
    """
    folder = node_folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    names = [_name(host) for host in dict.fromkeys([*(host.strip("[]") for host in hosts), *LOCAL])]
    if not (folder / AUTHORITY).exists():
        _make_authority(folder, node, names, now)
    issuer = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    _check_covered(issuer, names, folder)
    key = _load_key(folder / AUTHORITY_KEY)
    write_durably(folder / SERVER, _issue(issuer, key, names, now))
    return folder / SERVER


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host.lower().lstrip("."))


def _make_authority(folder: Path, node: str, names: Sequence[x509.GeneralName], now: datetime) -> None:
    """Write key, then certificate: whoever finds the certificate finds its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Serai trial"), x509.NameAttribute(NameOID.COMMON_NAME, node)]
    )
    made = (
        _begin(subject, subject, key.public_key(), now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
        .add_extension(x509.NameConstraints([_as_constraint(name) for name in names], None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_durably(folder / AUTHORITY_KEY, _private(key))
    write_durably(folder / AUTHORITY, made.public_bytes(Encoding.PEM))


def _issue(
    issuer: x509.Certificate, issuer_key: ec.EllipticCurvePrivateKey, names: Sequence[x509.GeneralName], now: datetime
) -> bytes:
    """Return a new key with its certificate as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    own_id = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    made = (
        _begin(x509.Name([]), issuer.subject, key.public_key(), now, SERVER_LIFE)
        .add_extension(x509.SubjectAlternativeName(names), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own_id), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return _private(key) + made.public_bytes(Encoding.PEM)


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - _EARLIER)
        .not_valid_after(now.astimezone(UTC) + life)
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _as_constraint(name: x509.GeneralName) -> x509.GeneralName:
    """An address is allowed as a network of one."""
    return x509.IPAddress(ip_network(name.value)) if isinstance(name, x509.IPAddress) else name


def _check_covered(issuer: x509.Certificate, names: Sequence[x509.GeneralName], folder: Path) -> None:
    allowed = issuer.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    for name in names:
        if _as_constraint(name) not in allowed:
            raise NameNotCovered(folder=folder, name=name.value)


def _load_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
