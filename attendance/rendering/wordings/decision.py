"""Quyết định cấp giấy chứng nhận, with its list."""

from attendance.rendering.wordings.begun import begun, signed
from courses.rendering.official import CENTRE, Column


def decision() -> bytes:
    paper = begun("Quyết định về việc cấp giấy chứng nhận")
    paper.title("QUYẾT ĐỊNH", "Về việc cấp {{ loai_giay }} hoàn thành {{ ten_lop_thuong }}")
    paper.heading("{{ tham_quyen }}", align=CENTRE)
    paper.bases("{%p for mot in can_cu %}", "{{ mot.dong }}", "{%p endfor %}")
    paper.heading("QUYẾT ĐỊNH:", align=CENTRE)
    paper.paragraph(
        "Cấp {{ loai_giay }} cho {{ tong_so }} học viên {{ hoan_thanh }} {{ ten_lop_thuong }}, {{ tu_ngay_den_ngay }} "
        "(có danh sách kèm theo).",
        lead="Điều 1.",
    )
    paper.paragraph("Việc quản lý, vào sổ và phát {{ loai_giay }} thực hiện theo quy định.", lead="Điều 2.")
    paper.paragraph(
        "Thủ trưởng các cơ quan, đơn vị có liên quan và các học viên có tên trong danh sách chịu trách nhiệm thi hành "
        "Quyết định này kể từ ngày ký./.",
        lead="Điều 3.",
    )
    signed(paper, "Như Điều 3")
    paper.appendix(
        "Phụ lục",
        "DANH SÁCH HỌC VIÊN ĐƯỢC CẤP GIẤY CHỨNG NHẬN",
        "(Kèm theo Quyết định số {{ so_ky_hieu }} {{ ngay_thang }}\ncủa {{ tham_quyen_thuong }})",
    )
    columns = [
        Column("STT", 11, CENTRE), Column("Họ và tên", 40), Column("Ngày sinh", 25, CENTRE), Column("Chức vụ", 30),
        Column("Đơn vị", 33),
    ]  # fmt: skip
    cells = [f"{{{{ nguoi.{name} }}}}" for name in ("stt", "ho_ten", "ngay_sinh", "chuc_vu", "don_vi")]
    loop, end = "{%tr for nguoi in hoc_vien %}", "{%tr endfor %}"
    paper.paragraph("{%p if co_so %}")
    paper.table([*columns, Column("Số vào sổ", 32, CENTRE)], [loop, [*cells, "{{ nguoi.so_vao_so }}"], end])
    paper.paragraph("{%p else %}")
    paper.table(columns, [loop, cells, end])
    paper.paragraph("{%p endif %}")
    paper.paragraph("Danh sách có {{ tong_so }} người./.")
    return paper.as_bytes()
