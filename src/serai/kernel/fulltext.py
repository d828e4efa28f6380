"""A full-text index in the node's own store: FTS5 on SQLite, tsvector on PostgreSQL, the same hits from both.

An index has three fields of falling weight. Both stores only say which documents hold a term in which field; the
order is made here, so it cannot differ between them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection

from serai.kernel.models import SearchTerm
from serai.kernel.search import STEM_MARK, Term, is_han, split_words, tokens_of

FIELDS: Final = ("title", "body", "context")
WEIGHTS: Final = (9, 3, 1)
_PG_LABELS: Final = ("A", "B", "C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one thing has to be found by."""

    key: int
    title: str
    body: str
    context: str

    def fields(self) -> tuple[str, str, str]:
        return self.title, self.body, self.context


def create_sql(index: str, vendor: str) -> list[str]:
    """Return the statements that make an index; used by migrations."""
    if vendor == "postgresql":
        return [
            f"CREATE TABLE {index} (key bigint PRIMARY KEY, tokens tsvector NOT NULL)",
            f"CREATE INDEX {index}_tokens ON {index} USING gin (tokens)",
        ]
    columns = ", ".join(FIELDS)
    # 'ascii' splits only at ASCII separators, so that the tokens stay exactly as search.py made them.
    tokenizer = f"ascii tokenchars '{STEM_MARK}'"
    return [f'CREATE VIRTUAL TABLE {index} USING fts5({columns}, detail=column, tokenize="{tokenizer}")']


def drop_sql(index: str) -> str:
    return f"DROP TABLE {index}"


def replace_documents(index: str, documents: Iterable[Document]) -> None:
    """Empty the index and fill it anew, with its vocabulary; call it in a transaction."""
    words: Counter[str] = Counter()
    rows: list[tuple[int, list[list[str]]]] = []
    for document in documents:
        words.update({word for text in document.fields() for word in split_words(text) if not is_han(word)})
        rows.append((document.key, [tokens_of(text) for text in document.fields()]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {index}")
        if connection.vendor == "postgresql":
            cursor.executemany(
                f"INSERT INTO {index} (key, tokens) VALUES (%s, %s::tsvector)",
                [(key, _tsvector(fields)) for key, fields in rows],
            )
        else:
            cursor.executemany(
                f"INSERT INTO {index} (rowid, title, body, context) VALUES (%s, %s, %s, %s)",
                [(key, *(" ".join(tokens) for tokens in fields)) for key, fields in rows],
            )
    SearchTerm.objects.filter(index=index).delete()
    SearchTerm.objects.bulk_create(
        (SearchTerm(index=index, term=term, documents=count) for term, count in sorted(words.items())), batch_size=500
    )


def _tsvector(fields: list[list[str]]) -> str:
    labels: dict[str, str] = {}
    for label, tokens in zip(_PG_LABELS, fields, strict=True):
        for token in tokens:
            labels[token] = labels.get(token, "") + (label if label not in labels.get(token, "") else "")
    return " ".join(
        f"'{_escape(token)}':" + ",".join(f"{position + 1}{label}" for position, label in enumerate(found))
        for token, found in labels.items()
    )


def _escape(token: str) -> str:
    return token.replace("\\", "\\\\").replace("'", "''")


def find_documents(index: str, terms: list[Term], *, every: bool = True) -> dict[int, int]:
    """Return key → score of the documents that hold every term (or, with `every=False`, at least one).

    A term scores the weight of the best field that holds it; a score is the sum over the terms.
    """
    total: dict[int, int] = {}
    for number, term in enumerate(terms):
        scores = _scores(index, term)
        if number == 0 or not every:
            for key, score in scores.items():
                total[key] = total.get(key, 0) + score
        else:
            total = {key: score + scores[key] for key, score in total.items() if key in scores}
        if every and not total:
            return {}
    return total


def _scores(index: str, term: Term) -> dict[int, int]:
    scores: dict[int, int] = {}
    for field in reversed(range(len(FIELDS))):
        for key in _keys(index, term, field):
            scores[key] = WEIGHTS[field]
    if len(term.tokens) > 1:  # the pairs of a Han run may lie in different fields
        for key in _keys(index, term, None):
            scores.setdefault(key, WEIGHTS[-1])
    return scores


def _keys(index: str, term: Term, field: int | None) -> list[int]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            label = "" if field is None else _PG_LABELS[field]
            star = "*" if term.prefix else ""
            suffix = f":{star}{label}" if star or label else ""
            query = " & ".join(f"'{_escape(token)}'{suffix}" for token in term.tokens)
            cursor.execute(f"SELECT key FROM {index} WHERE tokens @@ %s::tsquery", [query])
        else:
            query = " AND ".join(f'"{token}"' + ("*" if term.prefix else "") for token in term.tokens)
            if field is not None:
                query = f"{FIELDS[field]}:({query})"
            cursor.execute(f"SELECT rowid FROM {index} WHERE {index} MATCH %s", [query])
        return [int(row[0]) for row in cursor.fetchall()]


def read_vocabulary(index: str) -> Mapping[str, int]:
    """Return word → number of documents, for mending slips."""
    return dict(SearchTerm.objects.filter(index=index).values_list("term", "documents"))
