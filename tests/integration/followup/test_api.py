"""The daily work by token: the same rules as the pages, each write done once, each refusal in one form."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from serai.kernel import clock
from serai.kernel.models import AuditRow
from serai.kernel.roles import Role
from serai.register.followup.models import Decision, FocalPoint, Request, Submission
from tests.integration.followup.conftest import NOW
from tests.programs import BASE, Program, open_program, token_for

pytestmark = pytest.mark.django_db
CODE = "VIII.3a"
FIGURE = {"kind": "figure", "party": "state:KZ", "value": "1250.5", "period": "2025", "source": "Ministry, letter 12"}
ANSWER = {name: value for name, value in FIGURE.items() if name != "party"}
ASK = {"entry": CODE, "parties": ["state:KZ"], "due": "2026-12-15"}


@dataclass(frozen=True)
class Programs:
    editor: Program
    reviewer: Program
    second: Program
    focal: Program  # of Kazakhstan
    other: Program  # of Uzbekistan
    auditor: Program


@pytest.fixture
def programs(db: None) -> Programs:
    return Programs(
        editor=open_program("editor", (Role.EDITOR, "")),
        reviewer=open_program("reviewer", (Role.REVIEWER, "")),
        second=open_program("second", (Role.REVIEWER, "")),
        focal=open_program("focal", (Role.FOCAL_POINT, "state:KZ")),
        other=open_program("other", (Role.FOCAL_POINT, "state:UZ")),
        auditor=open_program("auditor", (Role.AUDITOR, "")),
    )


def made(answer: Any) -> Any:
    """Return what a write made."""
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def error_of(answer: Any, status: int) -> Any:
    """Return the error of a refusal in the one form."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body["error"]) == {"code", "message", "fields"}
    assert body["error"]["message"].endswith((".", "!"))
    return body["error"]


def hand_in(program: Program, **change: Any) -> int:
    return int(made(program.post(f"/entries/{CODE}/submissions", FIGURE | change))["number"])


def publish(programs: Programs, **change: Any) -> int:
    """Have a figure handed in and published; return its number."""
    number = hand_in(programs.focal, **change)
    made(programs.reviewer.post(f"/submissions/{number}/decision", {"verdict": "publish"}))
    return number


def ask(programs: Programs) -> int:
    return int(made(programs.editor.post("/requests", ASK))[0]["number"])


def test_figure_travels_from_request_to_public_page(programs: Programs) -> None:
    number = ask(programs)
    waiting = programs.focal.get("/work").json()["to_answer"]
    answer = made(programs.focal.post(f"/requests/{number}/answer", ANSWER))
    before = Client().get(f"{BASE}/entries/{CODE}/figures").json()

    decided = made(programs.reviewer.post(f"/submissions/{answer['number']}/decision", {"verdict": "publish"}))

    assert [row["number"] for row in waiting["requests"]] == [number]
    assert (before["total"], decided["state"]) == (0, "published")
    (figure,) = Client().get(f"{BASE}/entries/{CODE}/figures").json()["figures"]
    assert (figure["value"], figure["period"], figure["given_by"], figure["provenance"]) == (
        "1250.5",
        "2025",
        "state:KZ",
        "declared",
    )
    assert figure["rule_text"].endswith(".")
    assert programs.editor.get(f"/requests/{number}").json()["state"] == "closed"


def test_several_parties_are_asked_at_once_in_the_order_given(programs: Programs) -> None:
    asked = made(programs.editor.post("/requests", ASK | {"parties": ["state:UZ", "state:KZ"]}))

    assert [row["party"] for row in asked] == ["state:UZ", "state:KZ"]
    assert {row["asked_by"]["name"] for row in asked} == {"Editor"}


def test_nobody_is_asked_when_one_cannot_be(programs: Programs) -> None:
    error = error_of(programs.editor.post("/requests", ASK | {"parties": ["state:KZ", "state:TJ"]}), 400)

    assert error["code"] == "no_focal_point"
    assert not Request.objects.exists()


def test_requests_are_listed_by_where_they_stand(programs: Programs) -> None:
    number = ask(programs)

    with clock.frozen(NOW + timedelta(days=30)):
        page = programs.editor.get("/requests", standing="silent", party="state:KZ", entry=CODE).json()

    assert [row["number"] for row in page["requests"]] == [number]
    assert page["counts"] == {"open": 0, "silent": 1, "answered": 0, "ended": 0}
    assert page["requests"][0]["standing"] == "silent"


