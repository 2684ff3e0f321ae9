"""Invented people in any number, always the same; no two have the same name and date of birth."""

import datetime as dt
from collections.abc import Iterator

FAMILIES = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Danh", "Thạch",
    "Lâm",
]  # fmt: skip
MIDDLES = [
    "Văn", "Thị", "Thử", "Giả", "Mẫu", "Vẽ", "Bày", "Đặt", "Minh", "Ngọc", "Hữu", "Đức", "Kim", "Thanh", "Mỹ", "Quốc",
]  # fmt: skip
GIVEN = [
    "An", "Bình", "Cường", "Dũng", "Đạt", "Em", "Giang", "Hà", "Hòa", "Khởi", "Lan", "Mỹ", "Nga",
    "Oanh", "Phước", "Quý", "Sen", "Tâm", "Út", "Vân", "Xuân", "Yến", "Ánh", "Ửng",
]  # fmt: skip
POSITIONS = ["Chủ tịch", "Phó Chủ tịch", "Văn thư", "Chuyên viên", "Kế toán", "Công chức Tư pháp - hộ tịch"]
HEADER = [
    "STT", "Họ và tên", "Ngày sinh", "Giới tính", "Chức vụ", "Đơn vị công tác", "Số điện thoại", "Email", "Số CCCD",
    "Ghi chú",
]  # fmt: skip


def people(count: int, offices: list[str], *, first: int = 0) -> Iterator[tuple]:
    """(name, birth, "m" or "f", position, one of `offices`, phone, e-mail, citizen number) of each, from `first` on."""
    for n in range(first, first + count):
        family, middle = FAMILIES[n % 16], MIDDLES[n // 16 % 16]
        name = f"{family} {middle} {MIDDLES[n // 256 % 16]} {GIVEN[n // 4096 % 24]}"
        birth = dt.date(1960, 1, 1) + dt.timedelta(days=(n * 7) % 14_000)
        gender = "mf"[n % 2]
        number = f"093{n % 2}{birth:%y}{n % 1_000_000:06d}"
        email = f"hv{n}@vithanh.example"
        yield name, birth, gender, POSITIONS[n % 6], offices[n % len(offices)], f"09{n:08d}", email, number


def as_cells(number: int, person: tuple) -> list:
    """A person as a line of a list with the columns of `HEADER`."""
    name, birth, gender, position, office, phone, email, citizen = person
    sex = "Nam" if gender == "m" else "Nữ"
    return [number, name, birth, sex, position, office, phone, email, citizen, "Ăn chay" if number % 9 == 0 else None]
