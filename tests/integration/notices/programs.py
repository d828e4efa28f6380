"""What processes of their own do on a node: know people, and tell them things."""

PEOPLE = """
from serai.kernel import people
from serai.kernel.people import Person
class Known:
    def find(self, accounts):
        return {a: Person(account=a, name="A", email="a@example.org", language="en") for a in accounts}
    def holders(self, role, scope):
        return []
people.use_directory(Known())
from serai.kernel.notices import NoticeKind, define, notify
KIND = define(NoticeKind(code="test:duty", sentence="Number {n}", is_duty=True))
NEWS = define(NoticeKind(code="test:news", sentence="News {n}"))
from datetime import UTC, datetime, timedelta
now = datetime.now(UTC)
"""
TELL = f"""{PEOPLE}
from django.db import transaction
from serai.kernel import clock
with transaction.atomic(), clock.frozen(now - timedelta(days=2)):
    for n in range(20):
        notify(KIND, accounts=["reader"], key=f"duty {{n}}", path="/work/", n=str(n))
        notify(NEWS, accounts=["reader"], key=f"news {{n}}", path="/work/", n=str(n))
"""