def test_request_is_reminded_and_withdrawn(programs: Programs) -> None:
    number = ask(programs)
    made(programs.editor.post(f"/requests/{number}/remind"))

    row = made(programs.editor.post(f"/requests/{number}/withdraw", {"reason": "asked twice"}))

    assert (row["state"], row["end_reason"]) == ("withdrawn", "asked twice")
    assert error_of(programs.editor.post(f"/requests/{number}/remind"), 409)["code"] == "request_ended"


def test_correction_and_statement_stand_beside_the_figure(programs: Programs) -> None:
    first = publish(programs)
    fix = hand_in(programs.focal, value="1275", supersedes=first, party=None)
    made(programs.reviewer.post(f"/submissions/{fix}/decision", {"verdict": "publish"}))
    said = {"kind": "statement", "party": "state:UZ", "about": fix, "note": "The border strip is counted by both."}
    statement = made(programs.other.post(f"/entries/{CODE}/submissions", said))["number"]

    made(programs.reviewer.post(f"/submissions/{statement}/decision", {"verdict": "publish"}))

    figures = Client().get(f"{BASE}/entries/{CODE}/figures?state=any").json()["figures"]
    assert [(row["number"], row["state"], row["corrects"], row["corrected_by"]) for row in figures] == [
        (fix, "published", first, None),
        (first, "superseded", None, fix),
    ]
    assert [(row["party"], row["note"]) for row in figures[0]["statements"]] == [("state:UZ", said["note"])]
    assert [row["number"] for row in Client().get(f"{BASE}/entries/{CODE}/figures").json()["figures"]] == [fix]


def test_correction_stays_with_the_party_that_gave_the_figure(programs: Programs) -> None:
    first = publish(programs)

    answer = programs.editor.post(f"/entries/{CODE}/submissions", FIGURE | {"supersedes": first, "party": "state:UZ"})

    assert error_of(answer, 400)["code"] == "other_party"


def test_note_is_public_once_published(programs: Programs) -> None:
    body = {"kind": "note", "party": "state:KZ", "note": "The nursery was planted."}
    number = made(programs.focal.post(f"/entries/{CODE}/submissions", body))["number"]
    assert Client().get(f"{BASE}/entries/{CODE}/notes").json() == []

    made(programs.reviewer.post(f"/submissions/{number}/decision", {"verdict": "publish"}))

    (note,) = Client().get(f"{BASE}/entries/{CODE}/notes").json()
    assert (note["number"], note["note"], note["given_by"]) == (number, "The nursery was planted.", "state:KZ")


def test_what_waits_is_listed_for_its_reviewer_and_not_for_its_maker(programs: Programs) -> None:
    number = hand_in(programs.focal)

    lists = [
        [row["number"] for row in program.get("/submissions", state="waiting").json()["submissions"]]
        for program in (programs.reviewer, programs.focal)
    ]

    assert lists == [[number], []]


def test_returned_and_withdrawn_are_decisions_too(programs: Programs) -> None:
    returned, withdrawn = hand_in(programs.focal), hand_in(programs.focal, period="2024")
    made(programs.reviewer.post(f"/submissions/{returned}/decision", {"verdict": "return", "reason": "Which source?"}))

    made(programs.focal.post(f"/submissions/{withdrawn}/decision", {"verdict": "withdraw"}))

    first, second = (programs.focal.get(f"/submissions/{number}").json() for number in (returned, withdrawn))
    assert (first["state"], first["decision"]["reason"]) == ("returned", "Which source?")
    assert first["decision"]["by"]["name"] == "Reviewer"
    assert (second["state"], second["decision"]["verdict"]) == ("withdrawn", "withdraw")


def test_focal_point_is_named_from_the_candidates_and_ended(programs: Programs) -> None:
    listed = programs.editor.get(f"/entries/{CODE}/focal-points").json()
    candidate = next(row for row in listed["candidates"] if row["party"] == "state:KZ")
    body = {"party": "state:KZ", "account": candidate["person"]["account"], "reach": "entry"}

    named = made(programs.editor.post(f"/entries/{CODE}/focal-points", body))

    assert (named["entry"], named["person"]["name"]) == (CODE, "Focal")
    assert programs.auditor.get(f"/entries/{CODE}/focal-points").json() == {"focal_points": [named], "candidates": []}
    ended = programs.editor.post(f"/focal-points/{named['number']}/end")
    assert (ended.status_code, ended.content) == (204, b"")
    assert FocalPoint.objects.get().ended_at is not None


