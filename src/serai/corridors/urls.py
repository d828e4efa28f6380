"""Addresses of the corridors' pages and downloads."""

from django.urls import path

from serai.corridors import views_network, views_performance, views_plan, views_plan_export

app_name = "corridors"

urlpatterns = [
    path("", views_plan.plan, name="plan"),
    path("plan.csv", views_plan_export.plan_csv, name="plan-csv"),
    path("plan.geojson", views_plan_export.plan_geojson, name="plan-geojson"),
    path("plan.ics", views_plan_export.plan_calendar, name="plan-calendar"),
    path("network", views_network.network, name="network"),
    path("network.zip", views_network.network_zip, name="network-zip"),
    path("performance", views_performance.performance, name="performance"),
    path("performance.csv", views_performance.performance_csv, name="performance-csv"),
]
