"""Many people at once, in several processes with many threads each: one of them is first, the others are told so."""

import json
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from serai.site.home import NodeHome, Realm
from tests.integration.conftest import _START
from tests.race_scenes import SCENES
from tests.running import environment_of

pytestmark = pytest.mark.slow
_SET_UP = """
from serai.kernel.roles import Actor
from serai.register.actions import load_catalogue
set_up_store()
load_catalogue(actor=Actor.system("tests"))
"""
_TAKE_PART = "from tests.racing import main\nmain()\n"


# On PostgreSQL fewer at once, and more often: a server lets in a hundred connections as it comes.
_SCENES = {
    "sqlite": (4, {"publish": [50], "dispute": [50]}, [10]),
    "postgres": (2, {"publish": [20] * 5, "dispute": [20] * 5}, [20, 20]),
}


@dataclass(frozen=True, kw_only=True)
class Race:
    """What came of one race."""

    people: int
    outcomes: Counter[str]
    seen: dict[str, Any]


Races = Mapping[str, list[Race]]


def _run(folder: Path, store: str, **more: str) -> Races:
    """Make a node with the register and run all races on it, several of each where the store takes few at once."""
    NodeHome(folder / "node").init(code="SEC", realm=Realm.SERVICE)
    environment = environment_of(folder / "node") | more | {"PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-c", _START + _SET_UP], env=environment, check=True)
    processes, special, usual = _SCENES[store]
    turns = [(name, threads) for name in SCENES for threads in special.get(name, usual)]
    asked = [f"{name}={threads}" for name, threads in turns]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _START + _TAKE_PART, str(folder), str(number), str(processes), *asked],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    printed = [process.communicate(timeout=600) for process in started]
    assert [err for _, err in printed] == [""] * processes
    told = [[json.loads(line) for line in out.splitlines()] for out, _ in printed]
    races: dict[str, list[Race]] = {}
    for (name, threads), *own in zip(turns, *told, strict=True):
        print(name, threads, [f"{each['slowest_s']:.1f} s" for each in own])
        outcomes = sum((Counter(each["outcomes"]) for each in own), Counter())
        races.setdefault(name, []).append(Race(people=threads * processes, outcomes=outcomes, seen=own[0]["seen"]))
    return races


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def races(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Races]:
    folder = tmp_path_factory.mktemp("races")
    if request.param == "sqlite":
        yield _run(folder, "sqlite")
        return
    given = connection.settings_dict
    server = f"postgres://{given['USER']}:{given['PASSWORD'] or 'none'}@{given['HOST']}:{given['PORT']}"
    name = f"serai_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as beside:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
        beside.execute(make.format(sql.Identifier(name)))
        try:
            yield _run(folder, "postgres", DATABASE_URL=f"{server}/{name}")
        finally:
            beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_one_of_all_reviewers_publishes_and_the_others_are_told_that_it_was_decided(races: Races) -> None:
    for race in races["publish"]:
        assert race.outcomes == {"publish": 1, "already_decided": race.people - 1}
        assert race.seen == {
            "state": "published",
            "verdict": "publish",
            "decisions": 1,
            "audited": {"publish": 1},
            "request": "closed",
            "told": 1,
        }
    assert sum(race.people for race in races["publish"]) == 200


def test_one_of_publishing_returning_and_withdrawing_stands_and_all_that_follows_agrees_with_it(races: Races) -> None:
    follows = {
        "publish": ("published", "closed", 1),
        "return": ("returned", "open", 1),
        "withdraw": ("withdrawn", "open", 0),
    }

    for race in races["dispute"]:
        verdict = race.seen["verdict"]
        assert race.outcomes == {verdict: 1, "already_decided": race.people - 1}
        assert (race.seen["decisions"], race.seen["audited"]) == (1, {verdict: 1})
        assert (race.seen["state"], race.seen["request"], race.seen["told"]) == follows[verdict]


def test_one_of_all_answers_to_a_request_stands(races: Races) -> None:
    for race in races["answer"]:
        assert race.outcomes == {"answered": 1, "already_answered": race.people - 1}
        assert race.seen == {"rows": 1, "audited": 1, "request": "answered"}


def test_one_of_all_corrections_of_a_figure_takes_its_place(races: Races) -> None:
    for race in races["correct"]:
        assert race.outcomes == {"publish": 1, "not_current": race.people - 1}
        assert race.seen["old"] == "superseded"
        assert race.seen["states"] == {"published": 1, "waiting": race.people - 1}


def test_one_of_all_figures_of_a_period_is_published(races: Races) -> None:
    for race in races["rivals"]:
        assert race.outcomes == {"publish": 1, "figure_exists": race.people - 1}
        assert race.seen["states"] == {"published": 1, "waiting": race.people - 1}


def test_first_figures_of_a_node_are_all_published_and_counted(races: Races) -> None:
    for race in races["first"]:
        assert race.outcomes == {"publish": race.people}
        assert race.seen["counter"] == race.people


def test_one_of_all_who_ask_the_same_asks(races: Races) -> None:
    for race in races["ask"]:
        assert race.outcomes == {"asked": 1, "request_running": race.people - 1}
        assert race.seen == {"rows": 1, "audited": 1, "told": race.people + 1}


def test_all_who_ask_by_one_key_are_given_one_request(races: Races) -> None:
    for race in races["ask by key"]:
        assert race.outcomes == {"asked 1": race.people}
        assert race.seen["rows"] == 1


def test_two_parties_asked_in_either_order_lock_nobody_out(races: Races) -> None:
    for race in races["ask two"]:
        assert race.outcomes == {"asked": 1, "request_running": race.people - 1}
        assert race.seen == {"rows": 2, "audited": 2, "told": race.people + 2}


def test_what_is_handed_in_again_and_again_under_one_key_is_kept_once(races: Races) -> None:
    for race in races["hand in by key"]:
        assert race.outcomes == {"handed in": race.people}
        assert race.seen == {"rows": 1, "audited": 1}


def test_figure_that_many_feeds_give_under_one_key_is_kept_once(races: Races) -> None:
    for race in races["feed"]:
        assert race.outcomes == {"fed": race.people}
        assert race.seen == {"rows": 1, "audited": 1}


def test_one_of_all_who_are_named_focal_point_stands_and_the_others_are_history(races: Races) -> None:
    for race in races["name"]:
        assert race.outcomes == {"named": race.people}
        assert race.seen == {"rows": race.people, "standing": 1, "audited": race.people}


def test_one_who_is_named_many_times_is_named_once(races: Races) -> None:
    for race in races["name the same"]:
        assert race.outcomes == {"named": race.people}
        assert race.seen == {"rows": 1, "standing": 1, "audited": 1}
