"""What each entry can be found by: its texts in all languages, in three fields of falling weight."""

from typing import Final

from serai.kernel.fulltext import Document
from serai.kernel.languages import LANGUAGES
from serai.register.catalogue import Catalogue

SEARCH_INDEX: Final = "register_entry_search"


def search_documents(catalogue: Catalogue) -> list[Document]:
    """Return what each entry has to be found by, all languages together; keys are positions in the declaration."""
    bodies = {body.id: body for body in catalogue.bodies}
    events = {event.id: event for event in catalogue.events}
    instruments = {item.id: item for item in catalogue.instruments}
    documents = []
    for position, entry in enumerate(catalogue.entries):
        titles, texts, context = [entry.title], [entry.summary, entry.note or ""], list(entry.places)
        context += [bodies[key].name for key in entry.bodies] + [events[key].name for key in entry.events]
        context += [f"{instruments[key].name} {instruments[key].number_in_text or ''}" for key in entry.instruments]
        if entry.indicator:
            context.append(entry.indicator.name)
        for language in LANGUAGES:
            context += [catalogue.label("topics", topic, language) for topic in entry.topics]
            context.append(catalogue.label("sections", entry.section, language))
            if entry.system:
                context.append(catalogue.label("systems", entry.system, language))
        for language in LANGUAGES[1:]:
            found = catalogue.translated(language, "entries", entry.id)
            titles.append(found["title"])
            texts += [found["summary"], catalogue.translated(language, "entry_note", entry.id) or ""]
            context.append(found.get("indicator", ""))
            for kind, keys in (
                ("bodies", entry.bodies),
                ("events", entry.events),
                ("instruments", entry.instruments),
                ("place", entry.places),
            ):
                context += [str(catalogue.translated(language, kind, key)) for key in keys]
        documents.append(
            Document(key=position, title="\n".join(titles), body="\n".join(texts), context="\n".join(context))
        )
    return documents
