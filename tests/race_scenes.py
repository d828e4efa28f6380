"""What many people do at the same time: what is made for them, what each does, and what is seen afterwards."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from serai.kernel import clock
from serai.kernel.models import AuditRow, ContextRevision, Notice
from serai.kernel.roles import Actor, Role
from serai.register.followup.actions import decisions, focal_points, requests, submissions
from serai.register.followup.actions.feeding import record_measurement
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Verdict
from serai.register.followup.models import Decision, FocalPoint, Request, Submission
from serai.register.followup.parties import state_party
from serai.register.models import Entry
from serai.register.revisions import FIGURES
from tests.people import MemoryDirectory

KZ, UZ = state_party("KZ"), state_party("UZ")
FIGURE: Final = Draft(
    kind=Kind.MEASUREMENT, value="1250", period="2025", provenance="declared", source="Ministry, letter 12"
)
Given = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is made, what each does (a number of their own tells them apart), and what is seen afterwards."""

    make: Callable[[Entry, int], Given]
    act: Callable[[Given, int], str]
    look: Callable[[Given], Given]


directory = MemoryDirectory()
editor = directory.add("editor", (Role.EDITOR, ""))
reviewer = directory.add("reviewer", (Role.REVIEWER, ""))
focal = directory.add("focal", (Role.FOCAL_POINT, KZ))
directory.add("other", (Role.FOCAL_POINT, UZ))


def _person(role: Role, number: int, scope: str = "") -> Actor:
    """Return somebody of their own, whom the others need not know of."""
    return MemoryDirectory().add(f"{role}-{number}", (role, scope))


def _ask(entry: Entry) -> Request:
    return requests.ask_for_update(entry=entry, party=KZ, due=_due(), actor=editor)


def _due() -> date:
    return clock.today() + timedelta(days=30)


def _audited(action: str, subject: str) -> int:
    return AuditRow.objects.filter(action=f"followup:{action}", subject=subject).count()


def _make_answer(entry: Entry, _people: int) -> Given:
    request = _ask(entry)
    return {"request": request.pk, "row": submissions.answer_request(number=request.pk, draft=FIGURE, actor=focal).pk}


def _publish(given: Given, number: int) -> str:
    decisions.decide(number=given["row"], verdict=Verdict.PUBLISH, actor=_person(Role.REVIEWER, number))
    return "publish"


def _dispute(given: Given, number: int) -> str:
    """A third publishes, a third returns, and the maker withdraws."""
    verdict = (Verdict.PUBLISH, Verdict.RETURN, Verdict.WITHDRAW)[number % 3]
    actor = focal if verdict is Verdict.WITHDRAW else _person(Role.REVIEWER, number)
    decisions.decide(number=given["row"], verdict=verdict, reason="so", actor=actor)
    return str(verdict)


def _look_at_decision(given: Given) -> Given:
    row = Submission.objects.select_related("decision").get(pk=given["row"])
    verdicts = {str(verdict): _audited(f"submission:{verdict}", f"submission {row.pk}") for verdict in Verdict}
    return {
        "state": row.state,
        "verdict": row.decision.verdict,
        "decisions": Decision.objects.filter(pk=row.pk).count(),
        "audited": {verdict: count for verdict, count in verdicts.items() if count},
        "request": Request.objects.get(pk=given["request"]).state,
        "told": Notice.objects.filter(key__startswith=f"submission:{row.pk}:", account="focal").count(),
    }


def _make_request(entry: Entry, _people: int) -> Given:
    return {"request": _ask(entry).pk}


def _answer(given: Given, number: int) -> str:
    actor = _person(Role.FOCAL_POINT, number, KZ)
    submissions.answer_request(number=given["request"], draft=replace(FIGURE, value=str(number)), actor=actor)
    return "answered"


def _look_at_answers(given: Given) -> Given:
    rows = Submission.objects.filter(request=given["request"])
    return {
        "rows": rows.count(),
        "audited": sum(_audited("submission:hand-in", f"submission {row.pk}") for row in rows),
        "request": Request.objects.get(pk=given["request"]).state,
    }


def _make_corrections(entry: Entry, people: int) -> Given:
    """Publish a figure; let each person find a correction that waits, each for another period."""
    old = submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=focal)
    decisions.decide(number=old.pk, verdict=Verdict.PUBLISH, actor=reviewer)
    drafts = [replace(FIGURE, period=str(1500 + number)) for number in range(people)]
    rows = [submissions.submit(entry=entry, party=KZ, draft=draft, actor=focal, supersedes=old) for draft in drafts]
    return {"old": old.pk, "rows": [row.pk for row in rows]}


def _make_rivals(entry: Entry, people: int) -> Given:
    """Let each person find a figure that waits, all of one period."""
    rows = [submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=focal) for _ in range(people)]
    return {"rows": [row.pk for row in rows]}


