"""The decision with its list: how its lines break."""

import datetime as dt

import pypdfium2

from attendance.rendering.decision import Decision, NamedInDecision, draw_decision

PAPER = Decision(
    superior="Tỉnh Thử",
    body="Ủy ban nhân dân thành phố Vị Thanh",
    place="Vị Thanh",
    kind="giấy chứng nhận",
    course="lớp tập huấn cải cách hành chính, dân vận chính quyền, thực hiện quy chế dân chủ ở cơ sở "
    "và nâng cao chất lượng",
    held="từ ngày 15 đến ngày 17 tháng 6 năm 2022",
    deciding="Chủ tịch Ủy ban nhân dân thành phố Vị Thanh",
    bases=("Căn cứ kết quả học tập",),
    sign_lines=("CHỦ TỊCH",),
    signer="Ngô Thử Ký",
    people=(NamedInDecision("Ngô Thử", "1975", "Chuyên viên", "Phòng Nội vụ", "001/2022/GCN"),),
    number="123/QĐ-UBND",
    date=dt.date(2022, 6, 20),
)


def lines_of(page: int) -> list[str]:
    document = pypdfium2.PdfDocument(draw_decision(PAPER, timestamp=dt.datetime(2022, 6, 20, tzinfo=dt.UTC)))
    text = document[page].get_textpage().get_text_range()
    return [" ".join(line.split()) for line in text.splitlines()]


def test_number_and_date_of_the_decision_stand_on_one_line_above_the_list():
    assert any("số 123/QĐ-UBND ngày 20 tháng 6 năm 2022" in line for line in lines_of(1))


def test_the_lines_of_a_long_heading_are_about_as_long():
    """Filled to the margin, its last line would be one word."""
    lines = lines_of(1)
    heading = lines[1 : next(at for at, line in enumerate(lines) if line.startswith("(Kèm theo"))]
    assert len(heading) > 1
    assert min(map(len, heading)) > 0.6 * max(map(len, heading))
