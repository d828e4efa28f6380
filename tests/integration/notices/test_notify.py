"""Telling people: inside the change's transaction, once, and only of places on this node."""

import pytest
from django.db import transaction

from serai.kernel.models import Notice
from serai.kernel.notices import notify
from tests.integration.conftest import RunTogether
from tests.integration.notices.conftest import NEWS, Tell
from tests.integration.notices.programs import PEOPLE

_OUTSIDE = f"""{PEOPLE}
from django.db import transaction
from serai.kernel.models import Notice
try:
    notify(KIND, accounts=["a"], key="k", path="/work/", n="1")
except transaction.TransactionManagementError as error:
    print("refused:", error, Notice.objects.count())
"""


def test_a_notice_outside_a_transaction_is_refused_and_not_written(run_together: RunTogether) -> None:
    (said,) = run_together(_OUTSIDE)

    assert said == "refused: test:duty: a notice belongs to the change's transaction 0\n"


@pytest.mark.django_db
def test_an_account_named_twice_is_told_once_and_others_each() -> None:
    for _ in range(2):
        with transaction.atomic():
            notify(NEWS, accounts=["a", "b", "a"], key="same", path="/work/", reason="x")

    assert sorted(Notice.objects.values_list("account", flat=True)) == ["a", "b"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "work/", "//evil.example/", "https://evil.example/", "/" + "x" * 200])
def test_a_path_that_leads_elsewhere_is_refused(tell: Tell, path: str) -> None:
    with pytest.raises(ValueError, match="is no path of this node"):
        tell("a", path=path, reason="x")


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 101])
def test_a_key_that_no_store_keeps_whole_is_refused(tell: Tell, key: str) -> None:
    with pytest.raises(ValueError, match="1 to 100 characters"):
        tell("a", key, reason="x")
