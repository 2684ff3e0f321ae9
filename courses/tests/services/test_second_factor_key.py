"""The key of an authenticator app is never in the clear in the database."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

from courses.tests.people import make_user

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.django_db
def test_the_key_is_kept_encrypted_and_its_codes_are_still_accepted():
    user = make_user("capgiay")
    TOTP.activate(user, SECRET)
    row = Authenticator.objects.get(user=user)
    assert SECRET not in str(row.data)
    counter = next(iter(yield_hotp_counters_from_time()))
    assert TOTP(row).validate_code(format_hotp_value(hotp_value(SECRET, counter)))
