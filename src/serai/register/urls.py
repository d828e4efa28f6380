"""Addresses of the register's pages and downloads."""

from django.urls import path, re_path

from serai.register import downloads, views

app_name = "register"
_CODE = r"(?P<code>[0-9A-Za-z]{1,5}\.[0-9]{1,3}[A-Za-z]?)"

urlpatterns = [
    path("", views.entries, name="entries"),
    path("entries.csv", downloads.entries_csv, name="entries-csv"),
    path("entries.json", downloads.entries_json, name="entries-json"),
    re_path(rf"^{_CODE}$", views.entry, name="entry"),
    re_path(rf"^{_CODE}\.json$", downloads.entry_json, name="entry-json"),
    re_path(rf"^{_CODE}/history/$", views.history, name="history"),
    re_path(rf"^{_CODE}/figures\.csv$", downloads.figures_csv, name="figures-csv"),
    path("bodies/", views.bodies, name="bodies"),
    path("bodies/<slug:slug>/", views.body, name="body"),
    path("bodies/<slug:slug>/brief/", views.brief, name="brief"),
    path("instruments/", views.instruments, name="instruments"),
    path("instruments/<slug:slug>/", views.instrument, name="instrument"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar.ics", downloads.calendar_ics, name="calendar-ics"),
    path("comparison/", views.comparison, name="comparison"),
    path("comparison.csv", downloads.comparison_csv, name="comparison-csv"),
    path("indicators/", views.indicators, name="indicators"),
    path("indicators.csv", downloads.indicators_csv, name="indicators-csv"),
    path("method/", views.method, name="method"),
    path("data/", views.data, name="data"),
]
