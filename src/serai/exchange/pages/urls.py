"""Addresses of the operators' pages."""

from typing import Final

from django.urls import URLPattern, path, re_path

from serai.exchange.envelope import LANES
from serai.exchange.pages import views, views_peers, views_stops

app_name = "exchange"
_PEER: Final = r"peers/(?P<code>[A-Z]{2,3})/"
_LANE: Final = rf"(?P<lane_name>{'|'.join(LANES)})/"
urlpatterns: list[URLPattern] = [
    re_path(r"^$", views.home, name="home"),
    re_path(r"^meet/$", views_peers.meet, name="meet"),
    re_path(r"^meet/address$", views_peers.take_address, name="take-address"),
    re_path(rf"^{_PEER}$", views_peers.peer, name="peer"),
    re_path(rf"^{_PEER}introduce$", views_peers.introduce, name="introduce"),
    re_path(rf"^{_PEER}end$", views_peers.end, name="end"),
    re_path(rf"^{_PEER}note$", views_peers.send_note, name="send-note"),
    re_path(rf"^{_PEER}lanes/{_LANE}$", views.lane, name="lane"),
    re_path(rf"^{_PEER}stops/{_LANE}$", views_stops.stop, name="stop"),
    re_path(rf"^{_PEER}stops/{_LANE}propose$", views_stops.propose, name="propose"),
    re_path(rf"^{_PEER}stops/{_LANE}confirm$", views_stops.confirm, name="confirm"),
    re_path(r"^find/$", views.find, name="find"),
    path("messages/<int:key>/", views.message, name="message"),
    path("messages/<int:key>/proof", views.proof, name="proof"),
    re_path(r"^evidence/$", views.evidence, name="evidence"),
    path("evidence/<int:key>", views.evidence_file, name="evidence-file"),
    re_path(r"^refusals/$", views.refusals, name="refusals"),
]
