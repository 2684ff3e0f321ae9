from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Training plan")

    def ready(self):
        # After every migrate, also of attendance: a rebuilt table has lost its triggers (see courses.guards), and a
        # flush between tests the rows that must always be there.
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(*, using, **kwargs):
    from courses.guards import install_guards  # connections are ready only now
    from courses.services.standing import make_standing_rows  # models are loaded only now

    install_guards(using)
    make_standing_rows(using=using)
