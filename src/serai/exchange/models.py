"""Tables of the exchange. Bytes are kept as they were sent or received; nothing here holds a private key.

An intent becomes an envelope when it is numbered and signed; the envelope stays in the archive, and `Waiting` points at
those that have no receipt yet. So the tables that are looked through again and again stay small.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q


class PeerState(StrEnum):
    MET = "met"  # its key log was fetched; nobody has compared fingerprints yet
    INTRODUCED = "introduced"
    ENDED = "ended"


class Peer(models.Model):
    """Another node. Only one whose fingerprint was compared is heard or written to."""

    code = models.CharField(max_length=8, primary_key=True)
    url = models.CharField(max_length=300)
    state = models.CharField(max_length=12, default=PeerState.MET)
    statements = models.JSONField(default=list)  # its key log, JWS after JWS
    certificate = models.TextField(
        blank=True
    )  # of its own authority, for trials; empty when the system's are to be used
    met_by = models.CharField(max_length=200)
    met_at = models.DateTimeField()
    introduced_by = models.CharField(max_length=200, blank=True)
    introduced_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)  # in a row
    next_try_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=40, blank=True)  # the code of the last failure
    received_at = models.DateTimeField(null=True)  # the last envelope from it
    receipt_at = models.DateTimeField(null=True)  # the last receipt from it
    keys_wanted_at = models.DateTimeField(null=True)  # it signed with a key that its log, as known here, does not have
    is_reconciled = models.BooleanField(default=True)  # False after a restore, until both sides' places were compared

    class Meta:
        ordering: ClassVar = ["code"]


class Intent(models.Model):
    """What a context wants sent, written in the transaction of its change; not numbered yet."""

    message_id = models.CharField(max_length=32, unique=True)
    peer = models.CharField(max_length=8)
    lane = models.CharField(max_length=16)
    type = models.CharField(max_length=60)
    version = models.SmallIntegerField()
    purpose = models.CharField(max_length=60)
    needs = models.JSONField(default=list)
    body = models.TextField()
    is_sealed = models.BooleanField(default=False)
    life_s = models.IntegerField()
    queued_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["peer", "lane", "id"], name="intent_by_lane")]


class Envelope(models.Model):
    """The archive: every envelope sent or received, as it was, with what became of it."""

    is_sent = models.BooleanField()
    peer = models.CharField(max_length=8)
    lane = models.CharField(max_length=16)
    epoch = models.IntegerField()
    seq = models.BigIntegerField()
    message_id = models.CharField(max_length=32)
    type = models.CharField(max_length=60)
    hash = models.CharField(max_length=64)
    raw = models.BinaryField()
    at = models.DateTimeField()  # numbered here, or received here
    leaf = models.BigIntegerField()  # its place in this node's log
    outcome = models.CharField(max_length=8, blank=True)  # of one sent: written only when it was refused
    code = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_sent", "peer", "lane", "epoch", "seq"], name="one_envelope_per_place"),
            models.UniqueConstraint(fields=["is_sent", "peer", "message_id"], name="one_envelope_per_message"),
        ]


class Waiting(models.Model):
    """A sent envelope that has no receipt yet."""

    envelope = models.OneToOneField(Envelope, on_delete=models.PROTECT, primary_key=True)
    peer = models.CharField(max_length=8)
    lane = models.CharField(max_length=16)
    epoch = models.IntegerField()
    seq = models.BigIntegerField()
    queued_at = models.DateTimeField()
    raw = models.BinaryField(null=True)  # the same payload signed anew, after the key that signed it was revoked

    class Meta:
        indexes: ClassVar = [models.Index(fields=["peer", "lane", "epoch", "seq"], name="waiting_by_place")]

    @property
    def to_send(self) -> bytes:
        return bytes(self.envelope.raw if self.raw is None else self.raw)


class Receipt(models.Model):
    """What one side signed for the other about envelopes in a row; an envelope finds its receipt by its place."""

    is_ours = models.BooleanField()  # given by this node; else got from the peer
    peer = models.CharField(max_length=8)
    lane = models.CharField(max_length=16)
    epoch = models.IntegerField()
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    raw = models.BinaryField()
    at = models.DateTimeField()
    leaf = models.BigIntegerField()  # its place in this node's log

    class Meta:
        indexes: ClassVar = [models.Index(fields=["peer", "lane", "epoch", "first_seq"], name="receipt_by_place")]


class OutLane(models.Model):
    """Where this node stands in a lane to a peer."""

    peer = models.CharField(max_length=8)
    lane = models.CharField(max_length=16)
    epoch = models.IntegerField(default=1)
    next_seq = models.BigIntegerField(default=1)
    head = models.CharField(max_length=64)  # hash of the last envelope
    is_full = models.BooleanField(default=False)  # too much waits: the contexts are told to stop
    stop = models.CharField(max_length=12, blank=True)  # why the peer takes no more for now
    stopped_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["peer", "lane"], name="one_out_lane")]


class InLane(models.Model):
    """Where a peer stands in its lane to this node: the one number that says what was dealt with."""

    peer = models.CharField(max_length=8)
    lane = models.CharField(max_length=16)
    epoch = models.IntegerField(default=1)
    next_seq = models.BigIntegerField(default=1)
    head = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["peer", "lane"], name="one_in_lane")]


class StopReason(StrEnum):
    CRASH = "crash"  # the effect failed in a way nobody foresaw: two operators decide
    UNKNOWN_TYPE = "unknown-type"  # goes on by itself once the software knows the type
    NEWER_VERSION = "newer-version"


class Stop(models.Model):
    """A parked message at the head of its lane. One open stop a lane."""

    peer = models.CharField(max_length=8)
    lane = models.CharField(max_length=16)
    epoch = models.IntegerField()
    seq = models.BigIntegerField()
    reason = models.CharField(max_length=16)
    detail = models.CharField(max_length=300, blank=True)
    type = models.CharField(max_length=60)
    raw = models.BinaryField()
    since = models.DateTimeField()
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, null=True)
    verdict = models.CharField(max_length=8, blank=True)  # retry or refuse, as proposed
    proposed_by = models.CharField(max_length=200, blank=True)
    proposed_at = models.DateTimeField(null=True)
    proposal_reason = models.CharField(max_length=300, blank=True)
    confirmed_by = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "lane"], condition=Q(ended_at=None), name="one_open_stop"),
            models.CheckConstraint(
                condition=Q(confirmed_by="") | ~Q(confirmed_by=models.F("proposed_by")), name="two_persons"
            ),
        ]


class Witnessed(models.Model):
    """A peer's checkpoint that this node has seen and found to continue the one before."""

    peer = models.CharField(max_length=8)
    log_epoch = models.IntegerField()
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    raw = models.BinaryField()  # the JWS that says so: a checkpoint
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "log_epoch", "size"], name="one_witnessed_per_size")
        ]


class Witness(models.Model):
    """A peer's signature under a checkpoint of this node."""

    peer = models.CharField(max_length=8)
    log_epoch = models.IntegerField()
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    raw = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "log_epoch", "size"], name="one_witness_per_size")
        ]


class EvidenceKind(StrEnum):
    FORK = "fork"  # two envelopes for one place of a lane
    REWRITTEN = "rewritten"  # two checkpoints of which neither continues the other


class Evidence(models.Model):
    """Proof that a peer contradicted itself: a file that verifies on any machine."""

    kind = models.CharField(max_length=12)
    peer = models.CharField(max_length=8)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True)
    file = models.TextField()  # JSON, as `serai exchange verify` reads it


class Refusal(models.Model):
    """Why something from outside was refused; outwardly all are told the same. Only the newest are kept."""

    at = models.DateTimeField()
    peer = models.CharField(max_length=8, blank=True)  # as it claimed to be
    code = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="refusal_newest")]


class Standing(models.Model):
    """The standing of this node: how often its log began anew. One row."""

    only = models.BooleanField(primary_key=True, default=True)
    log_epoch = models.IntegerField(default=1)
    restored_at = models.DateTimeField(null=True)
    is_catching_up = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(only=True), name="one_standing")]
