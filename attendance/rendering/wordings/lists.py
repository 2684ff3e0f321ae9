"""Danh sách lớp, danh sách ký tên."""

from attendance.rendering.sign_in_sheet import BLANK_ROWS, COUNTED, HEADS, SIGNATURE, SIGNERS
from attendance.rendering.sign_in_word import GAP, ROW
from attendance.rendering.wordings.begun import begun, head
from courses.rendering.official import CENTRE, Column, OfficialPaper


def class_list() -> bytes:
    paper = begun("Danh sách lớp", numbered=False)
    paper.title("DANH SÁCH", "Học viên {{ ten_lop_thuong }}")
    paper.paragraph("({{ thoi_gian }})", italic=True, align=CENTRE)
    # Together as wide as the page, so that a date keeps the room that it needs in one line.
    columns = [
        Column("STT", 11, CENTRE), Column("Họ và tên", 39), Column("Ngày sinh", 23, CENTRE),
        Column("Giới tính", 12, CENTRE), Column("Chức vụ", 28), Column("Đơn vị", 39),
    ]  # fmt: skip
    cells = [f"{{{{ nguoi.{name} }}}}" for name in ("stt", "ho_ten", "ngay_sinh", "gioi_tinh", "chuc_vu", "don_vi")]
    loop, end = "{%tr for nguoi in hoc_vien %}", "{%tr endfor %}"
    paper.paragraph("{%p if nhieu_khoi %}")
    paper.table([*columns, Column("Khối", 13, CENTRE)], [loop, [*cells, "{{ nguoi.khoi }}"], end])
    paper.paragraph("{%p else %}")
    columns[-1] = Column("Đơn vị", 52)
    paper.table(columns, [loop, cells, end])
    paper.paragraph("{%p endif %}")
    paper.paragraph("Danh sách có {{ tong_so }} người, trong đó nam {{ so_nam }} người, nữ {{ so_nu }} người./.")
    paper.signing(powers="NGƯỜI XÁC NHẬN", name="", left="NGƯỜI LẬP BIỂU")
    return paper.as_bytes()


def sign_in() -> bytes:
    paper = OfficialPaper(title="Danh sách học viên ký tên")
    paper.paragraph("{%p for to in to_ky %}")
    head(paper, numbered=False)
    paper.title("DANH SÁCH KÝ TÊN", "Học viên {{ ten_lop_thuong }}")
    paper.paragraph("{{ to.buoi }}, tại {{ to.dia_diem }}", italic=True, align=CENTRE)
    paper.picture_line("{{ to.ma_qr }}")
    columns = [Column(HEADS[0], 11, CENTRE), *map(Column, [*HEADS[1:], SIGNATURE], [40, 30, 48, 36])]
    cells = ["{{ nguoi.stt }}", "{{ nguoi.ho_ten }}", "{{ nguoi.chuc_vu }}", "{{ nguoi.don_vi }}", ""]
    blanks = [[""] * len(columns)] * BLANK_ROWS
    paper.table(columns, ["{%tr for nguoi in to.hoc_vien %}", cells, "{%tr endfor %}", *blanks], least_height=ROW)
    paper.paragraph(GAP.join(["Tổng số: {{ to.tong_so }}", *COUNTED]), indent=False)
    by, confirmed = SIGNERS
    paper.signing(powers=confirmed.upper(), name="", left=by.upper())
    paper.section_end("not loop.last")
    paper.paragraph("{%p endfor %}")
    return paper.as_bytes()
