"""A trial without https says so on every page."""

import pytest

BANNER = "Trial without https"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/verify/"])
def test_a_trial_without_https_says_so_on_every_page(client, settings, address):
    client.cookies["language"] = "en"
    assert BANNER not in client.get(address).content.decode()
    settings.ON_TRIAL_WITHOUT_HTTPS = True
    assert BANNER in client.get(address).content.decode()
