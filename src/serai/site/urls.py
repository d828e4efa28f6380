"""Addresses of a node. English pages have no prefix; /ru/ and /zh-hans/ carry the same pages."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView

from serai.exchange.pages.metrics import metrics
from serai.site import views
from serai.site.api import api

urlpatterns = [
    path("api/corridors/plan", RedirectView.as_view(url="/api/v1/corridors/plan")),
    path("api/corridors/performance", RedirectView.as_view(url="/api/v1/corridors/performance", query_string=True)),
    path("api/", api.urls),
    path("health/live", views.alive),
    path("health/ready", views.ready),
    path("robots.txt", views.robots),
    path("metrics", metrics),
    path("exchange/v1/", include("serai.exchange.http.urls")),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("", include("serai.site.printing.urls")),
        path("register/", include("serai.register.urls")),
        path("corridors/", include("serai.corridors.urls")),
        path("api/docs", views.api_docs, name="api-docs"),
        path("about/licences/", views.licences, name="licences"),
        path("about/accessibility/", views.accessibility, name="accessibility"),
        path("about/privacy/", views.privacy, name="privacy"),
        path("about/contact/", views.contact, name="contact"),
        path("account/", include("serai.site.accounts.urls")),
        path("account/", include("serai.site.accounts.urls_people")),
        path("exchange/", include("serai.exchange.pages.urls")),
        path("work/notices/", include("serai.site.notices.urls")),
        path("work/", include("serai.register.followup.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "serai.site.faults.bad_request"
handler403 = "serai.site.faults.forbidden"
handler404 = "serai.site.faults.not_found"
handler500 = "serai.site.faults.broken"
handler429 = "serai.site.accounts.views_sign_in.too_many"  # allauth asks for it
