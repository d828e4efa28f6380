"""The API does what its own description says, for requests that nobody thought of. In process; the same every time."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig

from serai.kernel.roles import Role
from serai.site.wsgi import application
from tests.programs import BASE, Program, open_program

pytestmark = pytest.mark.django_db
_SAME_EVERY_TIME: dict[str, Any] = {
    "seed": 1,
    "headers": {"Accept-Encoding": "identity"},  # in process nothing unpacks an answer
}
CONFIG = SchemathesisConfig.from_dict(
    _SAME_EVERY_TIME | {"generation": {"deterministic": True, "max-examples": 50}},
)
# What is well formed may still be refused: by the state of things, by a right, or by a rule that no schema can tell.
WORK_CONFIG = SchemathesisConfig.from_dict(
    _SAME_EVERY_TIME
    | {
        "generation": {"deterministic": True, "max-examples": 8},
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400", "403", "404", "409", "413"]}},
    },
)

schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application, config=CONFIG)
work = schemathesis.openapi.from_wsgi("/api/openapi.json", application, config=WORK_CONFIG)


_PLAN = "/corridors/plan$"


@schema.exclude(path_regex=f"^{BASE}|{_PLAN}").parametrize()
def test_the_api_does_what_its_description_says(case: Case[Any]) -> None:
    case.call_and_validate()


@work.include(path_regex=_PLAN).parametrize()
def test_the_planner_does_what_its_description_says(case: Case[Any]) -> None:
    """Which places there are, and which days make sense, no schema can tell."""
    case.call_and_validate()


@pytest.fixture
def program(db: None) -> Program:
    """Somebody with every role of follow-up, for Kazakhstan, with something to read and to decide on."""
    maker = open_program("maker", (Role.FOCAL_POINT, "state:KZ"))
    program = open_program("everybody", (Role.EDITOR, ""), (Role.REVIEWER, ""), (Role.FOCAL_POINT, "state:KZ"))
    body = {"kind": "figure", "party": "state:KZ", "value": "12", "period": "2025", "source": "Letter 1"}
    first = maker.post("/entries/VIII.3a/submissions", body).json()["number"]
    program.post(f"/submissions/{first}/decision", {"verdict": "publish"})
    maker.post("/entries/VIII.3a/submissions", body | {"period": "2024"})
    program.post("/requests", {"entry": "VI.13a", "parties": ["state:KZ"], "due": "2027-06-01"})
    return program


# One store for all that is generated, so that later requests meet what earlier ones did.
@work.include(path_regex=f"^{BASE}").parametrize()
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_daily_work_does_what_its_description_says(case: Case[Any], program: Program) -> None:
    case.call_and_validate(headers=program.headers)
