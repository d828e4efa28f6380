"""Tables of follow-up. The database refuses to change what a submission says; only where it stands may move.

A party is a scope of the kernel: "state:KZ", "body:customs-dg", or "" for the Secretariat or ministry whose node this is.
People are the ids of their accounts; `made_by` and the like keep what the audit trail calls the doer.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from serai.kernel.roles import Scope
from serai.register.followup.domain import Kind, RequestState, SubmissionState
from serai.register.models import Entry


class FocalPoint(models.Model):
    """The account that answers for a party on one entry, or on all entries without a focal point of their own."""

    party = models.CharField(max_length=72)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="focal_points")
    account = models.CharField(max_length=36)
    named_by = models.CharField(max_length=200)
    named_at = models.DateTimeField()
    ended_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["party", "entry"], condition=Q(ended_at=None, entry__isnull=False), name="one_focal_point"
            ),
            models.UniqueConstraint(
                fields=["party"], condition=Q(ended_at=None, entry=None), name="one_general_focal_point"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account"], condition=Q(ended_at=None), name="focal_point_account")]


class Request(models.Model):
    """A request for an update, to one party on one entry, with a date."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="requests")
    party = models.CharField(max_length=72)
    question = models.TextField(max_length=1000, blank=True)
    due = models.DateField()
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=RequestState.OPEN)
    answered_at = models.DateTimeField(null=True)  # when the answer that stands was given
    ended_at = models.DateTimeField(null=True)  # published or withdrawn
    end_reason = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001  # many have none, and "" would clash

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entry", "party"],
                condition=Q(state__in=[RequestState.OPEN, RequestState.ANSWERED]),
                name="one_running_request",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due"], name="request_by_due"),
            models.Index(fields=["party", "state"], name="request_by_party"),
        ]


def make_uid() -> str:
    """Return what a submission is known by on every node. A number would come twice when a node is restored."""
    return uuid4().hex


class Submission(models.Model):
    """A figure, a note or a party's statement, as it was handed in. Public only once a second person has published it."""

    kind = models.CharField(max_length=12)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="submissions")
    party = models.CharField(max_length=72, blank=True)
    owner_node = models.CharField(max_length=8)
    uid = models.CharField(max_length=32, default=make_uid)
    origin = models.BigIntegerField(null=True)  # its number at its owner, for readers; empty for this node's own
    request = models.ForeignKey(Request, on_delete=models.PROTECT, null=True, related_name="submissions")
    about = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="statements")
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    measure = models.SmallIntegerField(null=True)  # which of the indicator's units, from 0
    unit = models.CharField(max_length=120, blank=True)  # that unit, in English, as it was then
    series = models.CharField(max_length=80, blank=True)  # which post, corridor or pair the figure is of
    period = models.CharField(max_length=21, blank=True)
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    coverage = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # % of what the figure speaks of
    coverage_note = models.CharField(max_length=300, blank=True)
    source_kind = models.CharField(max_length=16, blank=True)
    provenance = models.CharField(max_length=12, blank=True)
    source = models.CharField(max_length=300, blank=True)
    link = models.CharField(max_length=500, blank=True)
    rule = models.CharField(max_length=40, blank=True)  # the feed whose rule computed it
    note = models.TextField(max_length=4000, blank=True)
    note_language = models.CharField(max_length=10, blank=True)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001  # many have none, and "" would clash
    told_files = models.JSONField(default=list)  # of another node's: name, hash, size and type of its public files
    state = models.CharField(max_length=12, default=SubmissionState.WAITING)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state__in=[SubmissionState.WAITING, SubmissionState.PUBLISHED]),
                name="one_answer_per_request",
            ),
            models.UniqueConstraint(
                fields=["entry", "measure", "series", "party", "owner_node", "period_start", "period_end"],
                condition=Q(kind=Kind.MEASUREMENT, state=SubmissionState.PUBLISHED),
                name="one_figure_per_period",
            ),
            models.UniqueConstraint(fields=["owner_node", "uid"], name="one_row_per_submission"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["entry", "kind", "state", "-period_end"], name="submission_series"),
            models.Index(
                fields=["entry", "kind", "state", "measure", "series", "party", "owner_node", "period_end"],
                name="submission_newest",
            ),
            models.Index(fields=["state", "made_at"], name="submission_work"),
            models.Index(F("made_by"), F("made_at").desc(), name="submission_maker"),
        ]

    @property
    def scope(self) -> Scope:
        return Scope(self.party)

    @property
    def owner_number(self) -> int:
        """Its number at its owner."""
        return int(self.pk) if self.origin is None else self.origin

    @property
    def is_ours(self) -> bool:
        """Whether it belongs to this node; another's was decided on there and can only be read here."""
        return self.origin is None


class EarlyStatement(models.Model):
    """Another node's statement about a figure that has not arrived yet; it is taken in when the figure is."""

    owner_node = models.CharField(max_length=8)
    uid = models.CharField(max_length=32)
    figure_node = models.CharField(max_length=8)
    figure_uid = models.CharField(max_length=32)
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner_node", "uid"], name="one_early_statement")]
        indexes: ClassVar = [models.Index(fields=["figure_node", "figure_uid"], name="early_by_figure")]


class Decision(models.Model):
    """What a second person said to a submission: one decision each, never changed. Another node's was taken there."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, primary_key=True, related_name="decision")
    verdict = models.CharField(max_length=12)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    public_digest = models.CharField(max_length=64, blank=True)  # of all that became public, the same on every node
    received_at = models.DateTimeField(null=True)  # when another node's arrived here


class Tally(models.Model):
    """How much one node has published on an entry, until when, and a sum over all of it (see page_digest.py)."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="tallies")
    owner_node = models.CharField(max_length=8)
    count = models.IntegerField()
    sum = models.CharField(max_length=512)
    published_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "owner_node"], name="one_tally_per_owner")]


class EvidenceFile(models.Model):
    """A file's bytes under their own hash, in pieces, so that no process holds a large one whole."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.IntegerField()
    media_type = models.CharField(max_length=80)
    stored_at = models.DateTimeField()


class EvidencePiece(models.Model):
    file = models.ForeignKey(EvidenceFile, on_delete=models.CASCADE, related_name="pieces")
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["file", "number"], name="one_piece_per_number")]


class Evidence(models.Model):
    """A file that was handed in with a submission, under the name it had."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, related_name="uses")
    name = models.CharField(max_length=150)
    is_public = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["submission", "file"], name="one_use_per_submission")]


class SavedSearch(models.Model):
    """A list of the register that an account wants to come back to."""

    account = models.CharField(max_length=36)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=600)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "name"], name="one_search_per_name")]
        ordering: ClassVar = ["name"]
