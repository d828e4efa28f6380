"""The root of every error a person or a program may see.

    SeraiError
    ├── BadInput          400  what was sent cannot be used
    │   ├── BadFilter
    │   ├── UnknownParameter  422
    │   └── TooLarge      413
    ├── Refused           403  not allowed
    ├── NotFound          404
    ├── Conflict          409  somebody else was first, or the state forbids it
    ├── TooManyRequests   429
    └── NodeFault         503  the node itself is not fit to act

Each context hangs its own errors below these, in its own `errors.py`.
"""

from collections.abc import Mapping
from typing import ClassVar


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without translating it: the edge (page, API) does that."""
    return text


class Marked(str):
    """A phrase inside a field of an error that the edge translates as well: `Missing(what=Marked("The figure"))`."""

    __slots__ = ()


def in_english(value: object) -> object:
    """Return a field as the command line and the log tell it: of a text in several languages, the English one."""
    return value.get("en", "") if isinstance(value, Mapping) else value


class SeraiError(Exception):
    """One sentence that says what is wrong and what to do, with a stable code.

    `template` is the sentence in English with `{field}` places; `fields` fill them. The code never changes once
    published and is the same in every language. A field may be a day, a marked phrase, another error, or a text by
    language ({"en": …, "ru": …}); each is told in the reader's language.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    template: ClassVar[str] = gettext_noop("Something went wrong on this node. Try again later.")
    is_denial: bool = False  # somebody asked for what they may not have; the edge writes that down

    def __init__(self, **fields: object) -> None:
        super().__init__(fields)
        self.fields = fields

    def as_denial(self) -> "SeraiError":
        """Return the error, marked: what may not be seen is told as not there, and still written down."""
        self.is_denial = True
        return self

    def __str__(self) -> str:
        return self.template.format(**{name: in_english(value) for name, value in self.fields.items()})


class BadInput(SeraiError):
    code = "bad_input"
    http_status = 400
    template = gettext_noop("The request cannot be used as it stands: {reason}")


class TooLarge(BadInput):
    code = "too_large"
    http_status = 413
    template = gettext_noop("The request is larger than {limit_kb} kB, the most this node takes. Send less.")


class BadFilter(BadInput):
    code = "bad_filter"
    template = gettext_noop("The filter {filter} has no value “{value}”. Choose one of those listed.")


class UnknownParameter(BadInput):
    code = "unknown_parameter"
    http_status = 422
    template = gettext_noop("This address takes no parameter “{parameter}”. Leave it out.")


class Refused(SeraiError):
    code = "refused"
    http_status = 403
    is_denial = True
    template = gettext_noop("This is not allowed for you.")


class NotFound(SeraiError):
    code = "not_found"
    http_status = 404
    template = gettext_noop("There is nothing at this address. Check it, or start from the home page.")


class Conflict(SeraiError):
    code = "conflict"
    http_status = 409
    template = gettext_noop("Somebody else changed this in the meantime. Load it again and repeat your change.")


class TooManyRequests(SeraiError):
    code = "too_many_requests"
    http_status = 429
    template = gettext_noop("Too many requests from your address. Try again in {retry_after_s} seconds.")


class NodeFault(SeraiError):
    code = "node_fault"
    http_status = 503
    template = gettext_noop("This node is not fit to answer: {reason}")
