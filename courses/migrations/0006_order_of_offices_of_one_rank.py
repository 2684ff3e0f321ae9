"""Offices of the same protocol order stand apart in every list, by their code; the tables stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0005_stand_ins_and_first_half_days")]

    operations = [
        migrations.AlterModelOptions(
            name="officeanswer",
            options={
                "ordering": ["course", "office__order", "office__code"],
                "verbose_name": "office's answer",
                "verbose_name_plural": "offices' answers",
            },
        ),
        migrations.AlterModelOptions(
            name="registration",
            options={
                "ordering": ["course", "number", "office__order", "office__code", "trainee__sort_key", "pk"],
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
            },
        ),
        migrations.AlterModelOptions(
            name="seats",
            options={
                "ordering": ["course", "office__order", "office__code"],
                "verbose_name": "seats of an office",
                "verbose_name_plural": "seats of offices",
            },
        ),
    ]
