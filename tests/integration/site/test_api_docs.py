"""What the API can do is told to programs by OpenAPI and to people by a page, from one source."""

import html
from typing import Any

import pytest
from django.test import Client
from pydantic import BaseModel

from serai.register.followup.api import bodies
from tests.html import Page
from tests.programs import BASE

pytestmark = pytest.mark.django_db
PUBLIC = {f"{BASE}/entries/{{code}}/figures", f"{BASE}/entries/{{code}}/notes"}
SHAPES = [
    bodies.AskBody,
    bodies.ReasonBody,
    bodies.FigureBody,
    bodies.NoteBody,
    bodies.StatementBody,
    bodies.AnswerFigure,
    bodies.AnswerNote,
    bodies.DecisionBody,
    bodies.FocalPointBody,
]


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    return dict(client.get("/api/openapi.json").json())


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        if path.startswith(BASE)
        for method, operation in methods.items()
    ]


def test_every_operation_says_whether_it_needs_a_token(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    for _, path, operation in operations(document):
        if path in PUBLIC:
            assert "security" not in operation, path
        else:
            assert {"Bearer": []} in operation["security"], path
            assert {"401", "403"} <= set(operation["responses"]), path


def test_every_write_needs_a_key_and_tells_of_conflicts(document: dict[str, Any]) -> None:
    writes = [(path, operation) for method, path, operation in operations(document) if method == "post"]

    assert len(writes) == 9
    for path, operation in writes:
        keys = [item for item in operation["parameters"] if item["name"] == "Idempotency-Key"]
        assert [(item["in"], item["required"]) for item in keys] == [("header", True)], path
        assert {"400", "404", "409", "413", "422", "429"} <= set(operation["responses"]), path


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_body_has_an_example_that_it_takes(shape: type[BaseModel]) -> None:
    examples = shape.model_json_schema()["examples"]

    assert examples
    for example in examples:
        assert shape.model_validate(example).model_dump(exclude_unset=True) == example


def test_page_shows_every_operation_with_its_bodies_and_its_token(client: Client, document: dict[str, Any]) -> None:
    answer = client.get("/api/docs")

    page = Page.read(answer.text)
    assert page.faults == []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in page.texts
            assert operation["summary"] in page.texts
    needed = [operation for _, path, operation in operations(document) if operation.get("security") == [{"Bearer": []}]]
    assert page.texts.count("A token is needed.") == len(needed) > 10
    for shape in SHAPES:
        assert set(shape.model_fields) <= set(page.texts), shape.__name__
    assert '"parties": [' in html.unescape(answer.text)


@pytest.mark.parametrize("prefix", ["/ru", "/zh-hans"])
def test_page_says_that_the_api_speaks_english(client: Client, prefix: str) -> None:
    page = Page.read(client.get(f"{prefix}/api/docs").text)

    assert page.faults == []
    assert "Writes, repeats and conflicts" in page.texts
