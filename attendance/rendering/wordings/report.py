"""Báo cáo kết quả lớp, with the figures of each office in its appendix."""

from attendance.rendering.wordings.begun import begun, signed
from courses.rendering.official import CENTRE, OF_LEFT, Cell, Column, OfficialPaper
from courses.rendering.word import OF_ABOVE


def report() -> bytes:
    paper = begun("Báo cáo kết quả lớp")
    paper.title("BÁO CÁO", "Kết quả tổ chức {{ ten_lop_thuong }}")
    paper.paragraph(
        "Thực hiện Kế hoạch số ……/KH-…… ngày …… tháng …… năm {{ nam }}, {{ co_quan_thuong }} đã tổ chức "
        "{{ ten_lop_thuong }}. Kết quả như sau:"
    )
    _held(paper)
    _people(paper)
    _papers(paper)
    paper.heading("II. ĐÁNH GIÁ")
    paper.paragraph("{%p for mot in danh_gia %}")
    paper.paragraph("{{ mot.dong }}")
    paper.paragraph("{%p endfor %}")
    paper.heading("III. KIẾN NGHỊ, ĐỀ XUẤT")
    paper.paragraph("{%p for mot in kien_nghi %}")
    paper.paragraph("{{ mot.dong }}")
    paper.paragraph("{%p endfor %}")
    paper.paragraph("Trên đây là Báo cáo kết quả tổ chức {{ ten_lop_thuong }}./.")
    signed(paper, "Các cơ quan, đơn vị có người tham dự")
    _appendix(paper)
    return paper.as_bytes()


def _held(paper: OfficialPaper) -> None:
    paper.heading("I. KẾT QUẢ TỔ CHỨC")
    paper.heading("1. Nội dung, thời gian, địa điểm", level=2)
    paper.paragraph("{%p if nhieu_khoi %}")
    paper.paragraph(
        "Nội dung: {{ so_khoi }} khối, gồm "
        "{% for mot in khoi %}{{ mot.ten }}{% if not loop.last %}; {% endif %}{% endfor %}."
    )
    paper.paragraph("{%p else %}")
    paper.paragraph("Nội dung: {% for mot in khoi %}{{ mot.ten }}{% if not loop.last %}; {% endif %}{% endfor %}.")
    paper.paragraph("{%p endif %}")
    paper.paragraph("Thời gian: {{ thoi_gian }}; đã học {{ so_buoi_da_hoc }} buổi. Địa điểm: {{ dia_diem }}.")
    paper.paragraph("{%p if co_thay_doi %}")
    paper.paragraph("Thay đổi so với chương trình ban đầu:")
    paper.paragraph("{%p for mot in thay_doi %}")
    paper.paragraph(
        "- {{ mot.buoi }}: {{ mot.noi_dung }}{% if mot.ly_do %} (lý do: {{ mot.ly_do }}){% endif %}"
        "{% if loop.last %}.{% else %};{% endif %}"
    )
    paper.paragraph("{%p endfor %}")
    paper.paragraph("{%p endif %}")


def _people(paper: OfficialPaper) -> None:
    paper.heading("2. Học viên", level=2)
    paper.paragraph(
        "Số cơ quan, đơn vị được mời cử người: {{ so_co_quan }}; chỉ tiêu: {{ tong_chi_tieu }} người; số người được "
        "cử: {{ duoc_cu }} người.{% if co_thay_nguoi %} Trong thời gian tổ chức lớp, {{ so_thay }} người được thay, "
        "{{ so_rut }} người rút khỏi danh sách, {{ so_du_thay }} người được cử dự thay một số buổi.{% endif %}"
    )
    paper.paragraph(
        "Số người phải dự: {{ phai_du }} người; số người có dự (từ một buổi trở lên): {{ co_du }} người, đạt "
        "{{ ty_le }}; dự đầy đủ các buổi phải dự: {{ du_day_du }} người. Không dự buổi nào: có phép "
        "{{ vang_co_phep }} người, không phép {{ vang_khong_phep }} người"
        "{% if co_chua_ro %}, chưa điểm danh {{ vang_chua_ro }} người{% endif %}."
    )
    paper.paragraph(
        "Tính theo lượt người (mỗi người một buổi là một lượt): phải dự {{ luot_phai_du }} lượt; có mặt "
        "{{ luot_co_mat }} lượt, đạt {{ luot_ty_le }}; vắng có phép {{ luot_co_phep }} lượt; vắng không phép "
        "{{ luot_khong_phep }} lượt{% if co_chua_ro %}; chưa điểm danh {{ luot_chua_ro }} lượt{% endif %}. Số liệu "
        "của từng cơ quan, đơn vị tại Phụ lục kèm theo."
    )
    columns = [
        Column("Cơ cấu học viên", 75), Column("Phải dự (người)", 30, CENTRE), Column("Có dự (người)", 30, CENTRE),
        Column("Tỷ lệ", 30, CENTRE),
    ]  # fmt: skip
    rows: list = ["Theo giới tính"]
    for name, words in (("gioi_tinh", ""), ("doi_tuong_du", "Theo đối tượng")):
        cells = ["{{ mot.ten }}", "{{ mot.phai_du }}", "{{ mot.co_du }}", "{{ mot.ty_le }}"]
        rows += [*([words] if words else []), f"{{%tr for mot in {name} %}}", cells, "{%tr endfor %}"]
    paper.table(columns, rows)


