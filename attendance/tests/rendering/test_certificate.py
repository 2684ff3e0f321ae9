import hashlib
import json
import re
import shutil
import subprocess
import unicodedata
from dataclasses import fields, replace

import pypdfium2
import pytest

from attendance.rendering import certificate
from attendance.rendering.certificate import (
    TEMPLATE_VERSION,
    CertificateFacts,
    draw_certificate,
    merge,
    missing_facts,
    printed,
    read_back,
)
from courses.constants.errors import Refusal

CODE = "ABCDEFGHJKMNPQRSTUVW"
ADDRESS = "https://taphuan.example.vn/verify/ABCD-EFGH-JKMN-PQRS-TUVW/"
FACTS = CertificateFacts(
    number="015/2022/GCN",
    code=CODE,
    superior_body="Ủy ban nhân dân tỉnh Hậu Giang",
    issuing_body="Ủy ban nhân dân thành phố Vị Thanh",
    place="Vị Thanh",
    issued_on="2022-06-20",
    full_name="Nguyễn Thị Mẫu",
    gender="f",
    birth="1975-06-05",
    position="Chuyên viên",
    office="Phòng Nội vụ",
    course_title="Cải cách hành chính, dân vận chính quyền và nâng cao chất lượng các chỉ số",
    starts_on="2022-06-15",
    ends_on="2022-06-17",
    periods=24,
    decision_number="123/QĐ-UBND",
    decision_date="2022-02-09",
    sign_lines=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
    signer="Trần Văn Thử",
)
LONG = replace(
    FACTS,
    full_name="Nguyễn Hoàng Phương Thảo Nguyên Công Tằng Tôn Nữ Quỳnh Hương",
    gender="",
    birth="1968",
    position="Phó Chủ tịch Ủy ban nhân dân kiêm Trưởng Ban Chỉ đạo thực hiện quy chế dân chủ ở cơ sở, phụ trách "
    "cải cách hành chính xã",
    office="Trung tâm Văn hóa - Thể thao và Truyền thanh thành phố Vị Thanh trực thuộc Ủy ban nhân dân",
    course_title="Kiến thức, kỹ năng cải cách hành chính, văn thư lưu trữ, dân vận chính quyền, thực hiện quy chế dân "
    "chủ ở cơ sở và nâng cao chất lượng các chỉ số PAR INDEX, PCI, PAPI, SIPAS trên địa bàn năm hai hai",
    blocks=("Cải cách hành chính", "Dân vận chính quyền và Quy chế dân chủ ở cơ sở"),
    grade="Giỏi",
    serial="A 000123",
)
SHORT = replace(
    FACTS,
    superior_body="",
    full_name="Lý Út",
    gender="m",
    birth="",
    position="",
    office="",
    course_title="Văn thư",
    ends_on="2022-06-15",
    periods=0,
    decision_number="",
    sign_lines=("CHỦ TỊCH",),
)


def drawn(facts, address=ADDRESS):
    return draw_certificate(facts, verify_url=address)


def sentences(**changes):
    return printed(replace(FACTS, **changes), verify_url=ADDRESS)


# The words


def test_everything_that_is_printed_in_the_order_of_the_paper():
    assert printed(replace(FACTS, grade="Giỏi", serial="A 12", blocks=("Khối A", "Khối B")), verify_url=ADDRESS) == [
        "ỦY BAN NHÂN DÂN TỈNH HẬU GIANG",
        "ỦY BAN NHÂN DÂN THÀNH PHỐ VỊ THANH",
        "GIẤY CHỨNG NHẬN",
        "Cấp cho bà:",
        "Nguyễn Thị Mẫu",
        "Sinh ngày 05 tháng 6 năm 1975",
        "Chức vụ: Chuyên viên",
        "Đơn vị: Phòng Nội vụ",
        "Đã hoàn thành lớp tập huấn:",
        "Cải cách hành chính, dân vận chính quyền và nâng cao chất lượng các chỉ số",
        "Khối nội dung: Khối A; Khối B",
        "từ ngày 15 tháng 6 năm 2022 đến ngày 17 tháng 6 năm 2022, thời lượng 24 tiết",
        "Xếp loại: Giỏi",
        "Theo Quyết định số 123/QĐ-UBND ngày 09 tháng 02 năm 2022",
        "Vị Thanh, ngày 20 tháng 6 năm 2022",
        "TM. ỦY BAN NHÂN DÂN",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Trần Văn Thử",
        "Số vào sổ: 015/2022/GCN",
        "Số hiệu: A 12",
        "Kiểm tra tại: taphuan.example.vn/verify",
        "Mã kiểm tra: ABCD-EFGH-JKMN-PQRS-TUVW",
    ]


