"""Tables of accounts. No address of a reader's machine is kept in any of them; failures keep a keyed hash."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from serai.kernel.languages import ENGLISH
from serai.kernel.roles import EVERYWHERE, Grant, Role, Scope


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email=(username or "").strip().lower())


class Account(AbstractBaseUser):
    """A person who may sign in. Never deleted, since history names it; a closed account cannot sign in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)  # in lower case
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, default=ENGLISH)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    trusted_since = models.DateTimeField(null=True)  # devices remembered before this moment are strangers again

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects: ClassVar[AccountManager] = AccountManager()

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django asks for a name, not a column
        return self.closed_at is None

    # Django's own pages ask for these; permissions here are grants, and none of Django's is used.
    is_staff = False
    is_superuser = False

    def has_perm(self, _perm: str, _obj: Any = None) -> bool:
        return False

    def __str__(self) -> str:
        return self.name


class RoleGrant(models.Model):
    """A role that an account holds inside a scope."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=16)
    scope = models.CharField(max_length=72, blank=True, default=EVERYWHERE)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "role", "scope"], name="one_row_per_grant")]

    @property
    def as_grant(self) -> Grant:
        return Grant(Role(self.role), Scope(self.scope))


class Session(AbstractBaseSession):
    """A signed-in browser: whose, since when, and the kind of device, so that it can be told from others and ended."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    device = models.CharField(max_length=60, blank=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        from serai.site.accounts.sessions import SessionStore  # noqa: PLC0415  # the store imports this model

        return SessionStore


class SignInLink(models.Model):
    """A link that signs one account in once; only its hash is kept."""

    hash = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Failure(models.Model):
    """Failed sign-ins of one kind and key within a window. The key is a keyed hash; old windows are swept away."""

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    window = models.BigIntegerField()
    count = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "key", "window"], name="one_row_per_window")]
        indexes: ClassVar = [models.Index(fields=["window"])]


class ApiToken(models.Model):
    """A key for programs, acting as its account inside the limits given; only its hash is kept."""

    hash = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    limits = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_used = models.DateField(null=True)


class IdempotentAnswer(models.Model):
    """What a write of a program was answered, by the key it named; so that its repeat is answered and not done."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)  # of method, path and body: another request under one key is refused
    status = models.SmallIntegerField()
    body = models.TextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "key"], name="one_answer_per_key")]
