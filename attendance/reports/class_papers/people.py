"""What papers say of the people of a class: the list, the sheets to sign, the decision on certificates."""

from typing import Any

from attendance.constants import PaperKind
from attendance.reports.class_papers.every_paper import Asked, half_day, two
from attendance.reports.paper_sheets import kind_in_words, named_people, signing_lines
from attendance.reports.sign_in import papers_of, sheets_of
from attendance.rules.paper_fields import DOTS
from courses.constants.choices import GENDERS, Gender
from courses.constants.partial_dates import PartialDate, official_date
from courses.models import Registration
from courses.querysets.plan import ORDERS
from courses.rendering.qr import qr_png
from courses.rendering.word import Picture

_QR_MM = 22


def class_list_fields(asked: Asked) -> dict[str, Any]:
    """Everybody who holds a seat, by their serial numbers once the list is final, else counted in the order that is
    asked for. (2 queries.)"""
    people = Registration.objects.filter(course=asked.course).active().select_related("trainee")
    people = people.prefetch_related("blocks").order_by(*ORDERS[asked.order])
    if asked.order == "protocol" and asked.course.list_final_at:
        people = people.in_protocol_order()
    rows = list(people)
    genders = [row.trainee.gender for row in rows]
    return {
        "tong_so": two(len(rows)),
        "so_nam": two(genders.count(Gender.MALE)),
        "so_nu": two(genders.count(Gender.FEMALE)),
        "hoc_vien": [
            {**_person(place, row), "khoi": ", ".join(block.code for block in row.blocks.all())}
            for place, row in enumerate(rows, 1)
        ],
    }


def sign_in_fields(asked: Asked) -> dict[str, Any]:
    """A sheet for each half-day that is held and each of its places, or those of `asked.session`."""
    sessions = [one for one in asked.held if asked.session is None or one.pk == asked.session.pk]
    sheets = sheets_of(sessions)
    papers = papers_of(asked.course, sheets)
    return {
        "to_ky": [
            {
                "buoi": half_day(sheet.session),
                "dia_diem": paper.place or DOTS,
                "tong_so": two(len(paper.people)),
                "duong_dan": paper.address,
                "ma_qr": Picture(qr_png(paper.address), _QR_MM),
                "hoc_vien": [
                    {"stt": str(one.number), "ho_ten": one.name, "chuc_vu": one.position, "don_vi": one.office}
                    for one in paper.people
                ],
            }
            for sheet, paper in zip(sheets, papers, strict=True)
        ]
    }


def decision_fields(asked: Asked, signer: dict[str, str]) -> dict[str, Any]:
    """Everybody who qualifies or has an issued paper, in register order; with `asked.reachable` those too who have a
    number and will qualify if they come to what is left. `signer` as every paper has it: where a chairman decides alone
    nobody signs on behalf of all."""
    course = asked.course
    named = named_people(course)
    people = named.with_reachable if asked.reachable else named.certain
    numbers = [person.certificate.facts["number"] if person.certificate else "" for person in people]
    deciding = asked.deciding or DOTS * 3
    return {
        "nguoi_ky": signer | {"quyen_han": "\n".join(signing_lines(signer["quyen_han"].split("\n"), deciding))},
        "tham_quyen": deciding.upper(),
        "tham_quyen_thuong": deciding,
        "can_cu": [{"dong": line} for base in asked.bases if (line := base.strip().rstrip(";."))],
        "loai_giay": kind_in_words(PaperKind.ATTESTATION),
        "tu_ngay_den_ngay": f"từ {official_date(course.starts_on)} đến {official_date(course.ends_on)}",
        "hoan_thanh": "hoàn thành" if asked.reachable else "đã hoàn thành",
        "tong_so": two(len(people)),
        "co_so": any(numbers),
        "hoc_vien": [
            {**_person(place, person.registration), "stt": str(place), "so_vao_so": number}
            for place, (person, number) in enumerate(zip(people, numbers, strict=True), 1)
        ],
    }


def _person(place: int, row: Registration) -> dict[str, str]:
    return {
        "stt": str(row.number or place),
        "ho_ten": row.trainee.full_name,
        "gioi_tinh": GENDERS.get(row.trainee.gender, ""),
        "ngay_sinh": _birth(row.trainee.birth),
        "chuc_vu": row.position,
        "don_vi": row.office_name,
    }


def _birth(birth: PartialDate | None) -> str:
    return birth.vietnamese() if birth else ""
