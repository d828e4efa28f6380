"""How the command line tells what went wrong: one sentence for an error of ours or of the store."""

import sys

from serai.kernel.errors import SeraiError


def tell(error: Exception) -> str:
    """Return the sentence; empty for an error that nobody foresaw."""
    if isinstance(error, SeraiError):
        return f"serai: {error} [{error.code}]"
    if _is_of_the_store(error):
        reason = str(error).strip().split("\n")[0]
        return f"serai: The store does not answer as it should: {reason}. Run: serai node doctor [store]"
    return ""


def _is_of_the_store(error: Exception) -> bool:
    """Whether the database said it; Django may not even have been imported."""
    database = sys.modules.get("django.db")
    return database is not None and isinstance(error, database.DatabaseError)
