"""Addresses of /account/: signing in, and one's own account. The names are those that allauth asks for.

Its own lists of addresses are not included: they bring signing up, e-mail pages and others that do not exist here.
"""

from django.urls import path, re_path
from django.views.generic import RedirectView

from serai.site.accounts import views_self, views_sign_in
from serai.site.accounts.passkeys import lazily

_ACCOUNT, _STEP = "allauth.account.views", "allauth.mfa.base.views"
_APP, _KEYS = "allauth.mfa.totp.views", "allauth.mfa.webauthn.views"

_signing_in = [
    path("sign-in/", lazily(f"{_ACCOUNT}.login"), name="account_login"),
    path("sign-in/passkey/", views_sign_in.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-in/code/", lazily(f"{_STEP}.authenticate"), name="mfa_authenticate"),
    path("sign-out/", lazily(f"{_ACCOUNT}.logout"), name="account_logout"),
    path("link/<slug:token>", views_sign_in.sign_in_by_link, name="account_link"),
    path("confirm/", lazily(f"{_ACCOUNT}.reauthenticate"), name="account_reauthenticate"),
    path("confirm/code/", lazily(f"{_STEP}.reauthenticate"), name="mfa_reauthenticate"),
    path("confirm/passkey/", lazily(f"{_KEYS}.reauthenticate_webauthn"), name="mfa_reauthenticate_webauthn"),
]
_passwords = [
    path("password/change/", lazily(f"{_ACCOUNT}.password_change"), name="account_change_password"),
    path("password/set/", views_self.set_password, name="account_set_password"),
    path("password/reset/", lazily(f"{_ACCOUNT}.password_reset"), name="account_reset_password"),
    path("password/reset/sent/", lazily(f"{_ACCOUNT}.password_reset_done"), name="account_reset_password_done"),
    path(
        "password/reset/done/",
        lazily(f"{_ACCOUNT}.password_reset_from_key_done"),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        lazily(f"{_ACCOUNT}.password_reset_from_key"),
        name="account_reset_password_from_key",
    ),
]
_second_step = [
    path("second-step/", views_self.second_step, name="mfa_index"),
    path("second-step/app/", lazily(f"{_APP}.activate_totp"), name="mfa_activate_totp"),
    path("second-step/app/remove/", lazily(f"{_APP}.deactivate_totp"), name="mfa_deactivate_totp"),
    path("second-step/passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("second-step/passkeys/add/", lazily(f"{_KEYS}.add_webauthn"), name="mfa_add_webauthn"),
    path("second-step/passkeys/<int:pk>/", lazily(f"{_KEYS}.edit_webauthn"), name="mfa_edit_webauthn"),
    path("second-step/passkeys/<int:pk>/remove/", lazily(f"{_KEYS}.remove_webauthn"), name="mfa_remove_webauthn"),
    path("second-step/recovery-codes/", views_self.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-step/recovery-codes/make/",
        lazily("allauth.mfa.recovery_codes.views.generate_recovery_codes"),
        name="mfa_generate_recovery_codes",
    ),
]

urlpatterns = [
    path("", views_self.account, name="account"),
    path("sessions/end/", views_self.end_session, name="account_end_session"),
    *_signing_in,
    *_passwords,
    *_second_step,
]
