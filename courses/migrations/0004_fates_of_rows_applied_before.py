"""Rows that were applied before their fate had a column: it follows from the columns that they have."""

from django.db import migrations
from django.db.models import Case, CharField, Value, When


def say_fates(apps, schema_editor):
    rows = apps.get_model("courses", "ImportRow").objects.filter(batch__state="applied", fate="")
    rows.update(
        fate=Case(
            When(registration__isnull=False, then=Value("registered")),
            When(decision="over seats", status="ok", then=Value("over")),
            default=Value("waiting"),
            output_field=CharField(),
        )
    )


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_words_of_names")]

    operations = [migrations.RunPython(say_fates, migrations.RunPython.noop)]
