"""Tables every node has: who it is, what was done on it, and a counter per context that moves with each change."""

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


class AuditLeaf(models.Model):
    """The place of an audit row in the node's log."""

    index = models.BigIntegerField(primary_key=True)
    row = models.OneToOneField(AuditRow, on_delete=models.PROTECT, related_name="leaf")
    hash = models.BinaryField(max_length=32)


class AuditCheckpoint(models.Model):
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
