"""Công văn cử người tham dự, with the seats and the own page of each office in its appendix."""

from attendance.rendering.wordings.begun import begun, seats, signed
from courses.rendering.official import CENTRE, Column, OfficialPaper


def summons() -> bytes:
    paper = begun("Công văn cử người tham dự lớp", about="V/v cử người tham dự {{ ten_lop_thuong }}")
    paper.paragraph("{%p if gui_mot_noi %}")
    paper.to("{% for noi in kinh_gui %}{{ noi.ten }}{% endfor %}")
    paper.paragraph("{%p else %}")
    paper.to("{%p for noi in kinh_gui %}", "{{ noi.ten }}", "{%p endfor %}")
    paper.paragraph("{%p endif %}")
    paper.paragraph(
        "{{ co_quan_thuong }} tổ chức {{ ten_lop_thuong }}. Để lớp đạt kết quả, {{ co_quan_thuong }} đề nghị các cơ "
        "quan, đơn vị cử người tham dự, cụ thể như sau:"
    )
    paper.paragraph("{{ doi_tuong }}.", lead="1. Đối tượng:")
    paper.paragraph(
        "{{ tong_chi_tieu }} người; chỉ tiêu của từng cơ quan, đơn vị tại Phụ lục kèm theo.", lead="2. Số lượng:"
    )
    _content(paper)
    paper.paragraph(
        "{{ so_ngay }} ngày ({{ so_buoi }} buổi), {{ thoi_gian }}. Thời gian của từng buổi theo Chương trình của lớp.",
        lead="4. Thời gian:",
    )
    paper.paragraph("{{ dia_diem }}.", lead="5. Địa điểm:")
    _list(paper)
    paper.paragraph(
        "Đề nghị các cơ quan, đơn vị quan tâm thực hiện và bố trí công việc để người được cử tham dự đầy đủ các buổi "
        "học. Chi tiết liên hệ: {{ lien_he }}./."
    )
    signed(paper, "Như trên", "Ban Tổ chức lớp")
    _appendix(paper)
    return paper.as_bytes()


def _content(paper: OfficialPaper) -> None:
    paper.paragraph("{%p if nhieu_khoi %}")
    paper.paragraph("Lớp gồm {{ so_khoi }} khối nội dung; mỗi người tham dự khối được cử:", lead="3. Nội dung:")
    paper.paragraph("{%p for mot in khoi %}")
    paper.paragraph(
        "- Khối {{ mot.ky_hieu }}: {{ mot.ten }}"
        "{% if mot.doi_tuong %} (đối tượng: {{ mot.doi_tuong }}){% endif %}"
        "{% if loop.last %}.{% else %};{% endif %}"
    )
    paper.paragraph("{%p endfor %}")
    paper.paragraph("{%p else %}")
    paper.paragraph("{% for mot in khoi %}{{ mot.ten }}{% if not loop.last %}; {% endif %}{% endfor %}.",
                    lead="3. Nội dung:")  # fmt: skip
    paper.paragraph("{%p endif %}")


def _list(paper: OfficialPaper) -> None:
    paper.paragraph("{%p if co_duong_dan %}")
    paper.paragraph(
        "Đề nghị các cơ quan, đơn vị lập danh sách người tham dự tại trang riêng của cơ quan, đơn vị (mã QR và địa chỉ "
        "tại Phụ lục) trước {{ han_dang_ky }}. Địa chỉ của cơ quan, đơn vị nào chỉ dùng cho nơi đó.",
        lead="6. Danh sách:",
    )
    paper.paragraph("{%p else %}")
    paper.paragraph(
        "Đề nghị các cơ quan, đơn vị gửi danh sách người tham dự trước {{ han_dang_ky }}.", lead="6. Danh sách:"
    )
    paper.paragraph("{%p endif %}")


def _appendix(paper: OfficialPaper) -> None:
    paper.appendix(
        "Phụ lục",
        "{% if co_duong_dan %}CHỈ TIÊU VÀ ĐỊA CHỈ LẬP DANH SÁCH{% else %}PHÂN BỔ CHỈ TIÊU THAM DỰ LỚP{% endif %}\n"
        "CỦA TỪNG CƠ QUAN, ĐƠN VỊ",
        "(Kèm theo Công văn số {{ so_ky_hieu }} {{ ngay_thang }}\ncủa {{ co_quan_thuong }})",
    )
    total = "Tổng số: {{ tong_chi_tieu }} người của {{ so_co_quan }} cơ quan, đơn vị./."
    plain = [Column("STT", 12, CENTRE), Column("Cơ quan, đơn vị", 46), Column("Số người", 24, CENTRE)]
    cells = ["{{ dong.stt }}", "{{ dong.ten }}", "{{ dong.so_luong }}"]
    with_blocks = [*cells[:2], f"{cells[2]}{{% if dong.theo_khoi %}} ({{{{ dong.theo_khoi }}}}){{% endif %}}"]
    paper.paragraph("{%p if co_duong_dan %}")
    columns = [*plain, Column("Địa chỉ lập danh sách", 59), Column("Mã QR", 24, CENTRE)]
    seats(paper, columns, [*with_blocks, "{{ dong.duong_dan }}", "{{ dong.ma_qr }}"], total)
    paper.paragraph("{%p else %}")
    plain[1] = Column("Cơ quan, đơn vị", 92)
    seats(paper, [*plain, Column("Ghi chú", 37)], [*cells, "{{ dong.theo_khoi }}"], total)
    paper.paragraph("{%p endif %}")
