"""What another node published, on pages, in files and over the API: always with its owner, never as ours."""

import csv
import json
from io import StringIO

import pytest
from click.testing import CliRunner
from django.test import Client

from serai.register.cli import register
from serai.register.followup.models import Submission
from serai.register.followup.page_digest import page_digest
from serai.register.followup.queries import get_submission
from serai.register.followup.rights import may_correct
from tests.integration.followup.conftest import Staff
from tests.integration.followup.telling import of_kz, publish, statement_of_kz, take, uid

pytestmark = pytest.mark.django_db
API = "/api/v1"
FILE = ["ledger.pdf", "ab" * 32, 2048, "application/pdf"]


@pytest.fixture
def ours() -> Submission:
    """A figure of ours, and one of KZ for the same period, with a file and a statement."""
    row = publish(party="state:KZ")
    take(of_kz(row, value="99", files=[FILE]))
    take(statement_of_kz(row, about=["KZ", uid(7)]))
    return row


def page(path: str) -> str:
    return Client().get(path).content.decode()


def rows_of(path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(page(path).removeprefix("\ufeff"))))


def test_the_entry_tells_who_published_how_much_when_it_arrived_and_the_digest(ours: Submission) -> None:
    digest = page_digest(ours.entry)

    shown = page("/register/VI.4")

    assert f'title="{digest.digest}"' in shown
    assert digest.short in shown
    assert "Kazakhstan: 2" in shown
    assert "Secretariat: 1" in shown
    assert shown.count("it arrived here on 24 Nov 2026, 09:00 UTC") == 1
    assert "number 7 of the node Kazakhstan" in shown
    assert "ledger.pdf" in shown
    assert "kept by its owner" in shown


def test_the_api_tells_the_digest_and_whose_each_row_is(ours: Submission) -> None:
    digest = Client().get(f"{API}/register/entries/VI.4/digest").json()
    figures = Client().get(f"{API}/follow-up/entries/VI.4/figures").json()["figures"]
    theirs = next(row for row in figures if row["owner_node"] == "KZ")

    assert (digest["digest"], digest["owners"]) == (page_digest(ours.entry).digest, {"KZ": 2, "SEC": 1})
    assert digest["fresh"]["SEC"]["received_at"] is None
    assert digest["fresh"]["KZ"]["received_at"].startswith("2026-11-24T09:00:00")
    assert (theirs["owner_number"], theirs["value"]) == (7, "99")
    assert theirs["public_digest"] == theirs["digest"]
    assert [(file["sha256"], file["address"]) for file in theirs["evidence"]] == [("ab" * 32, None)]
    assert [(row["owner_node"], row["owner_number"]) for row in theirs["statements"]] == [("KZ", 9)]


def test_files_tell_the_owner_of_each_figure(ours: Submission) -> None:
    figures = rows_of("/register/VI.4/figures.csv")
    indicators = [row for row in rows_of("/register/indicators.csv") if row["entry"] == "VI.4"]
    entry = next(row for row in rows_of("/register/entries.csv") if row["id"] == "VI.4")

    assert [(row["owner_node"], row["owner_number"]) for row in figures] == [("KZ", "7"), ("SEC", str(ours.pk))]
    assert all(len(row["public_digest"]) == 64 for row in figures)
    assert [(row["owner_node"], row["value"]) for row in indicators] == [("KZ", "99"), ("SEC", "12")]
    assert "(2026-Q1, KZ)" in entry["indicator_value"]


def test_the_command_prints_the_digest_of_an_entry_or_of_all(ours: Submission) -> None:
    one = CliRunner().invoke(register, ["digest", "VI.4"], obj=lambda: None, catch_exceptions=False).output
    every = CliRunner().invoke(register, ["digest", "--json"], obj=lambda: None, catch_exceptions=False).output

    assert one.split() == ["VI.4", page_digest(ours.entry).digest, "catalogue", "1", "KZ", "2,", "SEC", "1"]
    lines = [json.loads(line) for line in every.splitlines()]
    assert len(lines) == 230
    assert {line["code"] for line in lines if line["owners"]} == {"VI.4"}


def test_a_person_may_read_another_nodes_figure_but_is_offered_no_correction(ours: Submission, staff: Staff) -> None:
    theirs = Submission.objects.get(owner_node="KZ", kind="measurement")

    assert get_submission(theirs.pk, staff.editor).is_ours is False
    assert may_correct(staff.editor, theirs) is False
    assert may_correct(staff.editor, ours) is True
