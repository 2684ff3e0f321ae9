"""A directory may move people to another office: the move is kept with the row, and a row may ask for it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0006_order_of_offices_of_one_rank'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrow',
            name='transfer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='courses.transfer'),
        ),
        migrations.AlterField(
            model_name='importrow',
            name='decision',
            field=models.CharField(choices=[('new', 'New person'), ('known', 'Known person'), ('ask', 'Who is this?'), ('over seats', 'Over the seats'), ('late', 'After the deadline'), ('clash', 'Already in a class at that time'), ('moves', 'Kept at another office')], max_length=12, verbose_name='what would happen'),
        ),
        migrations.AlterField(
            model_name='importrow',
            name='fate',
            field=models.CharField(blank=True, choices=[('registered', 'Registered'), ('already', 'In the class already'), ('over', 'Over the seats, not registered'), ('waiting', 'To be looked at, not registered'), ('left out', 'Left out'), ('made', 'New person'), ('completed', 'What was missing was filled in'), ('moved', 'Moved to the office of the list'), ('known', 'Known, nothing new')], editable=False, max_length=12, verbose_name='what became of it'),
        ),
    ]
