import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.readers import legacy
from courses.tests.readers.books import read

NAME = "Nguyễn Thị Hoàng Đường"


@pytest.mark.parametrize(
    ("font", "kind"),
    [
        (".VnTime", "tcvn3"),
        (".VnTimeH", "tcvn3"),
        (".VNArial", "tcvn3"),
        ("VNI-Times", "vni"),
        ("Times New Roman", None),
        ("", None),
    ],
)
def test_the_name_of_a_font_tells_the_encoding(font, kind):
    assert legacy.kind_of_font(font) == kind


@pytest.mark.parametrize(
    ("kind", "spoilt", "right"),
    [
        ("tcvn3", "NguyÔn V¨n §øc", "Nguyễn Văn Đức"),
        ("tcvn3", "Ph\u00ad\u00eang I", "Phường I"),
        ("vni", "Nguyeãn Vaên Ñöùc", "Nguyễn Văn Đức"),
        ("vni", "PHÖÔØNG THÒ MYÕ KYØ", "PHƯỜNG THỊ MỸ KỲ"),
        ("mojibake", NAME.encode().decode("latin-1"), NAME),
        ("cp1258", "Nguyễn Văn Đức", "Nguyễn Văn Đức"),
    ],
)
def test_each_encoding_comes_out_as_unicode(kind, spoilt, right):
    assert legacy.decode(spoilt, kind) == right


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        alphabet="aăâeêioôơuưyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵđbcghklmnpqrstvx ",
        max_size=30,
    )
)
def test_tcvn3_and_back(text):
    table = {known: byte for byte, known in legacy._TCVN3.items()}
    assert legacy.decode("".join(table.get(c, c) for c in text), "tcvn3") == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258", "tcvn3", "mojibake"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_without_fonts_is_known_by_its_header(encoding, delimiter):
    text = "\r\n".join(
        delimiter.join(line) for line in (("STT", "Họ và tên", "Đơn vị"), ("1", "Lê Thị Hồng", "Phường I"))
    )
    if encoding == "cp1258":
        decomposed = "".join(
            unicodedata.normalize("NFC", base + "".join(m for m in marks if m in "\u0302\u0306\u031b"))
            + "".join(m for m in marks if m not in "\u0302\u0306\u031b")
            for base, *marks in (unicodedata.normalize("NFD", c) for c in text)
        )
        data = decomposed.encode("cp1258")
    elif encoding == "tcvn3":
        table = {known: byte for byte, known in legacy._TCVN3.items()}
        data = "".join(table.get(c, c) for c in text).encode("latin-1")
    elif encoding == "mojibake":
        data = text.encode().decode("latin-1").encode()
    else:
        data = text.encode(encoding)
    (row,) = read(data).rows
    assert (row.full_name, row.office_text) == ("Lê Thị Hồng", "Phường I")
