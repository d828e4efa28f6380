"""Documents say what is so: links lead somewhere, the glossary is the printed one, no figure without a source."""

import re
from pathlib import Path

import pytest

from serai.register.catalogue import read_catalogue
from serai.register.cli import make_glossary

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", document.read_text())

    broken = [target for target in targets if "://" not in target and not (document.parent / target).exists()]

    assert broken == []


def test_glossary_is_what_the_command_prints() -> None:
    assert (ROOT / "docs" / "glossary.md").read_text() == make_glossary()


def test_figures_in_the_readme_are_the_registers() -> None:
    catalogue = read_catalogue()
    readme = (ROOT / "README.md").read_text()

    assert f"{len(catalogue.entries)} entries for the declaration's {catalogue.meta['paragraphs']} paragraphs" in readme
    assert f"for {sum(entry.indicator is not None for entry in catalogue.entries)} of them, an indicator" in readme


def test_no_committed_file_names_a_registry() -> None:
    files = [*ROOT.glob("requirements/*"), ROOT / "pyproject.toml", ROOT / "dev", ROOT / ".ci" / "run"]

    for file in files:
        assert not re.search(r"https?://|pypi\.org|--index-url|--extra-index", file.read_text()), file
