"""One module of a package, without all that the package itself would load."""

import importlib
import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType


def import_part(package: str, part: str) -> ModuleType:
    """Import `package.part`, leaving the package unloaded unless it is loaded already.

    For packages that load everything they have; the part must need nothing of the package but its neighbours.
    Whoever imports the package after this gets all of it.
    """
    name = f"{package}.{part}"
    if name in sys.modules or package in sys.modules:
        return importlib.import_module(name)
    spec = find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    sys.modules[package] = module_from_spec(spec)  # it knows its folder; its code does not run
    try:
        return importlib.import_module(name)
    finally:
        del sys.modules[package]