@pytest.mark.parametrize(("gender", "words"), [("m", "Cấp cho ông:"), ("f", "Cấp cho bà:"), ("", "Cấp cho ông (bà):")])
def test_the_person_is_addressed_by_gender_where_it_is_known(gender, words):
    assert words in sentences(gender=gender)


@pytest.mark.parametrize(
    ("birth", "words"),
    [
        ("1975-06-05", "Sinh ngày 05 tháng 6 năm 1975"),
        ("1975-02", "Sinh tháng 02 năm 1975"),
        ("1975-06", "Sinh tháng 6 năm 1975"),
        ("1975", "Sinh năm 1975"),
    ],
)
def test_a_birth_date_says_only_what_is_known(birth, words):
    assert [sentence for sentence in sentences(birth=birth) if sentence.startswith("Sinh")] == [words]


def test_what_is_not_known_has_no_line():
    assert printed(SHORT, verify_url=ADDRESS) == [
        "ỦY BAN NHÂN DÂN THÀNH PHỐ VỊ THANH",
        "GIẤY CHỨNG NHẬN",
        "Cấp cho ông:",
        "Lý Út",
        "Đã hoàn thành lớp tập huấn:",
        "Văn thư",
        "ngày 15 tháng 6 năm 2022",
        "Vị Thanh, ngày 20 tháng 6 năm 2022",
        "CHỦ TỊCH",
        "Trần Văn Thử",
        "Số vào sổ: 015/2022/GCN",
        "Kiểm tra tại: taphuan.example.vn/verify",
        "Mã kiểm tra: ABCD-EFGH-JKMN-PQRS-TUVW",
    ]


@pytest.mark.parametrize(
    ("title", "kind", "words"),
    [
        ("Văn thư", "tập huấn", "Đã hoàn thành lớp tập huấn:"),
        ("Văn thư", "bồi dưỡng", "Đã hoàn thành lớp bồi dưỡng:"),
        ("Tập huấn văn thư", "tập huấn", "Đã hoàn thành lớp"),
        ("Lớp tập huấn văn thư", "tập huấn", "Đã hoàn thành"),
    ],
)
def test_the_word_class_is_not_said_twice(title, kind, words):
    said = sentences(course_title=title, course_kind=kind)
    assert said[said.index(title) - 1] == words


# The facts


def test_facts_survive_being_stored():
    assert CertificateFacts.from_json(LONG.to_json()) == LONG
    assert CertificateFacts.from_json(json.dumps(json.loads(LONG.to_json()))) == LONG


def test_stored_facts_are_sorted_and_the_same_each_time():
    text = FACTS.to_json()
    assert list(json.loads(text)) == sorted(field.name for field in fields(FACTS))
    assert text == replace(FACTS).to_json()


def test_facts_are_composed_and_clean_however_they_came():
    untidy = replace(FACTS, full_name=unicodedata.normalize("NFD", "Nguyễn  Thị\u200b Mẫu "))
    assert untidy == FACTS


# The paper


@pytest.mark.parametrize("facts", [FACTS, LONG, SHORT], ids=["usual", "long", "short"])
def test_every_fact_can_be_read_in_the_paper(facts):
    pdf = drawn(facts)
    assert missing_facts(pdf, facts, verify_url=ADDRESS) == []
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    assert [round(side) for side in document[0].get_size()] == [842, 595]
    document.close()


def test_the_same_facts_give_the_same_bytes():
    assert drawn(FACTS) == drawn(replace(FACTS))


def test_the_paper_is_tagged_archival_pdf_and_says_who_made_it():
    pdf = drawn(FACTS)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    [about] = re.findall(rb"<x:xmpmeta.*?</x:xmpmeta>", pdf, re.DOTALL)
    assert [said for said in (FACTS.full_name, FACTS.office, FACTS.birth[:4]) if said.encode() in about] == []
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", pdf)
    assert re.search(rb"/Lang\s*\(vi", pdf)
    document = pypdfium2.PdfDocument(pdf)
    data = document.get_metadata_dict(skip_empty=True)
    document.close()
    assert data["Title"] == "Giấy chứng nhận số 015/2022/GCN"
    assert data["Author"] == "ỦY BAN NHÂN DÂN THÀNH PHỐ VỊ THANH"
    assert FACTS.full_name not in str(data)


def test_another_name_or_another_address_is_noticed():
    pdf = drawn(FACTS)
    other = replace(FACTS, full_name="Nguyễn Thị Mậu", position="")
    assert missing_facts(pdf, other, verify_url=ADDRESS) == ["Nguyễn Thị Mậu"]
    elsewhere = ADDRESS.replace("TUVW", "TUVX")
    assert missing_facts(pdf, FACTS, verify_url=elsewhere) == [elsewhere]


