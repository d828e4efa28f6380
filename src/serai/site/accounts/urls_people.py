"""Addresses of the people of a node, and of one's own tokens."""

from django.urls import URLPattern

app_name = "people"
urlpatterns: list[URLPattern] = []
