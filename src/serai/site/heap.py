"""How the C library keeps this process's memory. Does nothing where it is another one than glibc."""

import ctypes
from typing import Final

_M_ARENA_MAX: Final = -8  # <malloc.h>


def keep_one_arena() -> None:
    """Let all threads take memory from one place; call it before the first thread and the first fork.

    Otherwise each thread of each process keeps 2 to 3 MB of its own, most of it free. They take turns in Python anyhow.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Return what is free to the system, so that forked processes neither share it nor copy it."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
