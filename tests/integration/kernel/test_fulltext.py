"""The store's full-text index gives what looking through all texts word by word gives, on either store."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.kernel.fulltext import FIELDS, WEIGHTS, Document, find_documents, read_vocabulary, replace_documents
from serai.kernel.search import Term, is_han, split_words, terms_of, tokens_of

INDEX = "register_entry_search"
WORDS = [
    "permit",
    "permits",
    "road",
    "water",
    "waters",
    "таможня",
    "таможни",
    "Казахстан",
    "Казахстана",
    "海关",
    "海关总署",
    "总署",
    "关总",
    "水",
    "节水电",
    "78",
    "266",
    "O'Neil",
    "a:b",
    "x*",
    "NEAR",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
FIELDS_OF = st.tuples(TEXTS, TEXTS, TEXTS)
QUERIES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)

pytestmark = pytest.mark.django_db


def documents_of(rows: list[tuple[str, str, str]]) -> list[Document]:
    return [
        Document(key=number * 3, title=title, body=body, context=context)
        for number, (title, body, context) in enumerate(rows)
    ]


def holds(tokens: set[str], term: Term) -> bool:
    return all(
        any(token == wanted or (term.prefix and token.startswith(wanted)) for token in tokens) for wanted in term.tokens
    )


def score_of(document: Document, term: Term) -> int:
    """The weight of the best field that holds the term; the least when only all fields together do."""
    fields = [set(tokens_of(text)) for text in document.fields()]
    best = [weight for tokens, weight in zip(fields, WEIGHTS, strict=True) if holds(tokens, term)]
    return max(best, default=WEIGHTS[-1] if holds(set().union(*fields), term) else 0)


def look_through(documents: list[Document], terms: list[Term], *, every: bool) -> dict[int, int]:
    scores = {document.key: [score_of(document, term) for term in terms] for document in documents}
    wanted = all if every else any
    return {key: sum(parts) for key, parts in scores.items() if wanted(parts)}


@settings(max_examples=80)
@given(rows=st.lists(FIELDS_OF, max_size=8), query=QUERIES, every=st.booleans())
def test_the_index_finds_and_scores_what_looking_through_all_texts_does(
    rows: list[tuple[str, str, str]], query: str, *, every: bool
) -> None:
    documents, terms = documents_of(rows), terms_of(split_words(query))
    replace_documents(INDEX, documents)

    found = find_documents(INDEX, terms, every=every)

    assert found == look_through(documents, terms, every=every)


@settings(max_examples=60)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_can_be_kept_and_is_found_by_its_words(text: str) -> None:
    replace_documents(INDEX, [Document(key=1, title=text, body="", context=text)])

    terms = terms_of(split_words(text))

    assert find_documents(INDEX, terms) == ({1: WEIGHTS[0] * len(terms)} if terms else {})


def test_a_hit_in_the_title_weighs_more_than_one_elsewhere() -> None:
    replace_documents(INDEX, documents_of([("", "", "permit"), ("", "permit", ""), ("permit", "", "")]))

    found = find_documents(INDEX, terms_of(["permit"]))

    assert list(FIELDS) == ["title", "body", "context"]
    assert sorted(found, key=lambda key: -found[key]) == [6, 3, 0]


def test_the_pairs_of_a_han_word_may_lie_in_different_fields_but_weigh_least() -> None:
    replace_documents(INDEX, documents_of([("海关", "关总", "总署"), ("", "海关总署", ""), ("海关", "", "")]))

    assert find_documents(INDEX, terms_of(["海关总署"])) == {0: 1, 3: 3}


def test_filling_anew_forgets_what_was_there() -> None:
    replace_documents(INDEX, documents_of([("permit", "", "")]))
    replace_documents(INDEX, documents_of([("water", "", "")]))

    assert find_documents(INDEX, terms_of(["permit"])) == {}
    assert set(read_vocabulary(INDEX)) == {"water"}


def test_the_vocabulary_counts_documents_and_leaves_han_out() -> None:
    replace_documents(INDEX, documents_of([("Water water", "вода", "海关"), ("water", "", "")]))

    assert read_vocabulary(INDEX) == {"water": 2, "вода": 1}
    assert not any(is_han(word) for word in read_vocabulary(INDEX))
