"""Rows that must always be there: the four indices and the fields of responsibility a site starts with."""

from courses.models import Index, Responsibility

#: Code, name, order; the full names are those of the yearly reports.
INDICES = [
    ("PAR INDEX", "Chỉ số cải cách hành chính", 10),
    ("PCI", "Chỉ số năng lực cạnh tranh cấp tỉnh", 20),
    ("PAPI", "Chỉ số hiệu quả quản trị và hành chính công cấp tỉnh", 30),
    ("SIPAS", "Chỉ số hài lòng về sự phục vụ hành chính", 40),
]
RESPONSIBILITIES = [
    ("cchc", "Cải cách hành chính", 10),
    ("van-thu", "Văn thư, lưu trữ", 20),
    ("bcd-qcdc", "Thành viên Ban chỉ đạo, Tổ thực hiện quy chế dân chủ", 30),
]


def make_standing_rows(*, using: str = "default") -> None:
    """Makes what is missing and leaves what an office has renamed."""
    for code, name, order in INDICES:
        Index.objects.using(using).get_or_create(code=code, defaults={"name": name, "order": order})
    for code, name, order in RESPONSIBILITIES:
        Responsibility.objects.using(using).get_or_create(code=code, defaults={"name": name, "order": order})
