"""How goods can move: the network, the planner, and how fast corridors are. A library without Django but for its pages."""

from serai.corridors.enquiry import Enquiry
from serai.corridors.graph import Limits
from serai.corridors.model import Consignment
from serai.corridors.network import Network
from serai.corridors.planning import Answer, plan

__all__ = ["Answer", "Consignment", "Enquiry", "Limits", "Network", "plan"]
