"""Addresses of the corridors' pages and downloads."""

from django.urls import path

from serai.corridors import views_performance

app_name = "corridors"

urlpatterns = [
    path("", views_performance.home, name="home"),
    path("performance", views_performance.performance, name="performance"),
    path("performance.csv", views_performance.performance_csv, name="performance-csv"),
]