def _papers(paper: OfficialPaper) -> None:
    paper.heading("3. Giấy chứng nhận", level=2)
    paper.paragraph("{%p if co_giay %}")
    paper.paragraph(
        "Đã cấp: {{ gcn_da_cap }} giấy, trong đó đã phát cho học viên {{ gcn_da_phat }} giấy; đang chờ ký: "
        "{{ gcn_cho_ky }} giấy; đã thu hồi: {{ gcn_thu_hoi }} giấy."
    )
    paper.paragraph("{%p else %}")
    paper.paragraph("Chưa cấp giấy chứng nhận.")
    paper.paragraph("{%p endif %}")


def _appendix(paper: OfficialPaper) -> None:
    paper.appendix(
        "Phụ lục",
        "KẾT QUẢ THAM DỰ CỦA TỪNG CƠ QUAN, ĐƠN VỊ",
        "(Kèm theo Báo cáo số {{ so_ky_hieu }} {{ ngay_thang }}\ncủa {{ co_quan_thuong }})",
        landscape=True,
    )
    # With half-days that nobody has marked there is a column more, so that each row adds up.
    paper.paragraph("{%p if co_chua_ro %}")
    _offices(paper, unclear=True)
    paper.paragraph("{%p else %}")
    _offices(paper, unclear=False)
    paper.paragraph("{%p endif %}")


def _offices(paper: OfficialPaper, *, unclear: bool) -> None:
    more = ["Chưa điểm danh"] if unclear else []
    columns = [
        Column("STT", 11, CENTRE), Column("Cơ quan, đơn vị", 66),
        *(Column("", 20, CENTRE) for _n in range(4)), *(Column("", 21, CENTRE) for _n in range(5 + len(more))),
    ]  # fmt: skip
    people = ["Chỉ tiêu", "Được cử", "Có dự", "Tỷ lệ"]
    presence = ["Phải dự", "Có mặt", "Vắng có phép", "Vắng không phép", *more, "Tỷ lệ có mặt"]
    heads = [
        [
            "STT",
            "Cơ quan, đơn vị",
            "Số người",
            *[OF_LEFT] * 3,
            "Lượt người (người × buổi)",
            *[OF_LEFT] * (4 + len(more)),
        ],
        [OF_ABOVE, OF_ABOVE, *people, *presence],
    ]
    names = ["chi_tieu", "duoc_cu", "co_du", "ty_le", "luot_phai_du", "luot_co_mat", "luot_co_phep"]
    names += ["luot_khong_phep", *(["luot_chua_ro"] if unclear else []), "luot_ty_le"]
    cells = ["{{ dong.stt }}", "{{ dong.ten }}", *(f"{{{{ dong.{name} }}}}" for name in names)]
    totals = ["tong_chi_tieu", *names[1:]]
    total = [
        Cell("Tổng số", bold=True, align=CENTRE, span=2),
        *(Cell(f"{{{{ {name} }}}}", bold=True) for name in totals),
    ]
    paper.table(columns, ["{%tr for dong in co_quan_du %}", cells, "{%tr endfor %}", total], heads=heads)
