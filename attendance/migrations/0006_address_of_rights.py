from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attendance', '0005_grants_of_the_hall'),
    ]

    operations = [
        migrations.AddField(
            model_name='grant',
            name='address_hash',
            field=models.CharField(default='', max_length=64),
        ),
    ]
