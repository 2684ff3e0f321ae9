"""A log holds no secret part of an address and no citizen number, not even in a traceback."""

import logging

import pytest

from courses.constants.masking import MaskingFormatter, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("GET /my/abcDEF-_1/ 404", "GET /my/***/ 404"),
        ("/office/abc/?page=2", "/office/***/?page=2"),
        ("/p/X7-K2/", "/p/***/"),
        ("/here/screen/abc/now", "/here/screen/***/now"),
        ("/here/ABCDEF/", "/here/***/"),
        ("/calendar/abc.ics", "/calendar/***"),
        ("/verify/?code=ABCD-EFGH&format=json", "/verify/?code=***&format=json"),
        ("/accounts/invitation/abc/", "/accounts/invitation/***/"),
        ("Referer: https://taphuan.example/my/abc/x", "Referer: https://taphuan.example/my/***/x"),
        ("số 093123456789, hết", "số ************, hết"),
        ("0931234567890", "0931234567890"),
        ("/courses/CCHC-2022/", "/courses/CCHC-2022/"),
    ],
)
def test_secrets_are_masked_and_the_rest_stays(text, masked):
    assert mask(text) == masked


def test_arguments_and_tracebacks_are_masked_too():
    try:
        raise ValueError("093123456789")
    except ValueError as error:
        record = logging.LogRecord("x", 40, "f", 1, "at %s", ("/my/abc/",), (ValueError, error, error.__traceback__))
    line = MaskingFormatter().format(record)
    assert "abc" not in line
    assert "093123456789" not in line
    assert "ValueError" in line
