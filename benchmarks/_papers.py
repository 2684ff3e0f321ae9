"""Facts of certificates, each of somebody else: typst draws the same page again in half the time."""

from collections.abc import Iterator
from dataclasses import replace

from attendance.rendering.certificate import CertificateFacts
from benchmarks._people import people
from courses.constants import codes

_FACTS = CertificateFacts(
    number="015/2022/GCN",
    code="ABCDEFGHJKMNPQRSTUVW",
    superior_body="Ủy ban nhân dân tỉnh Thử",
    issuing_body="Ủy ban nhân dân thành phố Thử",
    place="Vị Thanh",
    issued_on="2022-06-20",
    full_name="Ngô Thị Thử",
    course_title="Lớp để đo",
    starts_on="2022-06-15",
    ends_on="2022-06-17",
    periods=24,
    decision_number="123/QĐ-UBND",
    decision_date="2022-02-09",
    sign_lines=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
    signer="Trần Văn Thử",
)


def facts(count: int, *, first: int = 0) -> Iterator[tuple[CertificateFacts, str]]:
    """What so many papers say, and the address of each."""
    everybody = people(count, ["Phòng Nội vụ", "Xã Vị Tân"], first=first)
    for number, (name, birth, gender, position, office, *_rest) in enumerate(everybody, first + 1):
        code = codes.new_code()
        said = {"full_name": name, "birth": birth.isoformat(), "gender": gender, "position": position, "office": office}
        paper = replace(_FACTS, number=f"{number:03d}/2022/GCN", code=code, **said)
        yield paper, f"https://taphuan.example.vn/verify/{codes.grouped(code)}/"
