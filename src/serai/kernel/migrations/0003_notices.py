"""Notices: what people are told, and where the mail about it stands."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticeWish",
            fields=[
                ("account", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("mail", models.CharField(default="daily", max_length=8)),
                ("digest_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                ("account", models.CharField(max_length=36)),
                ("kind", models.CharField(max_length=40)),
                ("is_duty", models.BooleanField(default=False)),
                ("path", models.CharField(max_length=200)),
                ("fields", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mail", models.CharField(default="waiting", max_length=10)),
                ("mail_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("claim", models.CharField(blank=True, max_length=32)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("attempts", models.SmallIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-at", "-id"], name="notice_of_account"),
                    models.Index(
                        condition=models.Q(("mail_at__isnull", False)), fields=["mail_at"], name="notice_to_mail"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "key"), name="one_notice_per_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mail", "waiting"), ("mail_at__isnull", False)),
                            models.Q(models.Q(("mail", "waiting"), _negated=True), ("mail_at", None)),
                            _connector="OR",
                        ),
                        name="waiting_or_done",
                    ),
                ],
            },
        ),
    ]
