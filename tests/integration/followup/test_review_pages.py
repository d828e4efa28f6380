"""What a hostile or careless reader may try on the pages of the daily work."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from serai.kernel.roles import Role, Scope
from serai.register.followup.models import Request, SavedSearch, Submission
from tests.integration.followup.conftest import NOW
from tests.programs import Program, token_for
from tests.signing_in import add_app, open_account

pytestmark = pytest.mark.django_db
CODE = "VIII.3a"
FIGURE = {"kind": "figure", "party": "state:KZ", "value": "1250.5", "period": "2025", "source": "Ministry, letter 12"}
ASK = {"entry": CODE, "parties": ["state:KZ"], "due": "2026-12-15"}


class Person:
    """Somebody in a browser, with a second step and a token beside it."""

    def __init__(self, name: str, role: Role, scope: str = "") -> None:
        from serai.site.accounts.models import RoleGrant

        self.account = open_account(f"{name.lower()}@example.org", name=name, password="")
        RoleGrant.objects.create(account=self.account, role=role, scope=Scope(scope), given_at=NOW, given_by="tests")
        add_app(self.account)
        self.browser = Client()
        self.browser.force_login(self.account)
        limits = ("read", "ask", "submit", "decide")
        self.program = Program(str(self.account.pk), token_for(str(self.account.pk), limits))

    def post(self, path: str, **values: Any) -> Any:
        return self.browser.post(f"/work/{path}", values)


@pytest.fixture
def editor(db: None) -> Person:
    return Person("Edith Editor", Role.EDITOR)


@pytest.fixture
def reviewer(db: None) -> Person:
    return Person("Rita Reviewer", Role.REVIEWER)


@pytest.fixture
def focal(db: None) -> Person:
    return Person("Farida Focal", Role.FOCAL_POINT, "state:KZ")


@pytest.fixture
def other(db: None) -> Person:
    return Person("Otto Other", Role.FOCAL_POINT, "state:UZ")


def publish(focal: Person, reviewer: Person, *, reason: str = "", **change: str) -> int:
    made = focal.program.post(f"/entries/{CODE}/submissions", FIGURE | change)
    assert made.status_code == 201, made.text
    number = int(made.json()["number"])
    decided = reviewer.program.post(f"/submissions/{number}/decision", {"verdict": "publish", "reason": reason})
    assert decided.status_code == 200, decided.text
    return number


def ask(editor: Person) -> int:
    return int(editor.program.post("/requests", ASK).json()[0]["number"])


@pytest.mark.parametrize("name", ["note", "source", "link", "series", "coverage_note", "party"])
def test_character_that_no_store_keeps_is_refused_in_what_is_handed_in(focal: Person, name: str) -> None:
    given = {"party": "state:KZ", "note": "Planted.", "value": "1", "period": "2025", "source": "Letter"}

    answer = focal.post(f"entries/{CODE}/hand-in/", **given | {name: "https://example.org/a\x00b"})

    assert answer.status_code == 400
    assert "U+0000" in answer.text
    assert not Submission.objects.exists()


def test_character_that_no_store_keeps_is_refused_in_requests_decisions_and_lists(
    editor: Person, focal: Person, reviewer: Person
) -> None:
    number = ask(editor)
    waiting = focal.program.post(f"/requests/{number}/answer", {"kind": "note", "note": "Planted."}).json()["number"]

    answers = [
        editor.post(f"entries/{CODE}/ask/", party="state:UZ", due="2026-12-15", question="a\x00"),
        editor.post(f"requests/{number}/withdraw/", reason="\x00"),
        reviewer.post(f"submissions/{waiting}/decide/", verdict="return", reason="a\x00b"),
        editor.post("searches/", name="a\x00b", query="topic=transport"),
        editor.browser.get("/work/requests/", {"entry": "VI\x00"}),
    ]

    assert [answer.status_code for answer in answers] == [400] * 5
    assert (Request.objects.count(), SavedSearch.objects.count()) == (1, 0)
    assert Submission.objects.get(pk=waiting).state == "waiting"


@pytest.mark.parametrize(
    "path",
    ["requests/{n}/", "submissions/{n}/", "evidence/{n}/", "requests/{n}/answer/", "submissions/{n}/correct/"],
)
@pytest.mark.parametrize("number", [2**63, 10**40, "9" * 5000])
def test_number_beyond_every_store_is_nothing_found(editor: Person, path: str, number: object) -> None:
    answer = editor.browser.get("/work/" + path.format(n=number))

    assert answer.status_code == 404


@pytest.mark.parametrize("half", ["0001-H1", "0001-H2", "9999-H1", "9999-H2", "0000-H1", "1000-H1"])
def test_report_of_a_time_before_or_after_all_dates_is_the_usual_one(editor: Person, half: str) -> None:
    answer = editor.browser.get("/work/report/", {"half": half})

    assert answer.status_code == 200
    assert "H1 2026" in answer.text


def test_people_are_named_only_to_those_concerned_with_the_party(
    editor: Person, focal: Person, other: Person, reviewer: Person
) -> None:
    number = publish(focal, reviewer, reason="Checked by telephone.")

    pages = [f"/work/submissions/{number}/", f"/work/entries/{CODE}/", f"/work/submissions/{number}/state/"]
    theirs = [other.browser.get(page).text for page in pages]
    own = focal.browser.get(pages[0]).text

    for told in ("Farida", "Rita", str(focal.account.pk), str(reviewer.account.pk), "by telephone"):
        assert not any(told in page for page in theirs), told
    assert "Farida" in own
    assert "Rita" in own
    assert "by telephone" in own
    assert "Rita" in editor.browser.get(pages[0]).text
    assert "1,250.5" in theirs[0]


def test_reason_of_a_decision_is_told_only_to_those_concerned_with_the_party(
    focal: Person, other: Person, reviewer: Person
) -> None:
    number = publish(focal, reviewer, reason="Checked by telephone.")

    theirs, own = (person.program.get(f"/submissions/{number}").json() for person in (other, focal))

    assert theirs["decision"]["reason"] == ""
    assert own["decision"]["reason"] == "Checked by telephone."


@pytest.mark.parametrize("name", ["a.\x00", "a." + "б" * 190, "a/", "..", "файл." + "字" * 150])
def test_odd_name_of_a_file_is_no_fault_of_the_node(focal: Person, name: str) -> None:
    from urllib.parse import quote

    answer = focal.program.send(b"Planted in 2025.\n", quote(name, safe=""))

    assert answer.status_code == 201, answer.text
    assert answer.json()["name"].endswith(".txt")


def test_large_file_with_an_endless_ending_is_no_fault_of_the_node(focal: Person) -> None:
    file = SimpleUploadedFile("a." + "b" * 250, b"line\n" * 700_000)

    answer = focal.post(f"entries/{CODE}/hand-in/", party="state:KZ", note="Planted.", evidence=file)

    assert answer.status_code == 302


def test_figure_of_the_year_one_leaves_the_public_page_whole(focal: Person, reviewer: Person) -> None:
    publish(focal, reviewer, period="0001")
    publish(focal, reviewer, period="2025")

    page = Client().get(f"/register/{CODE}")

    assert page.status_code == 200
    assert len(page.content) < 200_000
