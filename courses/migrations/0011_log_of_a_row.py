"""What the log says of one row is found without walking through all of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0010_yearly_plan_and_drafting_units"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="actionlog",
            index=models.Index(fields=["subject", "subject_id"], name="log_of_a_row"),
        ),
    ]