# Repeats


def test_same_key_and_request_gives_the_same_answer_and_does_it_once(programs: Programs) -> None:
    first = programs.focal.post(f"/entries/{CODE}/submissions", FIGURE, key="k-1")

    again = programs.focal.post(f"/entries/{CODE}/submissions", FIGURE, key="k-1")

    assert (again.status_code, again.content) == (201, first.content)
    assert [answer.has_header("Idempotency-Replayed") for answer in (first, again)] == [False, True]
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body", "prepare"),
    [
        ("/requests", ASK, None),
        ("/requests/{number}/withdraw", {"reason": "enough"}, ask),
        ("/requests/{number}/remind", None, ask),
    ],
)
def test_writes_of_an_editor_are_done_once(
    programs: Programs, path: str, body: object, prepare: Callable[[Programs], int] | None
) -> None:
    address = path.replace("{number}", str(prepare(programs)) if prepare else "")
    first = programs.editor.post(address, body, key="k-1")
    rows = AuditRow.objects.count()

    again = programs.editor.post(address, body, key="k-1")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert AuditRow.objects.count() == rows


def test_repeated_decision_is_answered_and_another_one_is_not(programs: Programs) -> None:
    number = hand_in(programs.focal)
    path, body = f"/submissions/{number}/decision", {"verdict": "publish"}
    first = programs.reviewer.post(path, body, key="k-1")

    again, other = (programs.reviewer.post(path, body, key=key) for key in ("k-1", "k-2"))

    assert again.json() == first.json()
    assert error_of(other, 409)["code"] == "already_decided"
    assert Decision.objects.count() == 1


def test_key_of_another_request_is_refused_and_nothing_is_done(programs: Programs) -> None:
    made(programs.focal.post(f"/entries/{CODE}/submissions", FIGURE, key="k-1"))

    answer = programs.focal.post(f"/entries/{CODE}/submissions", FIGURE | {"value": "9"}, key="k-1")

    assert error_of(answer, 409)["code"] == "key_of_another"
    assert Submission.objects.count() == 1


def test_a_key_belongs_to_its_account(programs: Programs) -> None:
    made(programs.focal.post(f"/entries/{CODE}/submissions", FIGURE, key="k-1"))

    other = programs.other.post(f"/entries/{CODE}/submissions", FIGURE | {"party": "state:UZ"}, key="k-1")

    assert made(other)["party"] == "state:UZ"


def test_refused_request_may_be_mended_under_its_key(programs: Programs) -> None:
    assert programs.focal.post(f"/entries/{CODE}/submissions", FIGURE | {"value": "many"}, key="k-1").status_code == 400

    made(programs.focal.post(f"/entries/{CODE}/submissions", FIGURE, key="k-1"))

    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body"), [(f"/entries/{CODE}/submissions", FIGURE), ("/requests/{number}/answer", ANSWER)]
)
def test_what_was_handed_in_is_known_again_when_its_answer_was_lost(
    programs: Programs, path: str, body: dict[str, str]
) -> None:
    from serai.site.accounts.models import IdempotentAnswer

    address = path.replace("{number}", str(ask(programs)))
    first = made(programs.focal.post(address, body, key="k-1"))
    IdempotentAnswer.objects.all().delete()

    again = made(programs.focal.post(address, body, key="k-1"))

    assert again["number"] == first["number"]
    assert Submission.objects.count() == 1


def test_what_was_asked_is_known_again_when_its_answer_was_lost(programs: Programs) -> None:
    from serai.site.accounts.models import IdempotentAnswer

    body = ASK | {"parties": ["state:KZ", "state:UZ"]}
    first = made(programs.editor.post("/requests", body, key="k-1"))
    IdempotentAnswer.objects.all().delete()

    again = made(programs.editor.post("/requests", body, key="k-1"))

    assert [row["number"] for row in again] == [row["number"] for row in first]
    assert Request.objects.count() == 2


