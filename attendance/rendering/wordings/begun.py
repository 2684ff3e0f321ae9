"""How the papers of a class begin and end."""

from courses.rendering.official import OfficialPaper


def begun(title: str, *, about: str = "", numbered: bool = True) -> OfficialPaper:
    """A paper with its heading; what only goes with another has no number of its own."""
    paper = OfficialPaper(title=title)
    head(paper, about=about, numbered=numbered)
    return paper


def head(paper: OfficialPaper, *, about: str = "", numbered: bool = True) -> None:
    paper.head(
        superior="{%p if co_quan_chu_quan %}\n{{ co_quan_chu_quan }}\n{%p endif %}",
        body="{{ co_quan }}",
        number="Số: {{ so_ky_hieu }}" if numbered else "",
        place_and_date="{{ dia_danh_ngay_thang }}" if numbered else "",
        about=about,
    )


def signed(paper: OfficialPaper, *recipients: str) -> None:
    """`recipients` without the last line, which says who keeps a copy."""
    paper.signing(
        powers="{{ nguoi_ky.quyen_han }}",
        name="{{ nguoi_ky.ho_ten }}",
        recipients=[*(f"- {one};" for one in recipients), "- Lưu: {{ noi_luu }}."],
    )


def seats(paper: OfficialPaper, columns, cells, total: str) -> None:
    """A table of `chi_tieu` with its total, and how people are counted where only blocks have seats."""
    paper.table(columns, ["{%tr for dong in chi_tieu %}", cells, "{%tr endfor %}"])
    paper.paragraph("{%p if chi_theo_khoi %}")
    paper.paragraph(
        "Một người có thể dự nhiều khối nội dung; đơn vị chỉ được giao chỉ tiêu theo khối thì số người tính theo khối "
        "có chỉ tiêu cao nhất.",
        lead="Ghi chú:",
    )
    paper.paragraph("{%p endif %}")
    paper.paragraph(total)
