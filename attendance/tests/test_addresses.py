"""The addresses that the app below hands out lead to the pages that are here."""

from django.conf import settings
from django.urls import reverse

from courses.constants import links


def test_the_address_of_an_own_page_and_of_an_offices_page_is_where_they_are():
    own, office = links.trainee_token(5, 2), links.office_token(5, 2)
    assert links.own_page(5, 2) == settings.SITE_URL + reverse("attendance:trainee", args=[own])
    assert links.office_page(5, 2) == settings.SITE_URL + reverse("attendance:office", args=[office])
