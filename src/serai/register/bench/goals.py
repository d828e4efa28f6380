"""The goals of `serai bench register`, and whether figures meet them."""

import os
from typing import Final

from serai.kernel.benching import Goal, Report, Say
from serai.kernel.benching import judge as judge_goals
from serai.register.bench.plan import SLEEP

_AGREED: Final = {
    "list_p95_ms": Goal(
        operator="<=",
        value=50,
        meaning="list page in process, 10,000 entries, SQLite; mix: no filter 20 %, one facet 40 %, two facets 25 %, "
        "text and facet 15 %, random page; facet counts right",
    ),
    "search_p95_ms": Goal(
        operator="<=", value=50, meaning="full-text search, 10,000 entries, the 60 test queries in three languages"
    ),
    "search_hits_share": Goal(
        operator=">=",
        value=1.0,
        meaning="of the 60 test queries (20 a language), share whose expected entries are among the first ten; "
        "same order on SQLite and PostgreSQL",
    ),
    "entry_p95_ms": Goal(operator="<=", value=25, meaning="entry page"),
    "growth_10k_over_1k": Goal(operator="<=", value=3, meaning="list p95 at 10,000 entries over 1,000, same mix"),
    "home_kb": Goal(operator="<=", value=150, meaning="home page over the wire, compressed, with everything it loads"),
    "node_pss_mb": Goal(operator="<=", value=170, meaning="idle node: web and worker"),
    "cold_s": Goal(
        operator="<=", value=120, meaning="./dev run in an empty clone to the first page, package cache warm"
    ),
    "warm_s": Goal(operator="<=", value=5, meaning="the same again"),
}
OWN: Final = {
    "followup_work_p95_ms": Goal(
        operator="<=",
        value=60,
        meaning="work list of an editor and reviewer in process, SQLite, 100,000 published figures over the 127 indicators, "
        "one entry with 20,000; 2,000 submissions wait, 5,000 requests; counts and rows right",
    ),
    "followup_entry_p95_ms": Goal(
        operator="<=",
        value=60,
        meaning="public page of an entry over the same, every fifth the one with 20,000 figures; newest figures right",
    ),
    "followup_growth_100k_over_10k": Goal(
        operator="<=", value=2, meaning="p95 with 100,000 figures over 10,000, the worse of both pages"
    ),
    "followup_one_decision": Goal(
        operator="<=", value=0, meaning="rounds of 200 reviewers at once in which not exactly one decision stood"
    ),
    "guess_successes": Goal(
        operator="<=",
        value=0,
        meaning="of 10,000 guesses at one account's password within one window, half from one address and half from "
        "100, the right password among them: guesses that signed in",
    ),
    "guess_lockouts": Goal(
        operator="<=",
        value=0,
        meaning="the account's owner refused: from another address after the first half, from a known device after the second",
    ),
    "guess_memory_kb": Goal(
        operator="<=", value=512, meaning="growth of the process and of the table of failures over all guesses"
    ),
}
GOALS: Final = _AGREED | OWN


def judge(report: Report, say: Say) -> bool:
    """Say of each goal whether it is met, and every fault; return whether all that was measured is good."""
    is_good = judge_goals(GOALS, report, say)
    if os.environ.get(SLEEP):
        say(f"{SLEEP} is set: these figures are made worse on purpose")
    return is_good
