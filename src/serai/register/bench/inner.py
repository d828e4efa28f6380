"""The benchmark's process inside a node: `python -m serai.register.bench.inner PLAN RESULT`.

A process of its own, because settings are read once per process and the node's register is replaced.
"""

import json
import logging
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import django

from serai.kernel import clock
from serai.register.bench.plan import Plan

# States depend on the day; with the clock held, the same seed asks the same questions on every day.
FROZEN_AT: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)


def main() -> None:
    """Measure what the plan (JSON) asks for; write what was found to the file."""
    plan, result = Plan(**json.loads(sys.argv[1])), Path(sys.argv[2])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.site.settings")
    django.setup()
    log_to(result.with_suffix(".log"))
    from serai.register.bench.pages import measure_pages  # noqa: PLC0415  # its tables need Django set up

    with clock.frozen(FROZEN_AT):
        found = measure_pages(plan)
    result.write_text(json.dumps(asdict(found), ensure_ascii=False), encoding="utf-8")


def log_to(file: Path) -> None:
    """Write logs to a file: a node writes one line a request, so a process that measures pays for one too."""
    logging.basicConfig(filename=file, level=logging.INFO)


if __name__ == "__main__":
    main()
