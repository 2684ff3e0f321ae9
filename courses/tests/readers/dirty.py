# ruff: noqa: E501
"""Rosters with the dirt of real ones in any combination, together with what a person would read in them.

`rosters()` gives (bytes, list of `Wanted`). The kinds of dirt are those of the domain's catalogue, section 4.2.
"""

import csv
import datetime as dt
import io
import unicodedata
from dataclasses import dataclass, field

import openpyxl
from docx import Document
from hypothesis import strategies as st
from openpyxl.styles import Font

from courses.tests.readers.encoded import as_it_is, as_mojibake, as_nfd, as_tcvn3, as_unmarked, as_vni
from courses.tests.readers.opendocument import ods

OFFICES = ["Phường I", "Phường III", "Phòng Nội vụ", "Xã Vị Tân", "Trung tâm Chính trị", "Hội Nông dân"]
POSITIONS = ["Chủ tịch", "Phó Chủ tịch UBND", "Văn thư", "Chuyên viên", "Công chức Tư pháp - hộ tịch", "Kế toán"]
FAMILIES = ["Nguyễn", "Trần", "Huỳnh", "Hồ", "Đoàn", "Danh", "Thạch", "Đỗ", "Văn"]
#: Family names that, without their marks, read like the words of totals, groups and titles.
FAMILIES += ["Tống", "Lưu", "Công", "Phương", "Trương", "Nam", "Ninh", "Tô", "Cống", "Từ"]
MIDDLES = ["Văn", "Thị", "Ngọc", "Thùy", "Thuỳ", "Hoà", "Hòa", "Mỹ", "Thanh", "Ửng", "Sa", ""]
GIVEN = [
    "An", "Ánh", "Út", "Hoà", "Hòa", "Thúy", "Đạt", "Nam", "Sen", "Khoẻ", "Quý", "Xuân", "Ý", "Ân", "Ủy", "Hội", "Số", "Cộng",
]  # fmt: skip


@dataclass
class Wanted:
    """What a person reads in one line; `fault`: something in it that somebody must put right."""

    full_name: str
    gender: str | None = None
    birth: str | None = None
    position: str | None = None
    office_text: str | None = None
    phone: str | None = None
    email: str | None = None
    citizen_id: str | None = None
    fault: bool = False


@dataclass
class Layout:
    """How a list is laid out. Cells are texts, numbers or dates; `merges` are boxes counted from 0."""

    lines: list[list] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@st.composite
def _people(draw) -> list[tuple[Wanted, int]]:
    """(what is wanted, the serial that makes each person another one)."""
    people = []
    for n in range(draw(st.integers(1, 5))):
        parts = [draw(st.sampled_from(words)) for words in (FAMILIES, MIDDLES, GIVEN)]
        sex = draw(st.sampled_from("mf"))
        born = draw(st.dates(dt.date(1958, 1, 1), dt.date(2003, 12, 28)))
        people.append(
            Wanted(
                full_name=" ".join(filter(None, parts)),
                gender=sex,
                birth=born.isoformat(),
                position=draw(st.sampled_from(POSITIONS)),
                office_text=draw(st.sampled_from(OFFICES)),
                phone=f"09{draw(st.integers(10_000_000, 99_999_999))}",
                email=f"hv{n}@vithanh.example",
                citizen_id=f"093{'mf'.index(sex) + (2 if born.year > 1999 else 0)}{born:%y}{draw(st.integers(0, 999_999)):06d}",
            )
        )
    return people


def _name_cells(draw, person: Wanted, split: bool, behind: bool) -> list[str]:
    name = person.full_name
    if draw(st.integers(0, 4)) == 0 and len(name.split()) > 2 and name.split()[0] != "Văn":
        name = draw(st.sampled_from(["Ông ", "Bà ", "Đ/c ", "Anh ", "Bà: "])) + name
    if draw(st.integers(0, 4)) == 0:
        name = name.upper()
    if draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from([" {}", "{} ", "'{}", "\u200b{}", "{}\u00a0"])).format(
            name.replace(" ", draw(st.sampled_from(["  ", "\u00a0", " \u00a0"])), 1)
        )
    if split:
        first, last = name.strip().rsplit(maxsplit=1)
        return [first, last]
    return [f"{name.rstrip()} - {person.position}" if behind else name]


