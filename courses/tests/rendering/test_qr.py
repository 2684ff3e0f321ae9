import re

import pytest
import zxingcpp

from courses.rendering.qr import qr_picture, qr_svg

ADDRESS = "https://taphuan.example.vn/verify/ABCD-EFGH-JKMN-PQRS-TUVW/"


def seen(svg, scale=4):
    """What a reader makes of the picture: the path's rectangles painted black on white."""
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    pixels = [[255] * size * scale for _ in range(size * scale)]
    path = re.search(r'fill="#000" d="([^"]+)"', svg)[1]
    for x, y, width, height in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+Z", path):
        for row in pixels[int(y) * scale : (int(y) + int(height)) * scale]:
            row[int(x) * scale : (int(x) + int(width)) * scale] = [0] * int(width) * scale
    flat = bytes(value for row in pixels for value in row)
    found = zxingcpp.read_barcode(memoryview(flat).cast("B", (size * scale, size * scale)))
    return found and found.text


@pytest.mark.parametrize("text", [ADDRESS, "P", "Vị Thanh", "x" * 300])
def test_the_picture_says_the_text(text):
    assert seen(qr_svg(text)) == text
    assert seen(qr_picture(text)) == text


def test_the_picture_passes_the_strict_policy():
    svg = qr_svg(ADDRESS)
    assert "style" not in svg
    assert "<script" not in svg
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert svg.count("<path") == 2  # the white ground and the code


def test_the_quiet_zone_is_four_modules_wide():
    svg = qr_svg(ADDRESS)
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    code = svg.split('fill="#000"')[1]
    corners = [tuple(map(int, corner)) for corner in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)", code)]
    assert min(x for x, _, _, _ in corners) == 4
    assert min(y for _, y, _, _ in corners) == 4
    assert max(x + width for x, _, width, _ in corners) == size - 4
    assert max(y + height for _, y, _, height in corners) == size - 4


def test_the_text_itself_never_stands_in_the_markup():
    assert "onload" not in qr_svg('"><svg onload=alert(1)>')
