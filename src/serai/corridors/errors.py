"""What can be wrong with tables, and with a question to the planner.

BadInput
├── BadTable          a row or file that cannot be used: file, line, column, reason
├── UnknownPlace      no such place; the nearest names are told
├── BadConsignment    what is to be carried cannot be
└── BadQuestion       dates, window or limits that make no sense
"""

from serai.kernel.errors import BadInput, gettext_noop


class BadTable(BadInput):
    code = "corridor_table"
    template = gettext_noop("{file}, line {line}, column {column}: {reason}")


class UnknownPlace(BadInput):
    code = "corridor_place"
    template = gettext_noop("There is no place “{name}” in the network. Near to it: {near}.")


class BadConsignment(BadInput):
    code = "corridor_consignment"
    template = gettext_noop("This consignment cannot be planned: {reason}")


class BadQuestion(BadInput):
    code = "corridor_question"
    template = gettext_noop("This cannot be planned: {reason}")
