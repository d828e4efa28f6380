"""Words of a text and of a query, made the same way for every store: tokens of English, Russian and Chinese.

NFKC, casefold, ё→е. A Latin or Cyrillic word gives itself and its Snowball stem (marked `~`); a run of Han characters
gives its overlapping pairs and its last character, so that one character finds words that it begins.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from serai.kernel.parts import import_part

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
# Snowball takes a piece of the name itself from "Казахстан", but not from "Казахстана"; names of countries must meet.
_STAN = re.compile(r"(\w{3,}стан)(?:а|у|ом|е)?")
_YO = re.compile("е\u0308+")  # ё, taken apart
_HAN_RUN = re.compile(rf"[{_HAN}]+")
STEM_MARK: Final = "~"
LONGEST_WORD: Final = 64
MOST_QUERY_WORDS: Final = 12

# Words that carry no meaning of their own; left out of a query when it has others.
STOP_WORDS: Final = frozenset(
    "a an and as at by for from in into is it of on or the to with "
    "в во и из к ко на о об от по при с со у для за до или не что как".split()
)


# The package itself would load its 36 languages, and keep 6 MB for them.
_ENGLISH: Final = import_part("snowballstemmer", "english_stemmer").EnglishStemmer()
_RUSSIAN: Final = import_part("snowballstemmer", "russian_stemmer").RussianStemmer()
_stemming = threading.Lock()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the Snowball stem of a word that is already normalised.

    >>> stem("permits"), stem("таможенных"), stem("казахстана")
    ('permit', 'таможен', 'казахстан')
    """
    if country := _STAN.fullmatch(word):
        return country[1]
    stemmer = _RUSSIAN if _CYRILLIC.search(word) else _ENGLISH
    with _stemming:  # a stemmer keeps the word that it works on
        return str(stemmer.stemWord(word))


def normalise(text: str) -> str:
    """Fold everything in which two spellings of the same word may differ. Twice gives the same as once."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFKC", _YO.sub("е", folded))


def split_words(text: str) -> list[str]:
    """Return the words and Han runs of a text, in order.

    >>> split_words("Ёлка, e-permit ＵＮＥＳＣＯ 海关")
    ['елка', 'e', 'permit', 'unesco', '海关']
    """
    return [run[:LONGEST_WORD] for run in _RUN.findall(normalise(text))]


def is_han(word: str) -> bool:
    return _HAN_RUN.fullmatch(word) is not None


def tokens_of(text: str) -> list[str]:
    """Return what an index keeps of a text.

    >>> tokens_of("Permits 海关总")
    ['permits', '~permit', '海关', '关总', '总']
    """
    found: list[str] = []
    for word in split_words(text):
        if is_han(word):
            found += [word[i : i + 2] for i in range(len(word) - 1)]
            found.append(word[-1])
        else:
            found += [word, STEM_MARK + stem(word)]
    return found


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a document must have: all of `tokens`; the last may be the beginning of a longer one."""

    word: str
    tokens: tuple[str, ...]
    prefix: bool = False


def terms_of(words: Iterable[str]) -> list[Term]:
    """Return what a query asks for, one term a word. Stop words count only when nothing else was asked."""
    wanted = list(dict.fromkeys(words))[:MOST_QUERY_WORDS]
    kept = [word for word in wanted if word not in STOP_WORDS and (len(word) > 1 or is_han(word) or word.isdigit())]
    return [_term(word) for word in (kept or wanted)]


def _term(word: str) -> Term:
    if not is_han(word):
        return Term(word, (STEM_MARK + stem(word),))
    if len(word) == 1:
        return Term(word, (word,), prefix=True)
    return Term(word, tuple(word[i : i + 2] for i in range(len(word) - 1)))


def mend(word: str, vocabulary: Sequence[tuple[str, int]]) -> str | None:
    """Return the word of the vocabulary that is one slip away, the commonest first; None when there is none.

    A slip is one letter too many, too few or wrong, or two neighbours swapped. Words under four letters and figures
    are left alone: a slip in them may be any word.
    """
    if len(word) < 4 or is_han(word) or not word.isalpha():
        return None
    best: tuple[int, str] | None = None
    for candidate, documents in vocabulary:
        if abs(len(candidate) - len(word)) > 1 or OSA.distance(word, candidate, score_cutoff=1) > 1:
            continue
        rank = (-documents, candidate)
        best = rank if best is None else min(best, rank)
    return best[1] if best else None
