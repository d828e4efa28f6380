"""How goods can move: the network, the planner, and how fast corridors are. A library without Django but for its pages.

>>> from serai.corridors import Network
>>> Network.load().places["cn-xi-an"].name("zh-hans")
'西安'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from serai.corridors.asking import Asked, read_enquiry
    from serai.corridors.enquiry import Enquiry
    from serai.corridors.graph import Limits
    from serai.corridors.model import Consignment
    from serai.corridors.network import Network
    from serai.corridors.planning import Answer, plan

__all__ = ["Answer", "Asked", "Consignment", "Enquiry", "Limits", "Network", "plan", "read_enquiry"]

# Where each is. Numerical libraries take a third of a second to import, so nothing is imported before it is asked for.
_ROOMS = {
    "Answer": "planning",
    "Asked": "asking",
    "Consignment": "model",
    "Enquiry": "enquiry",
    "Limits": "graph",
    "Network": "network",
    "plan": "planning",
    "read_enquiry": "asking",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(name)
    return getattr(import_module(f"serai.corridors.{_ROOMS[name]}"), name)
