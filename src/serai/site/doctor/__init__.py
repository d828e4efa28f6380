"""`serai node doctor`: what is wrong with the node, in sentences. Works on a node that is broken in any way."""

from functools import partial

from serai.site.doctor import folder, keys, software
from serai.site.doctor.finding import Finding, try_check
from serai.site.home import NodeHome

__all__ = ["Finding", "examine"]


def examine(home: NodeHome) -> list[Finding]:
    """Run all checks that can be run; those which need what another found broken are left out."""
    findings = [try_check("software", software.check_software), try_check("node", partial(folder.check_node, home))]
    if home.folder.is_dir():
        findings += _examine_folder(home)
    if all(finding.is_good for finding in findings if finding.check in {"node", "secret"}):
        findings.append(try_check("settings", software.check_settings))
        if findings[-1].is_good:
            findings += _examine_store(home)
            findings += [
                try_check("translations", software.check_translations),
                try_check("static files", software.check_static),
            ]
    return findings


def _examine_folder(home: NodeHome) -> list[Finding]:
    return [
        try_check("folder", partial(folder.check_folder, home)),
        try_check("secret", partial(folder.check_secret, home)),
        try_check("disk", partial(folder.check_disk, home)),
        try_check("leftovers", partial(folder.check_leftovers, home)),
        try_check("keys", partial(keys.check_key_files, home)),
        try_check("passphrase", partial(keys.check_passphrase, home)),
        try_check("token", partial(keys.check_token, home)),
    ]


def _examine_store(home: NodeHome) -> list[Finding]:
    from serai.site.doctor import content, store  # noqa: PLC0415  # have models, which exist once the settings are sound

    findings = [try_check("store", partial(store.check_store, home))]
    if not findings[0].is_good:
        return findings
    findings += [try_check(name, check) for name, check in store.checks_of_kind(home)]
    findings += [try_check("migrations", store.check_migrations), try_check("identity", store.check_owner)]
    if findings[-1].is_good and findings[-2].is_good:
        findings += [
            try_check("clock", content.check_clock),
            try_check("worker", content.check_worker),
            try_check("audit trail", content.check_trail),
            try_check("mail", content.check_mail),
            try_check("register", content.check_register),
        ]
        findings += _examine_exchange(home)
    return findings


def _examine_exchange(home: NodeHome) -> list[Finding]:
    from serai.site.doctor import exchange  # noqa: PLC0415  # has models

    return [
        try_check("signing keys", exchange.check_signing_keys),
        try_check("signed numbers", partial(exchange.check_signed_numbers, home)),
        try_check("disk faults", exchange.check_store_fault),
        try_check("peers", exchange.check_peers),
        try_check("stops", exchange.check_stops),
        try_check("evidence", exchange.check_evidence),
        try_check("peer clocks", exchange.check_peer_clocks),
    ]