def _make_first_figures(entry: Entry, people: int) -> Given:
    """Let each person find a figure of another period; no figure was ever published on this node."""
    ContextRevision.objects.filter(context=FIGURES).delete()
    drafts = [replace(FIGURE, period=str(1500 + number)) for number in range(people)]
    return {"rows": [submissions.submit(entry=entry, party=KZ, draft=draft, actor=focal).pk for draft in drafts]}


def _publish_own(given: Given, number: int) -> str:
    decisions.decide(number=given["rows"][number], verdict=Verdict.PUBLISH, actor=reviewer)
    return "publish"


def _look_at_rows(given: Given) -> Given:
    old = Submission.objects.filter(pk=given["old"]).values_list("state", flat=True) if "old" in given else [None]
    states = Counter(Submission.objects.filter(pk__in=given["rows"]).values_list("state", flat=True))
    counter = ContextRevision.objects.filter(context=FIGURES).values_list("number", flat=True)
    return {"states": states, "old": old[0], "counter": counter[0]}


def _make_nothing(entry: Entry, _people: int) -> Given:
    return {"entry": entry.pk}


def _entry(given: Given) -> Entry:
    return Entry.objects.select_related("indicator").get(pk=given["entry"])


def _ask_one(given: Given, _number: int) -> str:
    requests.ask_for_update(entry=_entry(given), party=KZ, due=_due(), actor=editor)
    return "asked"


def _ask_by_key(given: Given, _number: int) -> str:
    row = requests.ask_for_update(entry=_entry(given), party=KZ, due=_due(), actor=editor, key=f"ask {given['entry']}")
    return f"asked {Request.objects.filter(entry=row.entry).count()}"


def _ask_two(given: Given, number: int) -> str:
    """Half ask in one order, half in the other."""
    parties = [KZ, UZ] if number % 2 else [UZ, KZ]
    requests.ask_several(entry=_entry(given), parties=parties, due=_due(), actor=editor)
    return "asked"


def _look_at_requests(given: Given) -> Given:
    rows = Request.objects.filter(entry=given["entry"])
    return {
        "rows": rows.count(),
        "audited": sum(_audited("request:ask", f"request {row.pk}") for row in rows),
        "told": Notice.objects.filter(key__in=[f"request:{row.pk}:asked" for row in rows]).count(),
    }


def _hand_in_by_key(given: Given, _number: int) -> str:
    submissions.submit(entry=_entry(given), party=KZ, draft=FIGURE, actor=focal, key=f"own {given['entry']}")
    return "handed in"


def _feed(given: Given, _number: int) -> str:
    record_measurement(
        entry=_entry(given).code,
        value=Decimal(5),
        period="2025",
        provenance="derived",
        source="rule",
        rule="TEST",
        key=f"fed {given['entry']}",
        actor=Actor.system("feeds"),
    )
    return "fed"


def _look_at_submissions(given: Given) -> Given:
    rows = Submission.objects.filter(entry=given["entry"])
    audited = sum(_audited("submission:hand-in", f"submission {row.pk}") for row in rows)
    return {"rows": rows.count(), "audited": audited}


def _name(given: Given, number: int) -> str:
    focal_points.name_focal_point(party=KZ, entry=_entry(given), account=f"colleague-{number}", actor=editor)
    return "named"


def _name_same(given: Given, _number: int) -> str:
    focal_points.name_focal_point(party=KZ, entry=_entry(given), account="focal", actor=editor)
    return "named"


def _look_at_focal_points(given: Given) -> Given:
    rows = FocalPoint.objects.filter(entry=given["entry"])
    subject = f"{KZ} {_entry(given).code}"
    audited = _audited("focal-point:name", subject)
    return {"rows": rows.count(), "standing": rows.filter(ended_at=None).count(), "audited": audited}


SCENES: Final = {
    "publish": Scene(make=_make_answer, act=_publish, look=_look_at_decision),
    "dispute": Scene(make=_make_answer, act=_dispute, look=_look_at_decision),
    "answer": Scene(make=_make_request, act=_answer, look=_look_at_answers),
    "correct": Scene(make=_make_corrections, act=_publish_own, look=_look_at_rows),
    "rivals": Scene(make=_make_rivals, act=_publish_own, look=_look_at_rows),
    "first": Scene(make=_make_first_figures, act=_publish_own, look=_look_at_rows),
    "ask": Scene(make=_make_nothing, act=_ask_one, look=_look_at_requests),
    "ask by key": Scene(make=_make_nothing, act=_ask_by_key, look=_look_at_requests),
    "ask two": Scene(make=_make_nothing, act=_ask_two, look=_look_at_requests),
    "hand in by key": Scene(make=_make_nothing, act=_hand_in_by_key, look=_look_at_submissions),
    "feed": Scene(make=_make_nothing, act=_feed, look=_look_at_submissions),
    "name": Scene(make=_make_nothing, act=_name, look=_look_at_focal_points),
    "name the same": Scene(make=_make_nothing, act=_name_same, look=_look_at_focal_points),
}