def test_key_used_again_after_its_answer_was_forgotten_is_a_new_write(programs: Programs) -> None:
    from serai.site.accounts.models import IdempotentAnswer

    made(programs.editor.post("/requests", ASK, key="k-1"))
    IdempotentAnswer.objects.all().delete()

    other = made(programs.editor.post("/requests", ASK | {"parties": ["state:UZ"]}, key="k-1"))

    assert [row["party"] for row in other] == ["state:UZ"]


@pytest.mark.parametrize(
    ("key", "code"), [("", "no_key"), ("x" * 101, "bad_key"), ("two words", "bad_key"), ("ключ", "bad_key")]
)
def test_write_without_a_usable_key_is_refused(programs: Programs, key: str, code: str) -> None:
    headers = programs.focal.headers | ({"Idempotency-Key": key} if key else {})
    answer = Client().post(
        f"{BASE}/entries/{CODE}/submissions", json.dumps(FIGURE), content_type="application/json", headers=headers
    )

    assert error_of(answer, 400)["code"] == code
    assert not Submission.objects.exists()


# Conflicts and faults


def test_conflict_shows_both_versions(programs: Programs) -> None:
    number = ask(programs)
    first = made(programs.focal.post(f"/requests/{number}/answer", ANSWER))

    answer = programs.focal.post(f"/requests/{number}/answer", ANSWER | {"value": "1300"})

    assert error_of(answer, 409)["code"] == "already_answered"
    assert answer.json()["yours"]["value"] == "1300"
    assert answer.json()["theirs"] == {
        "number": str(first["number"]),
        "value": "1250.5",
        "unit": "hectares per year",
        "period": "2025",
    }


def test_every_fault_is_told_with_its_field_and_nothing_is_kept(programs: Programs) -> None:
    body = FIGURE | {"value": "12 km", "period": "2027", "coverage": "200"}

    answer = programs.focal.post(f"/entries/{CODE}/submissions", body)

    assert error_of(answer, 400)["code"] == "invalid_submission"
    assert [(fault["field"], fault["code"]) for fault in answer.json()["faults"]] == [
        ("value", "bad_value"),
        ("period", "future_period"),
        ("coverage", "bad_coverage"),
    ]
    assert answer.json()["faults"][0]["message"] in answer.json()["error"]["fields"]["first"]
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "blue"}, "colour"),
        ({"about": 3}, "about"),  # of a statement
        ({"value": 1250.5}, "value"),
        ({"measure": "0"}, "measure"),
        ({"measure": True}, "measure"),
        ({"evidence": ["x"] * 6}, "evidence"),
        ({"evidence_is_public": "yes"}, "evidence_is_public"),
        ({"supersedes": 0}, "supersedes"),
        ({"kind": "update"}, "-"),
        ({"note": ["a"]}, "note"),
    ],
)
def test_field_that_is_unknown_or_of_another_type_is_refused_by_name(
    programs: Programs, change: dict[str, Any], field: str
) -> None:
    answer = programs.focal.post(f"/entries/{CODE}/submissions", FIGURE | change)

    error = error_of(answer, 422)
    assert (error["code"], error["fields"]["field"]) == ("bad_field", field)
    assert [fault["field"] for fault in answer.json()["faults"]] == [field]
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b'{"kind": "figure", "kind": "note"}',
        b'{"measure": NaN}',
        b'{"measure": 1e999}',
        b'{"measure": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"note": ' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"note": "\\u0000"}',
        b'{"note": "\\ud800"}',
        b'\xff\xfe{"a": 1}',
        b'{"note": "\xff"}',
        b"{'kind': 'note'}",
        b"{",
    ],
    ids=lambda raw: repr(raw[:30]),
)
def test_json_with_two_meanings_or_none_is_refused_in_a_sentence(programs: Programs, raw: bytes) -> None:
    answer = programs.focal.post(f"/entries/{CODE}/submissions", raw=raw)

    assert error_of(answer, 400)["code"] in {"not_json", "name_twice", "bad_number", "too_deep", "bad_character"}


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b'"figure"', b"7"])
def test_body_that_is_no_object_is_refused(programs: Programs, raw: bytes) -> None:
    assert error_of(programs.focal.post(f"/entries/{CODE}/submissions", raw=raw), 422)["code"] == "bad_field"


