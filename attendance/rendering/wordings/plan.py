"""Kế hoạch mở lớp."""

from attendance.rendering.wordings.begun import begun, seats, signed
from courses.rendering.official import CENTRE, Column, OfficialPaper


def plan() -> bytes:
    paper = begun("Kế hoạch mở lớp")
    paper.title("KẾ HOẠCH", "Mở {{ ten_lop_thuong }}")
    paper.paragraph(
        "Thực hiện Kế hoạch số ……/KH-…… ngày …… tháng …… năm {{ nam }} của {{ co_quan_thuong }} về đào tạo, bồi dưỡng "
        "cán bộ, công chức, viên chức năm {{ nam }}, {{ co_quan_thuong }} xây dựng Kế hoạch mở {{ ten_lop_thuong }} "
        "như sau:"
    )
    _purpose(paper)
    _content(paper)
    _people_and_time(paper)
    _tasks(paper)
    signed(paper, "Các cơ quan, đơn vị tại Phụ lục", "Báo cáo viên của lớp")
    _appendix(paper)
    return paper.as_bytes()


def _purpose(paper: OfficialPaper) -> None:
    paper.heading("I. MỤC ĐÍCH, YÊU CẦU")
    paper.heading("1. Mục đích", level=2)
    paper.paragraph("{%p if gioi_thieu %}")
    paper.paragraph("{{ gioi_thieu }}")
    paper.paragraph("{%p else %}")
    paper.paragraph(
        "Trang bị, cập nhật kiến thức và kỹ năng cho cán bộ, công chức, viên chức theo nội dung của lớp; nâng cao chất "
        "lượng tham mưu và hiệu quả thực hiện nhiệm vụ được giao."
    )
    paper.paragraph("{%p endif %}")
    paper.paragraph("{%p if chi_so %}")
    paper.paragraph("Góp phần cải thiện kết quả các chỉ số: {{ chi_so }}.")
    paper.paragraph("{%p endif %}")
    paper.heading("2. Yêu cầu", level=2)
    paper.paragraph("Lớp được tổ chức đúng đối tượng, đúng nội dung và thời gian, thiết thực, hiệu quả, tiết kiệm.")
    paper.paragraph("Học viên tham dự đầy đủ, đúng giờ, chấp hành nội quy của lớp.")


def _content(paper: OfficialPaper) -> None:
    paper.heading("II. NỘI DUNG")
    paper.paragraph("{%p if nhieu_khoi %}")
    paper.paragraph("Lớp gồm {{ so_khoi }} khối nội dung:")
    paper.paragraph("{%p endif %}")
    paper.paragraph("{%p for mot in khoi %}")
    paper.paragraph("{%p if nhieu_khoi %}")
    paper.heading(
        "{{ mot.so }}. Khối {{ mot.ky_hieu }}: {{ mot.ten }}"
        "{% if mot.doi_tuong %} (đối tượng: {{ mot.doi_tuong }}){% endif %}",
        level=2,
    )
    paper.paragraph("{%p endif %}")
    paper.paragraph("{%p for cd in mot.chuyen_de %}")
    paper.paragraph("- {{ cd.ten }}{% if loop.last %}.{% else %};{% endif %}")
    paper.paragraph("{%p endfor %}")
    paper.paragraph("{%p endfor %}")


def _people_and_time(paper: OfficialPaper) -> None:
    paper.heading("III. ĐỐI TƯỢNG, SỐ LƯỢNG")
    paper.paragraph("{{ doi_tuong }}.", lead="1. Đối tượng:")
    paper.paragraph(
        "{{ tong_chi_tieu }} người của {{ so_co_quan }} cơ quan, đơn vị, theo chỉ tiêu tại Phụ lục kèm theo Kế hoạch "
        "này.",
        lead="2. Số lượng:",
    )
    paper.heading("IV. THỜI GIAN, ĐỊA ĐIỂM")
    paper.paragraph(
        "{{ so_ngay }} ngày ({{ so_buoi }} buổi, {{ so_tiet }} tiết), {{ thoi_gian }}.",
        lead="1. Thời gian:",
    )
    paper.paragraph("{{ dia_diem }}.", lead="2. Địa điểm:")
    paper.heading("V. BÁO CÁO VIÊN")
    paper.paragraph("{%p if bao_cao_vien %}")
    paper.paragraph("{%p for nguoi in bao_cao_vien %}")
    paper.paragraph(
        "- {{ nguoi.ho_ten }}{% if nguoi.chuc_danh %}, {{ nguoi.chuc_danh }}{% endif %}"
        "{% if loop.last %}.{% else %};{% endif %}"
    )
    paper.paragraph("{%p endfor %}")
    paper.paragraph("{%p else %}")
    paper.paragraph("……")
    paper.paragraph("{%p endif %}")
    paper.heading("VI. KINH PHÍ")
    paper.paragraph(
        "Kinh phí tổ chức lớp là ………… đồng (bằng chữ: …………), sử dụng từ nguồn kinh phí đào tạo, bồi dưỡng năm "
        "{{ nam }}."
    )


def _tasks(paper: OfficialPaper) -> None:
    paper.heading("VII. TỔ CHỨC THỰC HIỆN")
    paper.paragraph(
        "Tham mưu tổ chức lớp theo Kế hoạch này; mời báo cáo viên; chuẩn bị hội trường, tài liệu; theo dõi, điểm danh "
        "học viên; tổng hợp, báo cáo kết quả sau khi lớp kết thúc.",
        lead="1. Ban Tổ chức lớp:",
    )
    paper.paragraph(
        "Cử người tham dự đúng đối tượng, đủ chỉ tiêu; gửi danh sách trước {{ han_dang_ky }}; bố trí công việc để "
        "người được cử tham dự đầy đủ các buổi học.",
        lead="2. Các cơ quan, đơn vị cử người tham dự:",
    )
    paper.paragraph(
        "Chuẩn bị nội dung theo chuyên đề được phân công và gửi tài liệu cho Ban Tổ chức lớp trước khi lớp bắt đầu.",
        lead="3. Báo cáo viên:",
    )
    paper.paragraph(
        "Trên đây là Kế hoạch mở {{ ten_lop_thuong }}. Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, đề nghị "
        "các cơ quan, đơn vị phản ánh (liên hệ: {{ lien_he }}) để kịp thời giải quyết./."
    )


def _appendix(paper: OfficialPaper) -> None:
    paper.appendix(
        "Phụ lục",
        "PHÂN BỔ CHỈ TIÊU THAM DỰ LỚP",
        "(Kèm theo Kế hoạch số {{ so_ky_hieu }} {{ ngay_thang }}\ncủa {{ co_quan_thuong }})",
    )
    columns = [
        Column("STT", 12, CENTRE), Column("Cơ quan, đơn vị", 85), Column("Số người", 22, CENTRE), Column("Ghi chú", 46)
    ]  # fmt: skip
    cells = ["{{ dong.stt }}", "{{ dong.ten }}", "{{ dong.so_luong }}", "{{ dong.theo_khoi }}"]
    seats(paper, columns, cells, "Tổng số: {{ tong_chi_tieu }} người của {{ so_co_quan }} cơ quan, đơn vị./.")
