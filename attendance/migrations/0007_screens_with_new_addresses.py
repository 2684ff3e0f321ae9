from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attendance', '0006_address_of_rights'),
    ]

    operations = [
        migrations.AddField(
            model_name='sheet',
            name='screen_version',
            field=models.PositiveIntegerField(default=1, verbose_name="version of the address of the hall's screen"),
        ),
    ]
