"""The process that runs typst: `python -m serai.site.printing.compile FOLDER TEMPLATE TIMESTAMP [--no-system-fonts]`.

It sets its own limits, reads one folder, and writes the PDF to standard output. It imports nothing of Django.
"""

import json
import re
import resource
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

MOST_MEMORY: Final = 1_500 * 1024 * 1024
MOST_CPU_S: Final = 30
NO_HAN_FONT: Final = 3
# PDF/UA is a PDF that a screen reader can read. It also forbids a character without a glyph: no empty boxes, ever.
_STANDARD: Final = "ua-1"
_TEXT_FONTS: Final = ("Libertinus Serif",)
_MONO_FONTS: Final = ("DejaVu Sans Mono",)
# The first of these that the machine has sets Han; simplified forms before others.
_HAN_FONTS: Final = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Songti SC",
    "SimSun",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "AR PL UMing CN",
)
_MISSING: Final = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\u\{([0-9a-f]+)\}")


def main(arguments: list[str]) -> int:
    """Write the PDF and return 0; NO_HAN_FONT, or 1 with the reason on standard error."""
    _set_limits()
    import typst  # noqa: PLC0415  # only once the limits stand

    folder, template, timestamp, *options = arguments
    job = _Job(Path(folder), template, int(timestamp), has_system_fonts="--no-system-fonts" not in options)
    try:
        content = job.make()
    except HanMissing:
        return NO_HAN_FONT
    except typst.TypstError as error:
        sys.stderr.write(f"{error.message}\n{error.diagnostic}\n")
        return 1
    sys.stdout.buffer.write(content)
    return 0


def _set_limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ValueError, OSError):  # macOS knows no such limit; there the time limit alone holds
        pass


class HanMissing(Exception):
    """A Han character has no glyph on this machine."""


class _Job:
    """One document: made, and made again without the characters that no font of the machine has."""

    def __init__(self, folder: Path, template: str, timestamp: int, *, has_system_fonts: bool) -> None:
        import typst  # noqa: PLC0415  # only once the limits stand

        self.folder, self.timestamp = folder, timestamp
        self.source = folder / f"{template}.typ"
        self.data = folder / "data.json"
        self.error: type[Exception] = typst.TypstError
        fonts = typst.Fonts(include_system_fonts=has_system_fonts)
        present = set(fonts.families())
        han = [family for family in _HAN_FONTS if family in present][:1]
        inputs = {"fonts": json.dumps({"text": [*_TEXT_FONTS, *han], "mono": [*_MONO_FONTS, *han]})}
        nowhere = folder / "no-packages"
        self.compiler = typst.Compiler(
            root=folder, font_paths=fonts, sys_inputs=inputs, package_path=nowhere, package_cache_path=nowhere
        )

    def make(self) -> bytes:
        """Return the PDF. A character that no font has is written as its number, since a box would tell nothing."""
        try:
            return self._compile(self.source)
        except self.error as error:
            if not _lacks_glyph(error):
                raise
        self._replace_missing()
        return self._compile(self.source)

    def _compile(self, source: Path) -> bytes:
        made: Any = self.compiler.compile(input=source, format="pdf", timestamp=self.timestamp, pdf_standards=_STANDARD)
        return bytes(made)

    def _replace_missing(self) -> None:
        text = self.data.read_text(encoding="utf-8")
        found = {char for string in _strings(json.loads(text)) for char in string if not char.isascii()}
        missing = sorted(char for char in found if not self._has_glyph(char))
        if any(_is_han(char) for char in missing):
            raise HanMissing
        for char in missing:
            text = text.replace(char, f"[U+{ord(char):04X}]")
        self.data.write_text(text, encoding="utf-8")

    def _has_glyph(self, char: str) -> bool:
        """Set the character alone and see."""
        probe = self.folder / "probe.typ"
        probe.write_text(f'#set document(title: "probe")\n#text("\\u{{{ord(char):x}}}")')
        try:
            self._compile(probe)
        except self.error as error:
            return not _lacks_glyph(error)
        return True


def _lacks_glyph(error: Exception) -> bool:
    return _MISSING.search(str(error)) is not None


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _is_han(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
