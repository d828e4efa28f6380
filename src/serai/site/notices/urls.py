"""Addresses under /work/notices/."""

from django.urls import path

from serai.site.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("read/", views.read_all, name="read-all"),
    path("wishes/", views.wishes, name="wishes"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("<int:number>/", views.open_notice, name="open"),
]