def test_body_over_a_megabyte_is_refused(programs: Programs) -> None:
    body = json.dumps(FIGURE | {"note": "x" * 2**20}).encode()

    assert error_of(programs.focal.post(f"/entries/{CODE}/submissions", raw=body), 413)["code"] == "too_large"


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("/work", {"verbose": "1"}, "verbose"),
        ("/requests", {"state": "open"}, "state"),
        (f"/entries/{CODE}/figures", {"size": "9"}, "size"),
        ("/submissions/1", {"x": "1"}, "x"),
    ],
)
def test_unknown_parameter_is_refused_by_name(
    programs: Programs, path: str, query: dict[str, str], parameter: str
) -> None:
    error = error_of(programs.editor.get(path, **query), 422)

    assert (error["code"], error["fields"]["parameter"]) == ("unknown_parameter", parameter)


@pytest.mark.parametrize("due", ["2026-11-24", "20261215", "2026-W50-1", "15.12.2026", "2026-02-30", "2026-12", ""])
def test_date_that_is_none_or_cannot_be_met_is_refused(programs: Programs, due: str) -> None:
    assert error_of(programs.editor.post("/requests", ASK | {"due": due}), 400)["code"] == "bad_due"


# Rights


def test_without_a_token_only_what_is_public_is_given(programs: Programs) -> None:
    answer = Client().get(f"{BASE}/work")

    assert error_of(answer, 401)["code"] == "no_token"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert Client().get(f"{BASE}/entries/{CODE}/figures").status_code == 200


@pytest.mark.parametrize("header", ["Bearer serai_nonsense", "Bearer", "Basic ZWRpdG9yOng=", "Bearer " + "x" * 5000])
def test_wrong_token_is_told_so(programs: Programs, header: str) -> None:
    answer = Client().get(f"{BASE}/work", headers={"Authorization": header})

    assert error_of(answer, 401)["code"] == "bad_token"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_session_opens_nothing_here(programs: Programs) -> None:
    from serai.site.accounts.models import Account

    browser = Client()
    browser.force_login(
        Account.objects.get(pk=programs.editor.account), backend="django.contrib.auth.backends.ModelBackend"
    )

    read = browser.get(f"{BASE}/requests")
    write = browser.post(f"{BASE}/requests", json.dumps(ASK), content_type="application/json")

    assert [error_of(answer, 401)["code"] for answer in (read, write)] == ["no_token", "no_token"]
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("limits", "path", "body", "missing"),
    [
        (("ask", "submit", "decide"), "/work", None, "read"),
        (("ask", "submit", "decide"), "/submissions/1", None, "read"),
        (("read", "submit", "decide"), "/requests", ASK, "ask"),
        (("read", "ask", "decide"), f"/entries/{CODE}/submissions", FIGURE, "submit"),
        (("read", "ask", "submit"), "/submissions/1/decision", {"verdict": "publish"}, "decide"),
        (("read", "ask", "decide"), "/submissions/1/decision", {"verdict": "withdraw"}, "submit"),
    ],
)
def test_token_does_no_more_than_it_allows(
    programs: Programs, limits: tuple[str, ...], path: str, body: object, missing: str
) -> None:
    account = open_program("all", (Role.EDITOR, ""), (Role.REVIEWER, ""), (Role.FOCAL_POINT, "state:KZ")).account
    narrow = Program(account, token_for(account, limits))

    answer = narrow.post(path, body) if body else narrow.get(path)

    error = error_of(answer, 403)
    assert (error["code"], error["fields"]) == ("token_too_narrow", {"limit": missing})


def test_token_that_only_submits_answers_without_reading(programs: Programs) -> None:
    number = ask(programs)
    narrow = Program(programs.focal.account, token_for(programs.focal.account, ("submit",)))

    answered = made(narrow.post(f"/requests/{number}/answer", ANSWER))

    assert answered["request"] == number
    assert narrow.get(f"/requests/{number}").status_code == 403