def _birth_cell(draw, person: Wanted, real: bool):
    day = dt.date.fromisoformat(person.birth)
    forms = [
        "%d/%m/%Y",
        "%d.%m.%Y",
        "%d-%m-%Y",
        "short",
        "spaced",
        "year",
        "yearnumber",
        "month",
        "zeros",
        "zeromonth",
        "twodigits",
    ]
    form = draw(st.sampled_from(forms + (["date", "serial"] if real else [])))
    if form == "date":
        return day
    if form == "serial":
        return (day - dt.date(1899, 12, 30)).days
    if form in ("year", "yearnumber", "zeros"):
        person.birth = f"{day:%Y}"
        return {"year": f"{day:%Y}", "yearnumber": day.year, "zeros": f"00/00/{day:%Y}"}[form]
    if form in ("month", "zeromonth"):
        person.birth = f"{day:%Y-%m}"
        return f"tháng {day.month}/{day:%Y}" if form == "month" else f"00/{day:%m/%Y}"
    short = {
        "twodigits": f"{day.day}/{day.month}/{day:%y}",
        "short": f"{day.day}/{day.month}/{day.year}",
        "spaced": f" {day:%d} / {day:%m} / {day:%Y} ",
    }
    return short.get(form) or day.strftime(form)


def _phone_cell(draw, number: str, real: bool):
    forms = [
        number, f"+84{number[1:]}", f"{number[:4]}.{number[4:7]}.{number[7:]}", f"{number[:4]} {number[4:7]} {number[7:]}",
        f"{number} / 02933876543", f"02933876543 - {number}", f"{number} (Zalo)", f"'{number}", f"ĐT: {number}", number[1:],
    ]  # fmt: skip
    return draw(st.sampled_from(forms + ([int(number)] if real else [])))


def _citizen_cell(draw, number: str, real: bool):
    forms = [number, f"'{number}", f"{number[:3]} {number[3:6]} {number[6:]}", number[1:]]
    return draw(st.sampled_from(forms + ([int(number)] if real else [])))


#: Columns that are not read, with what may stand in them.
_OTHER_COLUMNS = {
    "Nơi sinh": ["Hậu Giang", "Vị Thanh"],
    "Quê quán": ["Phường I", "Xã Vị Tân"],
    "Dân tộc": ["Kinh", "Khmer"],
    "Trình độ": ["Đại học", "12/12"],
    "Ngày cấp CCCD": ["01/02/2021", "2021"],
    "Ngày vào Đảng": ["03/02/2010"],
    "Đăng ký nội dung": ["x", "Khối A"],
    "Ký nhận": [""],
}


