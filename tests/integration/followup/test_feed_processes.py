"""Several workers do the month's figures at once: one figure each, and no worker is told of a fault."""

import pytest

from tests.integration.conftest import RunTogether

_LOAD = """
from serai.kernel.roles import Actor
from serai.register.actions import load_catalogue
load_catalogue(actor=Actor.system("tests"))
"""
_LATER = """
from datetime import timedelta
from serai.kernel import clock
from serai.kernel.models import NodeIdentity
from serai.register.followup.jobs import run_feeds
moment = NodeIdentity.objects.get().created_at + timedelta(days=100)
with clock.frozen(moment):
    print(run_feeds(moment))
"""
_COUNT = """
from serai.kernel.models import AuditRow
from serai.register.followup.models import Decision, Submission
rows = list(Submission.objects.values_list("key", flat=True))
print(len(rows), len(set(rows)), Decision.objects.count())
print(AuditRow.objects.filter(action__startswith="followup:submission:").count())
"""


@pytest.mark.slow
def test_job_in_several_processes_and_again_gives_one_figure_each(run_together: RunTogether) -> None:
    run_together(_LOAD)

    said = run_together(_LATER, _LATER, _LATER)
    again = run_together(_LATER + _COUNT)

    rows = sum(map(int, said))
    assert rows >= 6, "two feeds in each of three months or more"
    assert again == [f"0\n{rows} {rows} {rows}\n{2 * rows}\n"]
