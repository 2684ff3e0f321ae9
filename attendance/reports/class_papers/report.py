"""What the report on a class says: its figures in words, and what the organiser wrote."""

from typing import Any

from django.utils.translation import override

from attendance.models import ReportWords
from attendance.reports.class_papers.every_paper import Asked, changed_in_words, half_day, two
from attendance.reports.class_papers.results import OfficeResult, People, Presence, Results, results_of
from attendance.rules.paper_fields import DOTS
from courses.constants.choices import GENDERS, StaffCategory


def report_fields(asked: Asked) -> dict[str, Any]:
    """(As `results_of`, and one query.)"""
    results = results_of(asked.course, at=asked.at)
    words = ReportWords.objects.filter(course=asked.course).first() or ReportWords()
    return {
        **_figures(results),
        **_people(results.people),
        **_presence(results.presence),
        "gioi_tinh": [{"ten": _gender(one), **_people(people)} for one, people in results.genders.items()],
        "doi_tuong_du": [{"ten": _category(one), **_people(people)} for one, people in results.categories.items()],
        "co_thay_nguoi": bool(results.replaced or results.withdrawn or results.stand_ins),
        "co_giay": any(vars(results.papers).values()),
        "co_chua_ro": results.presence.unmarked > 0,
        "co_thay_doi": bool(results.changes),
        "thay_doi": [
            {
                "buoi": half_day(changed.session),
                "noi_dung": changed_in_words(changed, whole=True),
                "ly_do": changed.why,
            }
            for changed in results.changes
        ],
        "danh_gia": _lines(words.assessment),
        "kien_nghi": _lines(words.proposals),
        "co_quan_du": [_office(place, office) for place, office in enumerate(results.offices, 1)],
    }


def _figures(results: Results) -> dict[str, str]:
    counts = {
        "so_co_quan": results.invited,
        "so_khong_cu": results.sending_nobody,
        "duoc_cu": results.named,
        "so_thay": results.replaced,
        "so_rut": results.withdrawn,
        "so_du_thay": results.stand_ins,
        "du_day_du": results.attended_all,
        "vang_co_phep": results.people.with_leave,
        "vang_khong_phep": results.people.without_leave,
        "vang_chua_ro": results.people.unknown,
        "so_buoi_da_hoc": len(results.held),
        "so_buoi_con_lai": results.still_to_come,
        "gcn_cho_ky": results.papers.prepared,
        "gcn_da_cap": results.papers.issued,
        "gcn_da_phat": results.papers.handed_over,
        "gcn_thu_hoi": results.papers.revoked,
    }
    seats = DOTS if results.seats is None else two(results.seats)
    return {"tong_chi_tieu": seats, **{name: two(count) for name, count in counts.items()}}


def _office(place: int, office: OfficeResult) -> dict[str, str]:
    return {
        "stt": str(place),
        "ten": office.name,
        "chi_tieu": "" if office.seats is None else two(office.seats),
        "duoc_cu": two(office.named),
        **_people(office.people),
        **_presence(office.presence),
    }


def _people(people: People) -> dict[str, str]:
    return {"phai_du": two(people.expected), "co_du": two(people.attended), "ty_le": percent(people.share)}


def _presence(presence: Presence) -> dict[str, str]:
    return {
        "luot_phai_du": two(presence.expected),
        "luot_co_mat": two(presence.there),
        "luot_co_phep": two(presence.excused),
        "luot_khong_phep": two(presence.absent),
        "luot_chua_ro": two(presence.unmarked),
        "luot_ty_le": percent(presence.share),
    }


def percent(share: float | None) -> str:
    """ "97,5%"; whole ones without a decimal; a dash where there is nothing to share. Less than all is never 100%."""
    if share is None:
        return "–"
    tenths = min(round(share * 1000), 999) if share < 1 else 1000
    whole, rest = divmod(tenths, 10)
    return f"{whole},{rest}%" if rest else f"{whole}%"


def _gender(value: str) -> str:
    return GENDERS.get(value, "Chưa ghi giới tính")


def _category(value: str) -> str:
    with override("vi"):
        return str(StaffCategory(value).label) if value else "Chưa ghi đối tượng"


def _lines(text: str) -> list[dict[str, str]]:
    return [{"dong": line.strip()} for line in text.splitlines() if line.strip()] or [{"dong": DOTS * 6}]
