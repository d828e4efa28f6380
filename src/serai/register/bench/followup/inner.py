"""A process of this part inside a node: `python -m serai.register.bench.followup.inner PART PLAN RESULT`."""

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Final

import django

from serai.kernel import clock
from serai.register.bench.followup.plan import DecisionsPlan, GuessesPlan, PagesPlan
from serai.register.bench.inner import FROZEN_AT, log_to

PARTS: Final = {
    "pages": ("serai.register.bench.followup.pages", PagesPlan),
    "decisions": ("serai.register.bench.followup.deciding", DecisionsPlan),
    "guesses": ("serai.register.bench.followup.guessing", GuessesPlan),
}


def main() -> None:
    """Measure what the plan (JSON) asks for; write what was found to the file."""
    module, make_plan = PARTS[sys.argv[1]]
    plan, result = make_plan(**json.loads(sys.argv[2])), Path(sys.argv[3])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.site.settings")
    django.setup()
    log_to(result.with_suffix(".log"))
    measure = import_module(module).measure  # its tables need Django set up
    with clock.frozen(FROZEN_AT):
        found = measure(plan)
    result.write_text(json.dumps(asdict(found), ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
