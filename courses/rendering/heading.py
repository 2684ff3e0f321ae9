"""The block at the top of a paper: the office's names on the left, the country's on the right."""

import re

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"

#: The last place in an office's name, to its end ("Phòng Văn hóa - Xã hội phường Vị Thanh" is of the ward); and how
#: long the name of one may be in capitals on a line.
_PLACE = re.compile(r"(?:^|.*\s)((?:phường|xã|đặc khu|thị trấn|thị xã|thành phố|tỉnh|quận|huyện)\s.+)$", re.IGNORECASE)
_LONGEST_PLACE = 24
#: Letters of a body that fit on half of a heading's line at 12 points.
_ON_A_LINE = 24


def head_of(superior: str, body: str) -> dict[str, str | tuple[str, str]]:
    """As the typst papers take it."""
    return {"superior": in_two(superior.upper()), "body": in_two(body.upper()), "nation": NATION, "motto": MOTTO}


def in_two(office: str) -> tuple[str, str]:
    """("ỦY BAN NHÂN DÂN", "PHƯỜNG VỊ THANH"): what comes before the place and the place, which is never broken over
    two lines; all is the first part where no place is named, or its name is too long for a line."""
    found = _PLACE.match(office)
    if found is None or len(found[1]) > _LONGEST_PLACE:
        return office, ""
    return office[: found.start(1)].rstrip(), found[1]


def in_lines(name: str) -> str:
    """A long name in two lines, the place at its end on the second."""
    start, place = in_two(name)
    return f"{start}\n{place}" if start and place and len(name) > _ON_A_LINE else name
