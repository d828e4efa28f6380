"""Two processes that load at once make one version."""

from tests.integration.conftest import RunTogether

_LOAD = """
from serai.kernel.roles import Actor
from serai.register.actions import load_catalogue
result = load_catalogue(actor=Actor.system("tests"))
print(result.version, result.entries, result.is_new)
"""
_COUNT = """
from serai.kernel.models import AuditRow
from serai.register.models import CatalogueVersion, Entry, EntryRevision
print(CatalogueVersion.objects.count(), Entry.objects.count(), EntryRevision.objects.count())
print(AuditRow.objects.filter(action="register:catalogue:load").count())
"""


def test_two_loads_at_once_make_exactly_one_version(run_together: RunTogether) -> None:
    said = run_together(_LOAD, _LOAD)

    assert sorted(said) == ["1 230 False\n", "1 230 True\n"]
    assert run_together(_COUNT) == ["1 230 230\n1\n"]