@pytest.mark.parametrize("name", ['#read("/etc/passwd")', "file:///etc/passwd", "Nguyễn *Văn* $Thử$ <b>"])
def test_a_name_is_only_a_name(name):
    assert name in read_back(drawn(replace(FACTS, full_name=name)))


def test_a_name_with_a_snowman_is_refused():
    with pytest.raises(Refusal, match=r"“☃”.*“Nguyễn ☃ Mẫu”"):
        drawn(replace(FACTS, full_name="Nguyễn ☃ Mẫu"))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("full_name", "Nguyễn " * 80),
        ("full_name", "Nguyễn" * 40),
        ("course_title", "nâng cao chất lượng " * 80),
        ("position", "phụ trách " * 200),
        ("office", "x" * 200),
        ("issuing_body", "Ủy ban nhân dân " * 20),
        ("superior_body", "Ủy ban nhân dân " * 20),
        ("signer", "Trần " * 120),
        ("number", "0" * 200),
    ],
)
def test_what_cannot_fit_is_refused_by_name(field, text):
    text = text.strip()
    with pytest.raises(Refusal) as refused:
        drawn(replace(FACTS, **{field: text}))
    assert text.casefold() in str(refused.value).casefold()


def boxes(pdf):
    """Every run of letters on the page as (text, left, bottom, right, top) in points."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0].get_textpage()
    found = [
        (page.get_text_bounded(*page.get_rect(index)), *page.get_rect(index)) for index in range(page.count_rects())
    ]
    document.close()
    return found


@pytest.mark.parametrize("size", range(0, 401, 50))
def test_growing_text_is_refused_before_it_overlaps_or_leaves_the_frame(size):
    """The title grows until it is refused; as long as it is drawn, no line stands on another one."""
    facts = replace(LONG, course_title=("Ấn Ộc Gỹ " * 80)[:size].strip() or "Ấ")
    try:
        runs = boxes(drawn(facts))
    except Refusal:
        assert size > 200
        return
    assert len(runs) > 20
    frame = 16 * 72 / 25.4
    for index, (text, left, bottom, right, top) in enumerate(runs):
        assert frame < left < right < 842 - frame, text
        assert frame < bottom < top < 595 - frame, text
        for other, left2, bottom2, right2, top2 in runs[index + 1 :]:
            # Ink of one line may reach a point into the next: a dot below, a mark above.
            apart = min(right, right2) <= max(left, left2) or min(top, top2) - max(bottom, bottom2) < 1.5
            assert apart, (text, other)


def test_four_lines_of_authority_leave_room_to_sign():
    facts = replace(FACTS, sign_lines=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "PHỤ TRÁCH VĂN XÃ"))
    runs = {text.strip(): box for text, *box in boxes(drawn(facts))}
    assert runs["PHỤ TRÁCH VĂN XÃ"][1] - runs["Trần Văn Thử"][3] > 18 * 72 / 25.4


@pytest.mark.parametrize("joint", ["-", " - ", "/", "; "])
def test_a_line_that_breaks_at_a_hyphen_reads_as_one(joint):
    for words in range(1, 16, 2):
        title = "nâng cao " * words + f"Văn hóa{joint}Thể thao HĐND{joint}UBND công tác dân vận chính quyền"
        facts = replace(FACTS, course_title=title)
        assert missing_facts(drawn(facts), facts, verify_url=ADDRESS) == []


def test_papers_are_merged_page_for_page():
    papers = [drawn(facts) for facts in (FACTS, LONG, SHORT)]
    assert read_back(merge(papers)) == " ".join(map(read_back, papers))


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not installed")
def test_another_reader_reads_the_same(tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(drawn(LONG))
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, text=True).stdout
    text = " ".join(text.split())
    assert [sentence for sentence in printed(LONG, verify_url=ADDRESS) if sentence not in text] == []


def test_the_date_in_the_file_is_the_date_of_issue():
    document = pypdfium2.PdfDocument(drawn(FACTS))
    assert document.get_metadata_value("CreationDate").startswith("D:20220619170000")
    document.close()


def test_a_changed_template_has_a_new_version():
    """A version that was used never changes: who changes the paper raises the version and writes all three here."""
    template = hashlib.sha256(certificate._TEMPLATE.read_bytes()).hexdigest()
    words = hashlib.sha256("\n".join(printed(LONG, verify_url=ADDRESS)).encode()).hexdigest()
    assert (TEMPLATE_VERSION, template[:16], words[:16]) == ("certificate-4", "b5f9423d474d3716", "0be73f4cf0c10f16")


def test_the_template_stands_in_a_folder_without_links_and_packages():
    for path in certificate._TEMPLATE.parent.rglob("*"):
        assert not path.is_symlink()
        assert "@preview" not in path.read_text(encoding="utf-8")
