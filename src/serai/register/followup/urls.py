"""Addresses of the daily work."""

from django.urls import path, re_path

from serai.register.followup import evidence_view, views, views_report, views_requests, views_submissions

app_name = "work"
_CODE = r"(?P<code>[0-9A-Za-z]{1,5}\.[0-9]{1,3}[A-Za-z]?)"

urlpatterns = [
    path("", views.work, name="home"),
    path("find/", views.find, name="find"),
    path("report/", views_report.report, name="report"),
    re_path(rf"^entries/{_CODE}/$", views.entry, name="entry"),
    re_path(rf"^entries/{_CODE}/ask/$", views_requests.ask, name="ask"),
    re_path(rf"^entries/{_CODE}/hand-in/$", views_submissions.hand_in, name="hand-in"),
    re_path(rf"^entries/{_CODE}/focal-points/$", views.focal_points, name="focal-points"),
    path("focal-points/<int:number>/end/", views.end_focal_point, name="end-focal-point"),
    path("requests/", views_requests.requests, name="requests"),
    path("requests/<int:number>/", views_requests.request_page, name="request"),
    path("requests/<int:number>/answer/", views_submissions.answer, name="answer"),
    path("requests/<int:number>/withdraw/", views_requests.withdraw, name="withdraw-request"),
    path("requests/<int:number>/remind/", views_requests.remind, name="remind"),
    path("review/", views_submissions.review, name="review"),
    path("submissions/<int:number>/", views_submissions.submission, name="submission"),
    path("submissions/<int:number>/decide/", views_submissions.decide, name="decide"),
    path("submissions/<int:number>/correct/", views_submissions.correct, name="correct"),
    path("submissions/<int:number>/state/", views_submissions.state, name="state"),
    path("evidence/<int:evidence_id>/", evidence_view.serve, name="evidence"),
    path("searches/", views.save_search, name="save-search"),
    path("searches/<int:number>/delete/", views.delete_search, name="delete-search"),
    path("rights/", views.rights, name="rights"),
]
