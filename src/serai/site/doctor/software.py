"""Checks of the software: its version, its settings, its translations and its static files."""

import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Final

import serai
from serai.site.doctor.finding import SET_UP, Unfit, first_line
from serai.site.messages import LOCALE
from serai.site.start import has_fresh_static, start_django

OLDEST_PYTHON: Final = (3, 11)


def check_software() -> str:
    """Python is new enough, and the code that runs is the package that was installed."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < OLDEST_PYTHON:
        raise Unfit(f"Python {python} is too old: Serai needs 3.11 or newer. Make the environment anew with one.")
    try:
        installed = importlib.metadata.version("serai")
    except importlib.metadata.PackageNotFoundError:
        raise Unfit("The package serai is not installed in this environment. Install it: pip install .") from None
    if installed != serai.__version__:
        raise Unfit(
            f"The code is version {serai.__version__}, but version {installed} was installed. Install it anew: pip install ."
        )
    return f"Serai {installed} on Python {python}."


def check_settings() -> str:
    """Django comes up with the settings of this node; must run before every check of the store."""
    try:
        start_django()
    except (ValueError, ImportError) as fault:
        raise Unfit(
            f"The settings cannot be used ({first_line(fault)}). "
            "Look at the environment: DATABASE_URL and the variables that begin with SERAI_."
        ) from None
    return "The settings are sound."


def check_translations() -> str:
    """Every language but English has its compiled file, no older than its source."""
    from django.conf import settings  # noqa: PLC0415  # reading settings is what check_settings tries first
    from django.utils.translation import to_locale  # noqa: PLC0415

    languages = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    for language in languages:
        source = LOCALE / to_locale(language) / "LC_MESSAGES" / "django.po"
        if not source.exists():
            raise Unfit(f"The software came without its {language} translation ({source}). Install it anew.")
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            raise Unfit(f"The {language} translation is not compiled. Run: serai messages compile")
    return f"Translations are compiled: {', '.join(languages)}."


def check_static() -> str:
    """Style sheets, scripts and images are collected, all of them and as new as the software."""
    from django.conf import settings  # noqa: PLC0415

    root = Path(settings.STATIC_ROOT)
    manifest = root / "staticfiles.json"
    if not manifest.exists():
        raise Unfit(f"Static files are not collected in {root}: pages have no style. Run: {SET_UP}")
    paths = json.loads(manifest.read_text())["paths"]
    missing = [name for name in paths.values() if not (root / name).exists()]
    if missing:
        raise Unfit(
            f"{len(missing)} static files are missing in {root}, the first is {missing[0]}. Delete it, then run: {SET_UP}"
        )
    if not has_fresh_static():
        raise Unfit(f"The static files in {root} are older than the software. Run: {SET_UP}")
    return f"{len(paths)} static files are collected."
