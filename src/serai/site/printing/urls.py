"""Addresses of printed pages, below those of the register."""

from django.urls import path

from serai.site.printing import views

app_name = "printing"

urlpatterns = [
    path("register/bodies/<slug:slug>/brief.pdf", views.body_pdf, name="body-pdf"),
    path("register/states/<slug:code>/brief.pdf", views.state_pdf, name="state-pdf"),
    path("register/states/<slug:code>/brief/", views.state_brief, name="state-brief"),
    path("work/report/report.pdf", views.half_year_pdf, name="report-pdf"),
]
