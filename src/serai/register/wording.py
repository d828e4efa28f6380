"""Checks of the register's words against the declaration's text, which is read from a file and never shipped."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from serai.register.catalogue import ENTRIES, Catalogue
from serai.register.codes import parse_code
from serai.register.errors import Problem
from serai.register.vocabulary import Act

LONGEST_SHARED_RUN: Final = 6  # words; longer and it is no longer our own wording
_SECTION_HEAD = re.compile(r"([IVX]+)\.\s*(.*)", re.DOTALL)
_SIGNATURE = re.compile(r"^[^.]{3,60}, President of ")

# The verbs that each act claims to have found (definitions: vocab.yaml, acts).
_FAMILIES: Final[dict[Act, str]] = {
    Act.UNDERTAKE: r"\bwill\b|\bagree\b|\bdetermined to\b|\bcommitted to\b|\bcommitment\b|\bneed to\b|\bnecess",
    Act.INTEND: r"\bwilling\b",
    Act.SUPPORT: r"\bsupport",
    Act.WELCOME: r"\bwelcom",
    Act.NOTE: r"\bnot(?:e|es|ed|ing)\b",
    Act.REAFFIRM: r"\breaffirm|\bfirmly defend|\badhere",
    Act.OPPOSE: r"\boppos",
    Act.CONDEMN: r"\bcondemn",
    Act.ACKNOWLEDGE: (
        r"\bspeak \w+ of\b|\bcommend|\bappreciat|\brecogni[sz]|\bbeliev|\bpoint out|\bstress|\bemphasi[sz]"
        r"|\bsignificance\b|\bgratitude\b|\breviewed\b|\bhighly\b"
    ),
    Act.ANNOUNCE: r"\bdeclar|\bheld\b|\bPresident of\b|\bagree\b",
    Act.CALL: r"\bcall(?:s|ed)? (?:for|on|upon)\b|\bshould\b",
}


def read_paragraphs(file: Path) -> dict[tuple[str, int], str]:
    """Return (section, paragraph) → text of a file with one paragraph a line; the signatures are ("S", 1)."""
    paragraphs: dict[tuple[str, int], str] = {}
    signatures: list[str] = []
    section, number = "0", 0
    for line in file.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if not text:
            continue
        if signatures or (_SIGNATURE.match(text) and "jointly" not in text):
            signatures.append(text)
            continue
        head = _SECTION_HEAD.match(text)
        if head and head[1] != section:
            section, number, text = head[1], 0, head[2]
        number += 1
        paragraphs[section, number] = text
    paragraphs["S", 1] = " ".join(signatures)
    return paragraphs


def prove_wording(catalogue: Catalogue, text: Path) -> list[Problem]:
    """Return what does not fit the text: paragraphs without entries, locators, verbs, and words too close to it."""
    paragraphs = read_paragraphs(text)
    return [
        *_check_paragraphs(catalogue, paragraphs),
        *_check_locators(catalogue, paragraphs),
        *_check_verbs(catalogue, paragraphs),
        *_check_own_words(catalogue, paragraphs),
    ]


def _problem(item: str, field: str, reason: str) -> Problem:
    return Problem(file=ENTRIES, item=item, field=field, reason=reason)


def _place(code: str) -> tuple[str, int]:
    place = parse_code(code)
    return place.section, place.paragraph


def _check_paragraphs(catalogue: Catalogue, paragraphs: dict[tuple[str, int], str]) -> Iterator[Problem]:
    covered = {_place(entry.id) for entry in catalogue.entries}
    for section, number in sorted(paragraphs.keys() - covered):
        yield _problem(f"{section}.{number}", "id", "this paragraph of the text has no entry")
    for section, number in sorted(covered - paragraphs.keys()):
        yield _problem(f"{section}.{number}", "id", "the text has no such paragraph")


def _check_locators(catalogue: Catalogue, paragraphs: dict[tuple[str, int], str]) -> Iterator[Problem]:
    for entry in catalogue.entries:
        if _words(entry.text_check) and " ".join(_words(entry.text_check)) not in " ".join(
            _words(paragraphs.get(_place(entry.id), ""))
        ):
            yield _problem(entry.id, "text_check", f"“{entry.text_check}” is not in the paragraph")


def _check_verbs(catalogue: Catalogue, paragraphs: dict[tuple[str, int], str]) -> Iterator[Problem]:
    for entry in catalogue.entries:
        text = paragraphs.get(_place(entry.id), "")
        if text and not re.search(_FAMILIES[entry.act], text, re.IGNORECASE):
            yield _problem(entry.id, "act", f"the paragraph has no verb of the family “{entry.act}”")


def _check_own_words(catalogue: Catalogue, paragraphs: dict[tuple[str, int], str]) -> Iterator[Problem]:
    run = LONGEST_SHARED_RUN + 1
    shared = {key: _runs(_words(text), run) for key, text in paragraphs.items()}
    for entry in catalogue.entries:
        theirs = shared.get(_place(entry.id), set())
        for field, text in (("title", entry.title), ("summary", entry.summary)):
            if _runs(_words(text), run) & theirs:
                yield _problem(entry.id, field, f"shares {run} or more words in a row with the text")


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'’]+", text.replace("’", "'").casefold())


def _runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}
