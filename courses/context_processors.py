"""What every page says about the installation itself."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict:
    """`trial_without_https`: the site runs on plain http in a network, and every page says so."""
    return {"trial_without_https": settings.ON_TRIAL_WITHOUT_HTTPS}
