"""Make a PDF from a template and data. The work is done by `compile.py` in a process that is limited and knows no secret."""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

from serai.kernel.languages import CHINESE
from serai.site.printing.compile import NO_HAN_FONT
from serai.site.printing.errors import CannotPrint, NoHanFont, PrintTooLong
from serai.site.printing.turns import WAIT_S, Turns

TEMPLATES: Final = Path(__file__).parent / "templates"
LONGEST_S: Final = 30
_FRAME: Final = "frame.typ"
_DATA: Final = "data.json"
# What Python and the search for fonts need. The node's settings, which hold its secrets, are not handed on.
_PASSED_ON: Final = ("HOME", "LANG", "PATH", "PYTHONPATH", "TMPDIR", "XDG_DATA_HOME")
# Nothing here asks for a package; should a template ever do, the request ends on this machine.
_NO_NETWORK: Final = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"), "http://127.0.0.1:9")
_ONE_THREAD: Final = {
    "RAYON_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}  # or the memory limit would depend on the machine
_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_log = logging.getLogger("serai.printing")
_turns = Turns(most_waiting=1, wait_s=WAIT_S)


def render(template_name: str, data: Mapping[str, object], language: str, *, has_system_fonts: bool = True) -> bytes:
    """Return the PDF; raise NoHanFont, PrintTooLong, CannotPrint or PrinterBusy.

    `data` holds every word of the document in the reader's language, and `created`, the ISO date it is true of: the
    same data always gives the same bytes. Without system fonts only those inside typst are used: Latin and Cyrillic.
    """
    with _turns.take(), tempfile.TemporaryDirectory(prefix="serai-print-") as name:
        folder = Path(name)
        for template in (f"{template_name}.typ", _FRAME):
            shutil.copyfile(TEMPLATES / template, folder / template)
        (folder / _DATA).write_text(_write(data, language), encoding="utf-8")
        moment = datetime.combine(date.fromisoformat(str(data["created"])), time(), UTC)
        options = [] if has_system_fonts else ["--no-system-fonts"]
        return _run([str(folder), template_name, str(int(moment.timestamp())), *options])


def _write(data: Mapping[str, object], language: str) -> str:
    whole = {**data, "lang": language.partition("-")[0], "region": "CN" if language == CHINESE else None}
    return json.dumps(clean(whole), ensure_ascii=False)


def clean(value: object) -> object:
    """Return the data without characters that are no text: controls, halves of characters, changes of direction."""
    if isinstance(value, str):
        return "".join(char for char in value.replace("\r\n", "\n") if _is_text(char))
    if isinstance(value, Mapping):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value


def _is_text(char: str) -> bool:
    return char == "\n" or (unicodedata.category(char) not in {"Cc", "Cs"} and char not in _BIDI_CONTROLS)


def _run(arguments: list[str]) -> bytes:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _NO_NETWORK | _ONE_THREAD
    try:
        done = subprocess.run(  # noqa: S603  # our own module, our own arguments
            [sys.executable, "-P", "-m", "serai.site.printing.compile", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PrintTooLong(seconds=LONGEST_S) from None
    if done.returncode == NO_HAN_FONT:
        raise NoHanFont
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        _log.error("no pdf", extra={"exit": done.returncode, "said": done.stderr.decode(errors="replace")[-2000:]})
        raise CannotPrint
    return done.stdout
