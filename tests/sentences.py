"""Every sentence of code and templates is in the translation files: gather them anew into a copy and compare."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from serai.site.messages import LOCALE, read_catalog


def main() -> int:
    """Return 1 and name the sentences that the translation files lack; skip loudly without gettext."""
    if shutil.which("xgettext") is None:
        print("SKIPPED: no xgettext; on Debian: apt-get install gettext")
        return 0
    known = {source.parent.parent.name: _ids(source) for source in LOCALE.glob("*/LC_MESSAGES/django.po")}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "serai"
        shutil.copytree(LOCALE.parent, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "data"))
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "--locale=ru", "--locale=zh_Hans", "--no-obsolete"],
            cwd=copy,
            check=True,
            capture_output=True,
        )
        missing = [
            f"{language}: {text!r}"
            for language, before in known.items()
            for text in sorted(_ids(copy / "locale" / language / "LC_MESSAGES" / "django.po") - before)
        ]
    for line in missing:
        print(line)
    return 1 if missing else 0


def _ids(source: Path) -> set[str]:
    return {
        message.id if isinstance(message.id, str) else message.id[0] for message in read_catalog(source) if message.id
    }


if __name__ == "__main__":
    sys.exit(main())
