"""An index by which the newest figure of each series is found without reading all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("followup", "0002_frozen")]
    operations = [
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                fields=["entry", "kind", "state", "measure", "series", "party", "owner_node", "period_end"],
                name="submission_newest",
            ),
        )
    ]
