"""The API does what its own description says, for requests that nobody thought of. In process; the same every time."""

from typing import Any

import pytest
import schemathesis
from schemathesis import Case
from schemathesis.config import SchemathesisConfig

from serai.site.wsgi import application

pytestmark = pytest.mark.django_db
CONFIG = SchemathesisConfig.from_dict(
    {
        "seed": 1,
        "generation": {"deterministic": True, "max-examples": 50},
        "headers": {"Accept-Encoding": "identity"},  # in process nothing unpacks an answer
    }
)

schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application, config=CONFIG)


@schema.parametrize()
def test_the_api_does_what_its_description_says(case: Case[Any]) -> None:
    case.call_and_validate()
