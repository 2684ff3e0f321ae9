"""Chương trình lớp, giấy mời báo cáo viên, thông báo trước cửa hội trường."""

from attendance.rendering.wordings.begun import begun, head, signed
from courses.rendering.official import CENTRE, Column, OfficialPaper


def timetable() -> bytes:
    paper = begun("Chương trình lớp")
    paper.title("CHƯƠNG TRÌNH", "{{ ten_lop }}")
    paper.paragraph("Thời gian: {{ so_ngay }} ngày ({{ so_buoi }} buổi), {{ thoi_gian }}.")
    paper.paragraph("Địa điểm: {{ dia_diem }}.")
    columns = [
        Column("Ngày", 24, CENTRE),
        Column("Buổi", 24, CENTRE),
        Column("Nội dung", 54),
        Column("Báo cáo viên", 37),
        Column("Địa điểm", 29),
    ]
    row = [
        "{% if loop.first %}{{ ngay.thu }}, {{ ngay.ngay }}{% else %}↑{% endif %}",
        "{{ buoi.buoi }}\n{{ buoi.gio_bat_dau }} -\n{{ buoi.gio_ket_thuc }}",
        "{%p if nhieu_khoi and buoi.khoi %}\n{{ buoi.khoi }}\n{%p endif %}\n{{ buoi.noi_dung }}\n"
        "{%p if buoi.thay_doi %}\n({{ buoi.thay_doi }})\n{%p endif %}",
        "{{ buoi.bao_cao_vien }}",
        "{{ buoi.dia_diem }}",
    ]
    loops = ["{%tr for ngay in ngay_hoc %}", "{%tr for buoi in ngay.buoi_hoc %}"]
    paper.table(columns, [*loops, row, "{%tr endfor %}", "{%tr endfor %}"])
    paper.paragraph("Học viên có mặt trước giờ học 15 phút để điểm danh, nhận tài liệu./.")
    signed(paper, "Báo cáo viên", "Các cơ quan, đơn vị có người tham dự", "Ban Tổ chức lớp")
    return paper.as_bytes()


def invitation() -> bytes:
    paper = OfficialPaper(title="Giấy mời báo cáo viên")
    paper.paragraph("{%p for moi in giay_moi %}")
    head(paper)
    paper.title("GIẤY MỜI", "Báo cáo viên {{ ten_lop_thuong }}")
    paper.paragraph("{{ co_quan_thuong }} trân trọng kính mời:")
    paper.paragraph(
        "{% if moi.chuc_danh %}{{ moi.chuc_danh }}{% endif %}",
        lead="Ông (Bà) {{ moi.ho_ten }}{% if moi.chuc_danh %},{% endif %}",
    )
    paper.paragraph("Làm báo cáo viên của {{ ten_lop_thuong }}, tổ chức {{ thoi_gian }}, theo lịch như sau:")
    columns = [
        Column("Thời gian", 46, CENTRE),
        Column("Nội dung", 74),
        Column("Địa điểm", 45),
    ]
    row = ["{{ buoi.ngay }}\n{{ buoi.buoi }}\n{{ buoi.gio }}", "{{ buoi.noi_dung }}", "{{ buoi.dia_diem }}"]
    paper.table(columns, ["{%tr for buoi in moi.buoi_hoc %}", row, "{%tr endfor %}"])
    paper.paragraph("{{ doi_tuong }}; khoảng {{ si_so }} người.", lead="Thành phần học viên:")
    paper.paragraph(
        "Đề nghị Ông (Bà) gửi tài liệu, bài trình chiếu cho Ban Tổ chức lớp chậm nhất 03 ngày làm việc trước buổi báo "
        "cáo để in và gửi học viên.",
        lead="Tài liệu:",
    )
    paper.paragraph("{{ lien_he }}.", lead="Liên hệ:")
    paper.paragraph("Rất mong Ông (Bà) nhận lời và tham dự đúng thời gian./.")
    signed(paper, "Như trên", "Ban Tổ chức lớp")
    paper.section_end("not loop.last")
    paper.paragraph("{%p endfor %}")
    return paper.as_bytes()


def door_notice() -> bytes:
    """In letters that are read from a few metres; lying, since hours and halls are long."""
    paper = OfficialPaper(title="Thông báo trước cửa hội trường", landscape=True)
    paper.paragraph("{%p for mot in thong_bao %}")
    head(paper, numbered=False)
    for text, size, bold in (
        ("{{ ten_lop }}", 18, True),
        ("{{ mot.tieu_de }}", 36, True),
    ):
        paper.paragraph(text, size=size, bold=bold, align=CENTRE)
    paper.paragraph("{%p if mot.da_hoan %}")
    paper.paragraph("{{ mot.buoi }}, {{ mot.gio }}", size=28, align=CENTRE)
    paper.paragraph("Thời gian học lại sẽ được thông báo sau.", size=28, align=CENTRE)
    paper.paragraph("{%p else %}")
    paper.paragraph("{{ mot.gio }}", size=48, bold=True, align=CENTRE)
    paper.paragraph("{{ mot.buoi }}", size=28, align=CENTRE)
    paper.paragraph("{{ mot.dia_diem }}", size=40, bold=True, align=CENTRE)
    paper.paragraph("{%p endif %}")
    paper.paragraph("{%p if mot.ly_do %}")
    paper.paragraph("Lý do: {{ mot.ly_do }}", size=16, italic=True, align=CENTRE)
    paper.paragraph("{%p endif %}")
    paper.section_end("not loop.last")
    paper.paragraph("{%p endfor %}")
    return paper.as_bytes()
