"""The fields of the papers of a class: the names that stand in Word templates, what each is, and a sample.

Names are Vietnamese without marks, since officials read them beside the template. What a class or an office has not
filled in is dots (`DOTS`) on the paper. `sample_of` has the shape of what `attendance.reports.class_papers.fields`
makes; a test holds both to each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.constants import ClassPaperKind

DOTS = "……"
#: What stands in the number of each kind (NĐ 30/2020, annex III). A letter has none, and lists go with one.
ABBREVIATIONS = {
    ClassPaperKind.PLAN: "KH",
    ClassPaperKind.TIMETABLE: "CTr",
    ClassPaperKind.INVITATION: "GM",
    ClassPaperKind.DOOR_NOTICE: "TB",
    ClassPaperKind.DECISION: "QĐ",
    ClassPaperKind.REPORT: "BC",
}


@dataclass(frozen=True)
class Field:
    """A text, a number of two digits as text, or yes or no (a bool sample, for `{%p if … %}`). `picture`: a QR whose
    sample is the address in it."""

    name: str
    words: str | Promise
    sample: str | bool
    picture: bool = False


@dataclass(frozen=True)
class Group:
    """Fields of one thing: `{{ nguoi_ky.ho_ten }}`."""

    name: str
    words: str | Promise
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Rows:
    """A list: `{%tr for nguoi in hoc_vien %}` … `{{ nguoi.ho_ten }}`. `count` rows stand in the sample."""

    name: str
    words: str | Promise
    fields: "tuple[Field | Rows, ...]"
    count: int = 2


Entry = Field | Group | Rows

COMMON: tuple[Entry, ...] = (
    Field("co_quan_chu_quan", _("superior body, in capitals"), "UBND TỈNH MẪU"),
    Field("co_quan", _("issuing body, in capitals"), "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ MẪU"),
    Field("co_quan_thuong", _("issuing body within a sentence"), "Ủy ban nhân dân thành phố Mẫu"),
    Field("so_ky_hieu", _("number and abbreviation"), "12/KH-UBND"),
    Field("dia_danh_ngay_thang", _("place and date"), "Vị Thanh, ngày 05 tháng 6 năm 2026"),
    Field("ngay_thang", _("date without the place"), "ngày 05 tháng 6 năm 2026"),
    Field("noi_luu", _("who keeps a copy, after “Lưu:”"), "VT, NV"),
    Group(
        "nguoi_ky",
        _("who signs"),
        (
            Field("quyen_han", _("lines of authority and title"), "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"),
            Field("ho_ten", _("full name of the signer"), "Nguyễn Văn Mẫu"),
        ),
    ),
    Field("ten_lop", _("name of the class"), "Lớp tập huấn cải cách hành chính"),
    Field("ten_lop_thuong", _("name of the class within a sentence"), "lớp tập huấn cải cách hành chính"),
    Field("ma_lop", _("code of the class"), "CCHC-2026"),
    Field("loai_lop", _("“tập huấn” or “bồi dưỡng”"), "tập huấn"),
    Field("gioi_thieu", _("what the class is about"), "Cập nhật kiến thức, kỹ năng về cải cách hành chính."),
    Field("doi_tuong", _("audience"), "Công chức, viên chức phụ trách công tác cải cách hành chính"),
    Field("chi_so", _("indices it is meant to raise, empty when none"), "PAR INDEX, PAPI"),
    Field("thoi_gian", _("days of the class"), "từ ngày 10 đến ngày 12 tháng 6 năm 2026"),
    Field("nam", _("year of the class"), "2026"),
    Field("so_ngay", _("number of days"), "03"),
    Field("so_buoi", _("number of half-days"), "06"),
    Field("so_tiet", _("number of periods"), "24"),
    Field("dia_diem", _("places with their addresses"), "Hội trường A (số 1 đường Mẫu)"),
    Field("lien_he", _("who to ask"), "Bà Trần Thị Mẫu, điện thoại 0900 000 000"),
    Field("si_so", _("size of the class"), "100"),
    Field("nhieu_khoi", _("yes when there are several blocks"), True),
    Field("so_khoi", _("number of blocks"), "02"),
    Rows(
        "khoi",
        _("blocks of the class"),
        (
            Field("so", _("number in the list"), "1"),
            Field("ky_hieu", _("letter of the block"), "A"),
            Field("ten", _("title of the block"), "Cải cách hành chính"),
            Field("doi_tuong", _("for those in charge of, empty for everybody"), "cải cách hành chính"),
            Rows(
                "chuyen_de",
                _("topics of the block"),
                (Field("so", _("number in the list"), "1"), Field("ten", _("topic"), "Chuyên đề mẫu")),
            ),
        ),
    ),
)

_SPEAKERS = Rows(
    "bao_cao_vien",
    _("speakers"),
    (
        Field("ho_ten", _("full name"), "Lê Văn Mẫu"),
        Field("chuc_danh", _("position and office, empty when not known"), "Trưởng phòng, Sở Nội vụ"),
        Field("chuyen_de", _("topics, separated by semicolons"), "Chuyên đề mẫu 1; Chuyên đề mẫu 2"),
    ),
)
_SEATS = (
    Field("stt", _("number in the list"), "1"),
    Field("ten", _("name of the office"), "Phòng Nội vụ"),
    Field("so_luong", _("seats"), "05"),
    Field("theo_khoi", _("seats by block, empty when for the class"), "khối A: 03; khối B: 02"),
)
_OF_SEATS = (
    Field("so_co_quan", _("number of offices invited"), "14"),
    Field("tong_chi_tieu", _("all seats"), "100"),
    Field("han_dang_ky", _("deadline for lists"), "ngày 03 tháng 6 năm 2026"),
    Field("co_theo_khoi", _("yes when seats are given by block"), True),
    Field("chi_theo_khoi", _("yes when an office has seats by block alone"), False),
)
_HALF_DAY = (
    Field("buoi", _("half of the day"), "Sáng"),
    Field("gio", _("hours"), "07 giờ 30 - 11 giờ 00"),
    Field("gio_bat_dau", _("when it begins"), "07 giờ 30"),
    Field("gio_ket_thuc", _("when it ends"), "11 giờ 00"),
    Field("khoi", _("blocks it serves, empty for everybody"), "Khối A"),
    Field("noi_dung", _("topics, a line each"), "- Chuyên đề mẫu 1\n- Chuyên đề mẫu 2"),
    Field("bao_cao_vien", _("speakers, a line each"), "Lê Văn Mẫu, Trưởng phòng"),
    Field("dia_diem", _("places"), "Hội trường A"),
    Field("thay_doi", _("how it was changed, empty when as planned"), "Dời từ 07 giờ 30 ngày 10/6/2026"),
)
_PERSON = (
    Field("stt", _("number on the list"), "1"),
    Field("ho_ten", _("full name"), "Nguyễn Thị Mẫu"),
    Field("gioi_tinh", _("“Nam” or “Nữ”"), "Nữ"),
    Field("ngay_sinh", _("date of birth"), "05/06/1990"),
    Field("chuc_vu", _("position then"), "Chuyên viên"),
    Field("don_vi", _("office then"), "Phòng Nội vụ"),
)
_COUNTED = (
    Field("phai_du", _("people expected"), "100"),
    Field("co_du", _("people who came at least once"), "96"),
    Field("ty_le", _("share of them"), "96,0%"),
)
_PRESENCE = (
    Field("luot_phai_du", _("people by half-days expected"), "600"),
    Field("luot_co_mat", _("people by half-days there"), "570"),
    Field("luot_co_phep", _("absent with leave, by half-days"), "20"),
    Field("luot_khong_phep", _("absent without leave, by half-days"), "10"),
    Field("luot_chua_ro", _("not marked yet, by half-days"), "0"),
    Field("luot_ty_le", _("share of presence"), "95,0%"),
)

OWN: dict[str, tuple[Entry, ...]] = {
    ClassPaperKind.PLAN: (_SPEAKERS, *_OF_SEATS, Rows("chi_tieu", _("seats of each office"), _SEATS)),
    ClassPaperKind.SUMMONS: (
        *_OF_SEATS,
        Rows(
            "kinh_gui",
            _("to whom the letter goes"),
            (Field("ten", _("name of the office"), "Phòng Nội vụ"),),
        ),
        Field("gui_mot_noi", _("yes when the letter goes to one alone"), False),
        Field("co_duong_dan", _("yes when the links of offices stand on it"), True),
        Rows(
            "chi_tieu",
            _("seats and link of each office"),
            (
                *_SEATS,
                Field("duong_dan", _("address of the office's own page"), "https://taphuan.example.vn/office/mau/"),
                Field("ma_qr", _("the same address as QR"), "https://taphuan.example.vn/office/mau/", picture=True),
            ),
        ),
    ),
    ClassPaperKind.TIMETABLE: (
        Rows(
            "ngay_hoc",
            _("days of the class"),
            (
                Field("thu", _("day of the week"), "Thứ Tư"),
                Field("ngay", _("date"), "10/6/2026"),
                Rows("buoi_hoc", _("half-days of the day"), _HALF_DAY),
            ),
        ),
    ),
    ClassPaperKind.INVITATION: (
        Rows(
            "giay_moi",
            _("one invitation a speaker"),
            (
                Field("ho_ten", _("full name"), "Lê Văn Mẫu"),
                Field("chuc_danh", _("position and office, empty when not known"), "Trưởng phòng, Sở Nội vụ"),
                Rows(
                    "buoi_hoc",
                    _("half-days at which the speaker speaks"),
                    (Field("ngay", _("day"), "Thứ Tư, 10/6/2026"), *_HALF_DAY),
                ),
            ),
        ),
    ),
    ClassPaperKind.CLASS_LIST: (
        Field("tong_so", _("how many people"), "100"),
        Field("so_nam", _("how many men"), "60"),
        Field("so_nu", _("how many women"), "40"),
        Rows(
            "hoc_vien",
            _("people of the class"),
            (*_PERSON, Field("khoi", _("blocks to attend, empty for all"), "A")),
            3,
        ),
    ),
    ClassPaperKind.SIGN_IN: (
        Rows(
            "to_ky",
            _("one sheet a half-day and place"),
            (
                Field("buoi", _("half-day and date"), "Buổi sáng, ngày 10 tháng 6 năm 2026"),
                Field("dia_diem", _("places"), "Hội trường A"),
                Field("tong_so", _("how many people"), "100"),
                Field("duong_dan", _("address at which it is typed in"), "https://taphuan.example.vn/admin/mau/"),
                Field("ma_qr", _("the same address as QR"), "https://taphuan.example.vn/admin/mau/", picture=True),
                Rows(
                    "hoc_vien",
                    _("people of the sheet"),
                    tuple(field for field in _PERSON if field.name in ("stt", "ho_ten", "chuc_vu", "don_vi")),
                    3,
                ),
            ),
        ),
    ),
    ClassPaperKind.DOOR_NOTICE: (
        Rows(
            "thong_bao",
            _("one notice a half-day"),
            (
                Field("tieu_de", _("what it tells"), "BUỔI HỌC ĐÃ CHUYỂN SANG"),
                Field("gio", _("hours"), "07 giờ 30 - 11 giờ 00"),
                Field("buoi", _("half-day and date"), "Buổi sáng, Thứ Tư, ngày 10/6/2026"),
                Field("dia_diem", _("places"), "Hội trường A"),
                Field("da_hoan", _("yes when it does not take place"), False),
                Field("ly_do", _("why, empty when as planned"), "Hội trường bận"),
            ),
        ),
    ),
    ClassPaperKind.DECISION: (
        Field("tham_quyen", _("who decides, in capitals"), "CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ MẪU"),
        Field("tham_quyen_thuong", _("who decides within a sentence"), "Chủ tịch Ủy ban nhân dân thành phố Mẫu"),
        Rows(
            "can_cu",
            _("what it rests on"),
            (Field("dong", _("a line"), "Căn cứ kết quả học tập của học viên"),),
        ),
        Field("loai_giay", _("what the papers are called"), "giấy chứng nhận"),
        Field("tu_ngay_den_ngay", _("days of the class in full"), "từ ngày 10 tháng 6 đến ngày 12 tháng 6 năm 2026"),
        Field("hoan_thanh", _("“đã hoàn thành”, before the end “hoàn thành”"), "đã hoàn thành"),
        Field("tong_so", _("how many people"), "96"),
        Field("co_so", _("yes when there are register numbers"), True),
        Rows(
            "hoc_vien",
            _("people who get a paper"),
            (*_PERSON, Field("so_vao_so", _("number in the register, empty when none yet"), "001/2026/GCN")),
            3,
        ),
    ),
    ClassPaperKind.REPORT: (
        Field("so_co_quan", _("number of offices invited"), "14"),
        Field("so_khong_cu", _("offices that send nobody"), "0"),
        Field("tong_chi_tieu", _("all seats"), "100"),
        Field("duoc_cu", _("people named"), "98"),
        Field("so_thay", _("people replaced"), "2"),
        Field("so_rut", _("people withdrawn"), "1"),
        Field("so_du_thay", _("stand-ins"), "1"),
        *_COUNTED,
        Field("du_day_du", _("people who missed nothing"), "80"),
        Field("vang_co_phep", _("people who came to nothing, with leave"), "1"),
        Field("vang_khong_phep", _("people who came to nothing, without leave"), "1"),
        Field("vang_chua_ro", _("people not marked yet"), "0"),
        *_PRESENCE,
        Field("co_thay_nguoi", _("yes when somebody was replaced, withdrawn or stood in for"), True),
        Field("co_giay", _("yes when there are certificates"), True),
        Field("co_chua_ro", _("yes when somebody is not marked yet"), False),
        Field("so_buoi_da_hoc", _("half-days held"), "06"),
        Field("so_buoi_con_lai", _("half-days still to come"), "0"),
        Rows("gioi_tinh", _("men and women"), (Field("ten", _("group"), "Nam"), *_COUNTED)),
        Rows("doi_tuong_du", _("staff categories"), (Field("ten", _("group"), "Công chức"), *_COUNTED)),
        Field("co_thay_doi", _("yes when half-days were moved or cancelled"), True),
        Rows(
            "thay_doi",
            _("half-days moved or cancelled"),
            (
                Field("buoi", _("half-day and date"), "Buổi sáng, ngày 10 tháng 6 năm 2026"),
                Field("noi_dung", _("how it was changed"), "07:30–11:00 → 08:30–12:00"),
                Field("ly_do", _("why, empty when as planned"), "Hội trường bận"),
            ),
        ),
        Field("gcn_cho_ky", _("certificates awaiting signature"), "0"),
        Field("gcn_da_cap", _("certificates issued"), "95"),
        Field("gcn_da_phat", _("certificates handed over"), "90"),
        Field("gcn_thu_hoi", _("certificates revoked"), "0"),
        Rows("danh_gia", _("assessment, a line each"), (Field("dong", _("a line"), "Học viên tham dự nghiêm túc."),)),
        Rows("kien_nghi", _("proposals, a line each"), (Field("dong", _("a line"), "Tiếp tục mở lớp hằng năm."),)),
        Rows(
            "co_quan_du",
            _("figures of each office"),
            (
                Field("stt", _("number in the list"), "1"),
                Field("ten", _("name of the office"), "Phòng Nội vụ"),
                Field("chi_tieu", _("seats, empty when no number was given"), "05"),
                Field("duoc_cu", _("people named"), "5"),
                *_COUNTED,
                *_PRESENCE,
            ),
        ),
    ),
}  # fmt: skip


def fields_for(kind: str) -> tuple[Entry, ...]:
    """All fields of a kind: those that every paper has, then its own."""
    return (*COMMON, *OWN[kind])


def sample_of(kind: str) -> dict[str, Any]:
    """A class that is invented, as the fields of the kind; pictures are the addresses in them."""
    sign = ABBREVIATIONS.get(ClassPaperKind(kind))
    return _sample(fields_for(kind)) | {"so_ky_hieu": f"12/{sign}-UBND" if sign else "12/UBND-NV"}


def pictures_of(kind: str) -> frozenset[str]:
    """Names of the fields of a kind that are pictures."""
    return frozenset(_pictures(fields_for(kind)))


def _sample(fields: Iterable[Entry]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        match field:
            case Field():
                found[field.name] = field.sample
            case Group():
                found[field.name] = _sample(field.fields)
            case Rows():
                found[field.name] = [_sample(field.fields) for _n in range(field.count)]
    return found


def _pictures(fields: Iterable[Entry]) -> Iterable[str]:
    for field in fields:
        match field:
            case Field():
                if field.picture:
                    yield field.name
            case _:
                yield from _pictures(field.fields)
