"""Names and titles in messages: no program makes an address or markup of them."""

import re

import pytest

from courses.constants.defusing import without_links
from courses.constants.telling import LINK

#: What mail programs and Zalo turn into a link by themselves, roughly: more than any of them does.
LOOKS_LIKE_A_LINK = re.compile(
    r"https?://|www\.\S|\w@\w|[^\W\d][.\u2024][^\W\d]|\d\.[^\W\d]|\d+\.\d+\.\d+|[a-z]+:\S", re.IGNORECASE
)

NAMES = [
    "http://xau.example/a?b=c",
    "HTTPS://XAU.EXAMPLE",
    "evil.com",
    "www.evil.com.vn",
    "evil．com",
    "evil。com",
    "[bam](http://xau.example)",
    "<a href='//xau.example'>bấm</a>",
    "javascript:alert(1)",
    "a@evil.com",
    "a＠evil.com",
    "tel:0900000000",
    "http:\\\\xau.example",
    "1.2.3.4/a",
    "http://1.2.3.4",
    "e\u200bvil\u00ad.com",
    "xau\u2024example",
    "mailto:a@b.vn",
    "zalo.me/g/abcdef",
    "xau\ufe52example",
    "\N{PILE OF POO}.la",
    "xau\u0332.example",
    "a\ufe6bxau",
]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_program_would_make_a_link_of_is_left(name):
    """Take `_DOTTED`, `_SCHEME` or `_AT` out and one of these fails."""
    shown = without_links(f"Ngô Thử {name}")
    assert not LOOKS_LIKE_A_LINK.search(shown), shown
    assert not set(shown) & set("<>[]`")
    assert "//" not in shown
    assert not re.search(r"[^\s.]\.[^\W\d]", shown), shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Nguyễn Thị Hồng Ánh", "Nguyễn Thị Hồng Ánh"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Hội trường A, số 2.5 đường 3/2", "Hội trường A, số 2.5 đường 3/2"),
        ("07:30–11:00 02/06/2022", "07:30–11:00 02/06/2022"),
        ("TP.Vị Thanh", "TP. Vị Thanh"),
        ("Dòng một\r\nBcc: ai", "Dòng một Bcc: ai"),
        (f"Ông {LINK} {{lop}}", "Ông (lop)"),
    ],
)
def test_what_is_no_link_reads_as_it_was(name, shown):
    assert without_links(name) == shown