@st.composite
def _list(draw, people: list[Wanted], *, real: bool, spare: int, merging: bool = True, faulty: bool = False) -> Layout:
    """One list of these people, changed in place to what can be read in it. `real`: numbers and dates, not only texts."""
    layout = Layout()
    lines = layout.lines
    has = {name: draw(st.booleans()) for name in ("phone", "email", "citizen", "numbers", "note")}
    has["numbers"] |= draw(st.booleans())
    split = draw(st.booleans())
    office = draw(st.sampled_from(["column", "group", "none", *(["merged"] if merging else [])]))
    sex = draw(st.sampled_from(["column", "marks", "years", "title", "none", "parts"]))
    where = (
        draw(st.sampled_from(["column", "behind", "none"])) if not split else draw(st.sampled_from(["column", "none"]))
    )
    over = sex in ("years", "parts") or (sex == "marks" and draw(st.booleans()))

    lines += draw(st.sampled_from([[], [["DANH SÁCH CỬ CÁN BỘ THAM DỰ LỚP TẬP HUẤN"]], [
        ["UBND THÀNH PHỐ VỊ THANH", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["PHÒNG NỘI VỤ", None, None, "Độc lập - Tự do - Hạnh phúc"], [], ["DANH SÁCH CỬ CÁN BỘ, CÔNG CHỨC"],
        ["(Kèm theo Công văn số 12/UBND-NV ngày 02 tháng 6 năm 2022)"], [],
    ]]))  # fmt: skip
    head: list = []
    under: list = []

    def column(title: str | None, below: str | None = None) -> int:
        head.append(title)
        under.append(below)
        return len(head) - 1

    number_at = column(draw(st.sampled_from(["STT", "TT", "Số TT"]))) if has["numbers"] else -1
    if split:
        name_at = column(draw(st.sampled_from(["Họ và tên đệm", "Họ và chữ lót", "Họ, tên đệm"])))
        column("Tên")
    else:
        name_at = column(draw(st.sampled_from(["Họ và tên", "HỌ VÀ TÊN", "Họ tên học viên", "Họ và tên (chữ in hoa)"])))
    if sex == "years":
        birth_at = column("Năm sinh", "Nam")
        column(None, "Nữ")
    elif sex == "parts":
        birth_at = column("Ngày sinh", "Ngày")
        column(None, "Tháng")
        column(None, "Năm")
    else:
        birth_at = column(draw(st.sampled_from(["Ngày sinh", "Ngày, tháng, năm sinh", "Năm sinh"])))
    sex_at = -1
    if sex in ("column", "title"):
        sex_at = column("Giới tính" if sex == "column" else "Ông/Bà")
    elif sex == "marks":
        sex_at = column("Giới tính" if over else "Nam", "Nam" if over else None)
        column(None if over else "Nữ", "Nữ" if over else None)
    office_at = (
        column(draw(st.sampled_from(["Đơn vị", "Đơn vị công tác", "Cơ quan, đơn vị"])))
        if office in ("column", "merged")
        else -1
    )
    position_at = (
        column(draw(st.sampled_from(["Chức vụ", "Chức danh", "Chức vụ, chức danh"]))) if where == "column" else -1
    )
    phone_at = column(draw(st.sampled_from(["Số điện thoại", "ĐTDĐ", "SĐT"]))) if has["phone"] else -1
    email_at = column("Email") if has["email"] else -1
    citizen_at = column(draw(st.sampled_from(["CCCD", "Số CCCD", "Số định danh cá nhân"]))) if has["citizen"] else -1
    if has["note"]:
        column("Ghi chú")
    others = draw(st.lists(st.sampled_from(list(_OTHER_COLUMNS)), unique=True, max_size=2))
    others_at = {column(title): title for title in others}
    width = len(head)
    top = len(lines)
    lines.append(list(head))
    if any(under):
        lines.append(list(under))
        for at, below in enumerate(under):
            if below is None:
                layout.merges.append((top, at, top + 1, at))
            elif head[at]:
                layout.merges.append(
                    (
                        top,
                        at,
                        top,
                        at + (2 if head[at + 1 : at + 3] == [None, None] and sex == "parts" and at == birth_at else 1),
                    )
                )
    if draw(st.integers(0, 3)) == 0:
        pattern = draw(st.sampled_from(["{}", "({})"]))
        lines.append([pattern.format(n + 1) if not real or "(" in pattern else n + 1 for n in range(width)])

    groups = office == "group"
    merged = office == "merged"
    last_office = None
    if groups or merged:
        people.sort(key=lambda person: OFFICES.index(person.office_text))
    first_of_office = len(lines)
    for serial, person in enumerate(people, 1):
        if groups and last_office and person.office_text != last_office and draw(st.integers(0, 2)) == 0:
            subtotal: list = [None] * width
            subtotal[draw(st.sampled_from([0, name_at]))] = draw(
                st.sampled_from(["Cộng: 2 người", "Tổng cộng: 02", "Cộng"])
            )
            lines.append(subtotal)
        if groups and person.office_text != last_office:
            roman = ["I", "II", "III", "IV", "V", "VI"][serial - 1]
            text = (
                draw(st.sampled_from([person.office_text, person.office_text.upper()]))
                if person.office_text in OFFICES[2:]
                else person.office_text
            )
            if has["numbers"]:
                group = draw(st.sampled_from([[roman, text], [f"{roman}. {text}"], [None, text]]))
            else:
                group = [f"{roman}. {text}"]
            if group[0] is None or len(group) == 1 or name_at == 1:
                lines.append(group)
            else:
                lines.append([f"{roman}. {text}"])
        line: list = [None] * width
        if number_at >= 0:
            line[number_at] = draw(st.sampled_from([serial, str(serial), f"{serial:02d}", f"{serial}."]))
        birth = dt.date.fromisoformat(person.birth)
        citizen = person.citizen_id
        cells = _name_cells(draw, person, split, where == "behind")
        line[name_at : name_at + len(cells)] = cells
        if sex == "parts":
            parts = [birth.day, birth.month, birth.year]
            line[birth_at : birth_at + 3] = parts if real and draw(st.booleans()) else [f"{n:02d}" for n in parts]
        elif sex == "years":
            line[birth_at + (person.gender == "f")] = draw(st.sampled_from([birth.year, f"{birth.year}"]))
            person.birth = f"{birth.year}"
        else:
            line[birth_at] = _birth_cell(draw, person, real)
        if sex_at < 0 and sex != "years":
            person.gender = None
        elif sex == "column":
            line[sex_at] = draw(st.sampled_from({"m": ["Nam", "nam", "NAM"], "f": ["Nữ", "nữ", "NỮ"]}[person.gender]))
        elif sex == "title":
            line[sex_at] = {"m": "Ông", "f": "Bà"}[person.gender]
        elif sex == "marks":
            line[sex_at + (person.gender == "f")] = draw(st.sampled_from(["x", "X", "x "]))
        if office == "column":
            line[office_at] = person.office_text
        elif merged and person.office_text != last_office:
            if len(lines) - first_of_office > 1:
                layout.merges.append((first_of_office, office_at, len(lines) - 1, office_at))
            first_of_office = len(lines)
            line[office_at] = person.office_text
        if where == "column":
            line[position_at] = person.position
        elif where == "none":
            person.position = None
        if phone_at >= 0:
            line[phone_at] = _phone_cell(draw, person.phone, real)
        else:
            person.phone = None
        if email_at >= 0:
            line[email_at] = person.email
        else:
            person.email = None
        if citizen_at >= 0:
            line[citizen_at] = _citizen_cell(draw, citizen, real)
        else:
            person.citizen_id = None
        for name, at in (
            ("phone", phone_at),
            ("email", email_at),
            ("position", position_at),
            ("citizen_id", citizen_at),
        ):
            if at >= 0 and draw(st.integers(0, 7)) == 0:
                line[at] = draw(st.sampled_from([None, None, "-", " "]))
                setattr(person, name, None)
        if citizen_at >= 0 and person.citizen_id and sex not in ("years", "parts") and draw(st.integers(0, 7)) == 0:
            line[birth_at], person.birth = draw(st.sampled_from([None, "", "không rõ"])), None
            line[citizen_at] = citizen  # with its zero, which nothing would confirm
        if faulty and draw(st.integers(0, 5)) == 0:
            name, at = draw(
                st.sampled_from(
                    [(n, a) for n, a in (("phone", phone_at), ("email", email_at), ("position", position_at)) if a >= 0]
                    or [("", -1)]
                )
            )
            if at >= 0:
                line[at] = draw(st.sampled_from(["#N/A", "#REF!", "=VLOOKUP(B5,DS!A:C,3,0)"]))
                setattr(person, name, None)
                person.fault = True
        if faulty and number_at >= 0 and serial > 1 and draw(st.integers(0, 5)) == 0:
            line[number_at] = "=A5+1"
        for at, title in others_at.items():
            line[at] = draw(st.sampled_from(_OTHER_COLUMNS[title]))
        last_office = person.office_text
        lines.append(line)
        if draw(st.integers(0, 9)) == 0:
            lines.append([None] * width)
    if not any(under) and not merged and draw(st.integers(0, 3)) == 0:
        first = next(
            n
            for n, line in enumerate(lines)
            if n > top and len(line) == width and line[name_at] and line is not lines[top]
        )
        lines.insert(first + 1, list(head))
    if merged and len(lines) - first_of_office > 1:
        end = max(n for n, line in enumerate(lines) if len(line) == width and any(v is not None for v in line))
        if end > first_of_office:
            layout.merges.append((first_of_office, office_at, end, office_at))
    if office == "none":
        for person in people:
            person.office_text = None
    total = len(people)
    lines += draw(st.sampled_from([
        [],
        [[f"Danh sách có {total:02d} người./."]],
        [["Tổng cộng:", f"{total} người"], [], ["NGƯỜI LẬP BIỂU", None, "THỦ TRƯỞNG ĐƠN VỊ"], [], ["Nguyễn Văn Lập", None, "Trần Thị Ký"]],
        [[None, None, None, "Vị Thanh, ngày 05 tháng 6 năm 2022"], [None, "NGƯỜI LẬP", None, "TM. ỦY BAN NHÂN DÂN"],
         [None, None, None, "CHỦ TỊCH"], [], [None, "Lê Văn Lập", None, "Phạm Văn Ký"], ["Nơi nhận:"], ["- Như trên;"], ["- Lưu: VT."]],
    ]))  # fmt: skip
    lines += [[None] * width] * draw(st.integers(0, spare))
    empty = draw(st.sampled_from([0, 0, 0, 1, 2]))
    layout.lines = [[None] * empty + line for line in lines]
    layout.merges = [(above, left + empty, below, right + empty) for above, left, below, right in layout.merges]
    return layout


def _texts(layout: Layout, encode) -> list[list]:
    return [[encode(v) if isinstance(v, str) else v for v in line] for line in layout.lines]


# Files


@st.composite
def rosters(draw) -> tuple[bytes, list[Wanted]]:
    kind = draw(st.sampled_from(["xlsx", "xlsx", "csv", "ods", "docx"]))
    return draw({"xlsx": _xlsx(), "csv": _csv(), "ods": _ods(), "docx": _docx()}[kind])


@st.composite
def _xlsx(draw) -> tuple[bytes, list[Wanted]]:
    book = openpyxl.Workbook()
    book.remove(book.active)
    wanted: list[Wanted] = []
    encoding = draw(
        st.sampled_from(["", "", "nfd", "tcvn3 font", "vni font", "tcvn3 text", "vni text", "mojibake", "unmarked"])
    )
    for number in range(draw(st.integers(1, 2))):
        people = draw(_people())
        layout = draw(_list(people, real=True, spare=4, faulty=True))
        name = draw(st.sampled_from([f"Sheet{number + 1}", f"DS {number + 1}"]))
        sheet = book.create_sheet(name)
        encode = {"nfd": as_nfd, "tcvn3 font": as_tcvn3, "vni font": as_vni, "tcvn3 text": as_tcvn3, "vni text": as_vni,
                  "mojibake": as_mojibake, "unmarked": as_unmarked}.get(encoding, as_it_is)  # fmt: skip
        font = {"tcvn3 font": Font(name=".VnTimeH"), "vni font": Font(name="VNI-Times")}.get(encoding)
        for line in _texts(layout, encode):
            sheet.append(line)
        if font:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str):
                        cell.font = font
        for top, left, bottom, right in layout.merges:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        for person in people:
            if encoding == "unmarked":
                for said in ("full_name", "position", "office_text"):
                    setattr(person, said, getattr(person, said) and as_unmarked(getattr(person, said)))
            person.office_text = person.office_text or name
        wanted += people
    if draw(st.booleans()):
        hidden = book.create_sheet("Cũ")
        hidden.append(["STT", "Họ và tên"])
        hidden.append([1, "Nguyễn Văn Cũ"])
        hidden.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue(), wanted


