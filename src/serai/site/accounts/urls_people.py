"""Addresses of the operators' pages, and of one's own tokens."""

from typing import Final

from django.urls import URLPattern, path

from serai.site.accounts import views_people, views_person, views_tokens

app_name = "people"
_ONE: Final = "people/<uuid:key>/"
urlpatterns: list[URLPattern] = [
    path("people/", views_people.people, name="people"),
    path("people/open/", views_people.open_form, name="open"),
    path("people/open/account", views_people.open_account, name="open-account"),
    path(_ONE, views_person.person, name="person"),
    path(f"{_ONE}change", views_person.change, name="change"),
    path(f"{_ONE}roles/give", views_person.give_role, name="give-role"),
    path(f"{_ONE}roles/take", views_person.take_role, name="take-role"),
    path(f"{_ONE}close", views_person.close, name="close"),
    path(f"{_ONE}reopen", views_person.reopen, name="reopen"),
    path(f"{_ONE}link", views_person.make_link, name="make-link"),
    path(f"{_ONE}second-step/take", views_person.take_second_step, name="take-second-step"),
    path(f"{_ONE}sessions/end", views_person.end_session, name="end-session"),
    path(f"{_ONE}sessions/end-all", views_person.end_sessions, name="end-sessions"),
    path(f"{_ONE}tokens/<int:number>/end", views_person.end_token, name="end-token"),
    path("tokens/", views_tokens.tokens, name="tokens"),
    path("tokens/make", views_tokens.make, name="make-token"),
    path("tokens/<int:number>/end", views_tokens.end, name="end-own-token"),
]
