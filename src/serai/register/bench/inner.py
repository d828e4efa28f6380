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
    # A node writes one line of log a request, so this process pays for one too.
    logging.basicConfig(filename=result.with_suffix(".log"), level=logging.INFO)
    from serai.register.bench.pages import measure_pages  # noqa: PLC0415  # its tables need Django set up

    with clock.frozen(FROZEN_AT):
        found = measure_pages(plan)
    result.write_text(json.dumps(asdict(found), ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
