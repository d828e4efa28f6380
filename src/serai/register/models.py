"""Tables of the register. The catalogue's texts are kept per language: {"en": {"title": …}, "ru": …, "zh-hans": …}."""

from typing import ClassVar

from django.db import models

from serai.kernel.languages import ENGLISH


class Owned(models.Model):
    """A row of the catalogue: the node that owns it and the catalogue version that last changed it."""

    owner_node = models.CharField(max_length=8)
    version = models.IntegerField()
    texts = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def text(self, field: str, language: str) -> str:
        """Return a text in the language; the English one where no translation exists (data checks forbid that)."""
        found = self.texts.get(language, {}).get(field) or self.texts.get(ENGLISH, {}).get(field)
        return str(found) if found else ""


class CatalogueVersion(models.Model):
    """One state of the whole catalogue as it was loaded here, by this node's own number."""

    number = models.IntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    owner_node = models.CharField(max_length=8)
    entries = models.IntegerField()
    changed = models.IntegerField()
    published = models.IntegerField(null=True)  # the Secretariat's number, once it published this state


class CatalogueFiles(models.Model):
    """The files of a catalogue that the Secretariat published, packed: the newest one, or one that is on its way here."""

    number = models.IntegerField(primary_key=True)  # the Secretariat's
    digest = models.CharField(max_length=64)  # as `Catalogue.digest`
    sha256 = models.CharField(max_length=64)  # of the packed files
    parts = models.IntegerField()


class CataloguePart(models.Model):
    files = models.ForeignKey(CatalogueFiles, on_delete=models.CASCADE, related_name="pieces")
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["files", "number"], name="one_part_per_number")]


class Declaration(Owned):
    """A text that the leaders adopted."""

    slug = models.CharField(max_length=32, primary_key=True)
    adopted = models.DateField()
    paragraphs = models.IntegerField()
    facts = models.JSONField(default=dict)


class Body(Owned):
    slug = models.CharField(max_length=64, primary_key=True)
    position = models.IntegerField()
    type = models.CharField(max_length=32)
    host = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]


class Instrument(Owned):
    slug = models.CharField(max_length=64, primary_key=True)
    position = models.IntegerField()
    type = models.CharField(max_length=32)
    number = models.CharField(max_length=32, blank=True)
    adopted = models.CharField(max_length=10, blank=True)
    initiator = models.CharField(max_length=64, blank=True)
    outside_source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]


class Event(Owned):
    """A gathering with a date, and what became of it if a source that says so was read."""

    slug = models.CharField(max_length=64, primary_key=True)
    start = models.CharField(max_length=10)
    end = models.CharField(max_length=10, blank=True)
    host = models.CharField(max_length=3, blank=True)
    outcome = models.JSONField(null=True)
    announced = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar = ["start", "slug"]


class Period(Owned):
    slug = models.CharField(max_length=64, primary_key=True)
    start = models.CharField(max_length=10)
    end = models.CharField(max_length=10)
    entry = models.ForeignKey("Entry", on_delete=models.PROTECT, related_name="periods")


class Entry(Owned):
    """One separable statement of a declaration, in our own words."""

    code = models.CharField(max_length=16, unique=True)
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="entries")
    position = models.IntegerField(unique=True)
    section = models.CharField(max_length=8)
    paragraph = models.IntegerField(null=True)
    act = models.CharField(max_length=16)
    strength = models.SmallIntegerField()
    kind = models.CharField(max_length=16)
    scope = models.CharField(max_length=32)
    system = models.CharField(max_length=32, blank=True)
    due = models.CharField(max_length=10, blank=True)
    locator = models.CharField(max_length=200)
    actors = models.JSONField(default=list)
    topics = models.JSONField(default=list)
    sdg = models.JSONField(default=list)
    dates = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    bodies = models.ManyToManyField(Body, related_name="entries")
    events = models.ManyToManyField(Event, related_name="entries")
    instruments = models.ManyToManyField(Instrument, related_name="entries")

    class Meta:
        ordering: ClassVar = ["position"]
        indexes: ClassVar = [models.Index(fields=["section", "paragraph"])]


class Indicator(Owned):
    """What would measure an entry."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True)
    direction = models.CharField(max_length=8)
    source_kind = models.CharField(max_length=16)


class EntryRevision(models.Model):
    """What an entry was from a catalogue version on: its history."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="revisions")
    version = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT)
    changed = models.JSONField(default=list)
    record = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "version"], name="one_revision_per_version")]


class PriorEntry(Owned):
    """A statement of the earlier declaration, with how well its wording is known."""

    slug = models.CharField(max_length=16, primary_key=True)
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="prior_entries")
    position = models.IntegerField()
    act = models.CharField(max_length=16)
    strength = models.SmallIntegerField()
    actors = models.JSONField(default=list)
    topics = models.JSONField(default=list)
    availability = models.CharField(max_length=16)
    sources = models.JSONField(default=list)
    successor = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]


class Lineage(Owned):
    """How the wording of an entry relates to the earlier declaration."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="lineage")
    relation = models.CharField(max_length=16)
    basis = models.CharField(max_length=32)
    confidence = models.CharField(max_length=8)
    prior = models.ManyToManyField(PriorEntry, related_name="successors")
