"""The trail where several processes write and seal it."""

from tests.integration.conftest import RunTogether

_RECORD_OUTSIDE = """
from django.db import transaction
from serai.kernel import audit
from serai.kernel.models import AuditRow
from serai.kernel.roles import Actor
try:
    audit.record("test:thing:do", subject="x", actor=Actor.system("tests"))
except transaction.TransactionManagementError as error:
    print("refused:", error, AuditRow.objects.filter(subject="x").count())
"""
_RECORD_AND_SEAL = """
from django.db import transaction
from serai.kernel import audit
from serai.kernel.roles import Actor
for number in range(15):
    with transaction.atomic():
        audit.record("test:thing:do", subject=f"thing {number}", actor=Actor.system("tests"))
    audit.seal(limit=4)
"""
_VERIFY = """
from serai.kernel import audit
while audit.seal():
    pass
report = audit.verify()
print(report.leaves, report.waiting, report.faults)
"""


def test_a_row_outside_a_transaction_is_refused_and_not_written(run_together: RunTogether) -> None:
    (said,) = run_together(_RECORD_OUTSIDE)

    assert said == "refused: test:thing:do: an audit row belongs to the change's transaction 0\n"


def test_two_sealers_at_once_chain_every_row_exactly_once(run_together: RunTogether) -> None:
    run_together(_RECORD_AND_SEAL, _RECORD_AND_SEAL)

    (said,) = run_together(_VERIFY)

    assert said == "31 0 []\n"  # the node's own first row and twice fifteen