@st.composite
def _csv(draw) -> tuple[bytes, list[Wanted]]:
    people = draw(_people())
    layout = draw(_list(people, real=False, spare=3, merging=False))
    delimiter = draw(st.sampled_from(",;\t"))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1258", "tcvn3", "vni", "mojibake"]))
    encode = {"tcvn3": as_tcvn3, "vni": as_vni, "mojibake": as_mojibake, "cp1258": _as_cp1258}.get(
        encoding, draw(st.sampled_from([as_it_is, as_nfd]))
    )
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    # One byte a character cannot hold what nobody sees.
    for line in _texts(layout, lambda text: encode(text.replace("\u200b", ""))):
        writer.writerow(["" if value is None else value for value in line])
    codec = {"mojibake": "utf-8", "tcvn3": "latin-1", "vni": "latin-1"}.get(encoding, encoding)
    return stream.getvalue().encode(codec), people


def _as_cp1258(text: str) -> str:
    """The code page has letters with a hat or horn, and tones on their own behind the letter."""
    written = []
    for c in unicodedata.normalize("NFC", text):
        try:
            c.encode("cp1258")
            written.append(c)
        except UnicodeEncodeError:
            decomposed = unicodedata.normalize("NFD", c)
            tone = "".join(m for m in decomposed if m in "\u0300\u0301\u0303\u0309\u0323")
            written.append(unicodedata.normalize("NFC", "".join(m for m in decomposed if m not in tone)) + tone)
    return "".join(written)


@st.composite
def _docx(draw) -> tuple[bytes, list[Wanted]]:
    document = Document()
    document.add_paragraph("DANH SÁCH CỬ CÁN BỘ THAM DỰ")
    people = draw(_people())
    layout = draw(_list(people, real=False, spare=1))
    encode = draw(st.sampled_from([as_it_is, as_nfd, as_tcvn3, as_vni]))
    # What stands above and below a table in Word is not in the table.
    lines = _texts(layout, encode)
    width = max(map(len, lines))
    table = document.add_table(len(lines), width)
    for row, line in zip(table.rows, lines, strict=True):
        for cell, value in zip(row.cells, line, strict=False):
            if value is not None:
                cell.text = str(value)
    for top, left, bottom, right in layout.merges:
        table.cell(top, left).merge(table.cell(bottom, right))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue(), people


@st.composite
def _ods(draw) -> tuple[bytes, list[Wanted]]:
    people = draw(_people())
    layout = draw(_list(people, real=True, spare=3))
    encode = draw(st.sampled_from([as_it_is, as_nfd, as_tcvn3, as_vni]))
    for person in people:
        person.office_text = person.office_text or "DS"
    return ods(_texts(layout, encode), layout.merges), people