@pytest.mark.parametrize("path", ["/requests/{number}", "/submissions/{number}"])
def test_what_may_not_be_seen_is_told_as_not_there(programs: Programs, path: str) -> None:
    number = ask(programs) if "requests" in path else hand_in(programs.focal)

    hidden = error_of(programs.other.get(path.replace("{number}", str(number))), 404)
    absent = error_of(programs.other.get(path.replace("{number}", "999999")), 404)

    assert hidden["code"] == absent["code"]
    assert hidden["message"].replace(str(number), "N") == absent["message"].replace("999999", "N")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/requests/{request}/answer", ANSWER),
        ("/requests/{request}/remind", None),
        ("/requests/{request}/withdraw", {}),
        ("/submissions/{submission}/decision", {"verdict": "publish"}),
        ("/submissions/{submission}/decision", {"verdict": "withdraw"}),
    ],
)
def test_writes_do_not_tell_what_may_not_be_seen_either(programs: Programs, path: str, body: object) -> None:
    numbers = {"{request}": ask(programs), "{submission}": hand_in(programs.focal)}
    for place, number in numbers.items():
        path = path.replace(place, str(number))

    assert programs.other.post(path, body).status_code == 404


def test_own_submission_is_left_to_another(programs: Programs) -> None:
    both = open_program("both", (Role.EDITOR, ""), (Role.REVIEWER, ""))
    number = hand_in(both)

    answer = both.post(f"/submissions/{number}/decision", {"verdict": "publish"})

    assert error_of(answer, 403)["code"] == "own_submission"
    assert not Decision.objects.exists()


def test_people_behind_a_published_figure_are_named_to_the_concerned_only(programs: Programs) -> None:
    number = publish(programs)

    concerned, other = (program.get(f"/submissions/{number}").json() for program in (programs.editor, programs.other))

    assert concerned["made_by"]["name"] == "Focal"
    assert (other["made_by"], other["decision"]["by"], other["decision"]["verdict"]) == (None, None, "publish")


def test_account_without_a_role_in_follow_up_has_no_work_here(programs: Programs) -> None:
    assert error_of(open_program("operator", (Role.OPERATOR, "")).get("/work"), 403)["code"] == "not_allowed"


def test_token_of_a_closed_account_opens_nothing(programs: Programs) -> None:
    from serai.kernel.roles import Actor
    from serai.site.accounts.actions import close_account, get_account

    close_account(account=get_account(programs.editor.account), reason="left", actor=Actor.operator())

    assert error_of(programs.editor.get("/work"), 401)["code"] == "bad_token"


def test_answers_to_tokens_are_kept_by_no_cache(programs: Programs) -> None:
    private, public = programs.editor.get("/work"), Client().get(f"{BASE}/entries/{CODE}/figures")

    assert "no-store" in private["Cache-Control"]
    assert "Authorization" in private["Vary"]
    assert "no-store" not in public.get("Cache-Control", "")


# Public lists


def publish_many(programs: Programs, years: range) -> None:
    """Put copies of a published figure into the store, one for each year."""
    pattern = Submission.objects.get(pk=publish(programs, period=str(years[0])))
    rows = [
        Submission(
            **{
                field.attname: getattr(pattern, field.attname)
                for field in Submission._meta.concrete_fields
                if field.attname not in {"id", "uid", "key"}
            }
            | {"period": str(year), "period_start": date(year, 1, 1), "period_end": date(year, 12, 31)}
        )
        for year in years[1:]
    ]
    made_rows = Submission.objects.bulk_create(rows)
    decisions = [Decision(submission=row, verdict="publish", by=programs.reviewer.account, at=NOW) for row in made_rows]
    Decision.objects.bulk_create(decisions)


def test_figures_come_in_pages_the_newest_period_first(programs: Programs) -> None:
    publish_many(programs, range(1966, 2026))

    first, second, beyond = (Client().get(f"{BASE}/entries/{CODE}/figures?page={page}").json() for page in (1, 2, 1000))

    assert (first["total"], first["pages"], len(first["figures"]), len(second["figures"])) == (60, 2, 50, 10)
    assert [row["period"] for row in first["figures"] + second["figures"]] == [
        str(year) for year in range(2025, 1965, -1)
    ]
    assert beyond == second


def test_figures_are_found_by_party(programs: Programs) -> None:
    own = publish(programs)
    other = hand_in(programs.other, party="state:UZ")
    made(programs.reviewer.post(f"/submissions/{other}/decision", {"verdict": "publish"}))

    found = Client().get(f"{BASE}/entries/{CODE}/figures?party=state:KZ").json()

    assert [row["number"] for row in found["figures"]] == [own]
    assert error_of(Client().get(f"{BASE}/entries/{CODE}/figures?party=state:XX"), 400)["code"] == "bad_party"
