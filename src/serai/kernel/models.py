"""Tables every node has: who it is, what was done on it, and a counter per context that moves with each change."""

from enum import StrEnum
from typing import ClassVar

from django.db import models


class NodeIdentity(models.Model):
    """Who this node is. One row, written at `serai node init`, never changed."""

    only = models.BooleanField(primary_key=True, default=True)
    code = models.CharField(max_length=8)
    realm = models.CharField(max_length=16)
    node_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(only=True), name="one_identity")]


class ContextRevision(models.Model):
    """A number per context, raised in the transaction of each change, so that readers know when to read again."""

    context = models.CharField(max_length=32, primary_key=True)
    number = models.BigIntegerField(default=0)


class AuditRow(models.Model):
    """One thing that somebody did. Written in the transaction of the change itself; the database refuses to alter it."""

    at = models.DateTimeField()
    action = models.CharField(max_length=64)  # context:subject:verb
    subject = models.CharField(max_length=200)
    actor_kind = models.CharField(max_length=16)
    actor_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, blank=True)
    details = models.JSONField(default=dict)


class AuditPending(models.Model):
    """Rows that the sealer has not chained yet: a queue, so that sealing costs what is new and not what is old."""

    row = models.OneToOneField(AuditRow, on_delete=models.PROTECT, primary_key=True)


class LogLeaf(models.Model):
    """A place in the node's log, and what stands there: an audit row, an envelope, a receipt."""

    index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=12)
    ref = models.BigIntegerField()  # the row's key in its own table
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "ref"], name="one_leaf_per_thing")]


class LogNode(models.Model):
    """The root of a complete subtree at every fourth level: a proof reads few rows, and an append writes few more."""

    place = models.BigIntegerField(primary_key=True)  # level × 2^48 + number
    hash = models.BinaryField(max_length=32)


class LogCheckpoint(models.Model):
    """The root of the log at a size, and the frontier from which it grows."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    peaks = models.BinaryField()
    at = models.DateTimeField()


class SearchTerm(models.Model):
    """The vocabulary of a full-text index, to mend slips of the pen with."""

    index = models.CharField(max_length=32)
    term = models.CharField(max_length=100)
    documents = models.IntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["index", "term"], name="one_row_per_term")]


class MailState(StrEnum):
    """Where the mail about a notice stands."""

    WAITING = "waiting"
    SENT = "sent"
    NOT_WANTED = "not-wanted"  # its reader wishes no mails of this sort
    NO_ADDRESS = "no-address"  # the account is closed, or nothing can be delivered to it
    GIVEN_UP = "given-up"  # tried too often


class Wish(StrEnum):
    """When an account wants to be told by mail of what is no duty."""

    NOW = "now"
    DAILY = "daily"
    NEVER = "never"


class Notice(models.Model):
    """One thing that one account is told, and where the mail about it stands."""

    key = models.CharField(max_length=100)
    account = models.CharField(max_length=36)
    kind = models.CharField(max_length=40)
    is_duty = models.BooleanField(default=False)
    path = models.CharField(max_length=200)
    fields = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=10, default=MailState.WAITING)
    mail_at = models.DateTimeField(null=True)  # not to be tried before; empty when nothing is left to try
    mailed_at = models.DateTimeField(null=True)
    claim = models.CharField(max_length=32, blank=True)  # of the worker that is sending it
    claimed_until = models.DateTimeField(null=True)  # another may try after this
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "key"], name="one_notice_per_key"),
            models.CheckConstraint(
                condition=models.Q(mail=MailState.WAITING, mail_at__isnull=False)
                | (~models.Q(mail=MailState.WAITING) & models.Q(mail_at=None)),
                name="waiting_or_done",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-at", "-id"], name="notice_of_account"),
            models.Index(fields=["mail_at"], condition=models.Q(mail_at__isnull=False), name="notice_to_mail"),
        ]


class NoticeWish(models.Model):
    """What an account wants mailed beside its duties."""

    account = models.CharField(max_length=36, primary_key=True)
    mail = models.CharField(max_length=8, default=Wish.DAILY)
    digest_at = models.DateTimeField(null=True)  # when the last daily mail was handed over
