"""Addresses that nodes use among themselves; no language, no session."""

from django.urls import path

from serai.exchange.http import views

urlpatterns = [
    path("node", views.node),
    path("messages", views.messages),
    path("questions", views.questions),
]
