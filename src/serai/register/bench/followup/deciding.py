"""Many reviewers decide on one submission at the same moment, each in a thread with a connection of its own."""

import os
import threading
import time
from collections import Counter

from django.db import connections

from serai.kernel.errors import SeraiError
from serai.kernel.models import AuditRow
from serai.kernel.roles import EVERYWHERE, Actor, ActorKind, Grant, Role
from serai.register.bench.followup.plan import DecisionsFound, DecisionsPlan
from serai.register.bench.plan import SLEEP
from serai.register.followup.actions.decisions import decide
from serai.register.followup.actions.submissions import submit
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Verdict
from serai.register.followup.errors import AlreadyDecided
from serai.register.followup.models import Decision, Submission
from serai.register.followup.parties import state_party
from serai.register.models import Entry

_KZ = state_party("KZ")


def measure(plan: DecisionsPlan) -> DecisionsFound:
    """Hold the rounds; a round in which not exactly one decision stood is a violation."""
    found = DecisionsFound()
    entries = [row for row in Entry.objects.order_by("position") if row.actors == ["all"]]
    for number in range(plan.rounds):
        row = _hand_in(entries[number % len(entries)])
        started = time.perf_counter()
        outcomes = _all_at_once(row.pk, plan.reviewers)
        found.round_ms.append((time.perf_counter() - started) * 1000)
        if fault := _fault(row.pk, outcomes, plan.reviewers):
            found.violations.append(f"round {number + 1}: {fault}")
    return found


def _person(name: str, role: Role) -> Actor:
    scope = _KZ if role is Role.FOCAL_POINT else EVERYWHERE
    return Actor(kind=ActorKind.ACCOUNT, name=name, grants=frozenset({Grant(role, scope)}))


def _hand_in(entry: Entry) -> Submission:
    draft = Draft(kind=Kind.UPDATE, note="Done.")
    return submit(entry=entry, party=_KZ, draft=draft, actor=_person("focal", Role.FOCAL_POINT))


def _all_at_once(number: int, reviewers: int) -> "Counter[str]":
    """Let half publish and half return; return how often each outcome was had."""
    outcomes: Counter[str] = Counter()
    sleep_s = int(os.environ.get(SLEEP) or 0) / 1e6
    together = threading.Barrier(reviewers)

    def act(place: int) -> None:
        verdict = Verdict.RETURN if place % 2 else Verdict.PUBLISH
        connections["default"].ensure_connection()
        together.wait()
        time.sleep(sleep_s)
        try:
            decide(number=number, verdict=verdict, reason="so", actor=_person(f"reviewer {place}", Role.REVIEWER))
            outcome = "decided"
        except AlreadyDecided:
            outcome = "already decided"
        except SeraiError as error:
            outcome = error.code
        except Exception as error:  # noqa: BLE001  # what must not happen is told, whatever it is
            outcome = f"{type(error).__name__}: {error}"
        finally:
            connections["default"].close()
        with lock:
            outcomes[outcome] += 1

    lock = threading.Lock()
    threads = [threading.Thread(target=act, args=(place,)) for place in range(reviewers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def _fault(number: int, outcomes: "Counter[str]", reviewers: int) -> str:
    """Say what is wrong with a round; nothing when one decision stands, one row records it, and the others were told."""
    decisions = Decision.objects.filter(pk=number).count()
    subject = {"subject": f"submission {number}"}
    recorded = AuditRow.objects.filter(**subject).exclude(action="followup:submission:hand-in").count()
    wanted = {"decided": 1, "already decided": reviewers - 1}
    if (decisions, recorded) == (1, 1) and outcomes == wanted:
        return ""
    return f"{decisions} decisions, {recorded} audit rows, {dict(outcomes)}"
