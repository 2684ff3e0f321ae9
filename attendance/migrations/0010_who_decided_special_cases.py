from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attendance', '0009_offices_that_sign_together_and_papers_after_a_revocation'),
    ]

    operations = [
        migrations.AddField(
            model_name='completion',
            name='override_decided_by',
            field=models.CharField(blank=True, max_length=150, verbose_name='who decided'),
        ),
        migrations.AlterField(
            model_name='completion',
            name='override_by',
            field=models.ForeignKey(null=True, on_delete=models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by'),
        ),
    ]
