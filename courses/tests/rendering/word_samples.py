"""Word files that use what officials' papers use, built by python-docx: what a PDF of them must show."""

import io
import re
import struct
import zlib

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Mm, Pt

from courses.rendering.official import CENTRE, Column, OfficialPaper

SENTENCE = "Căn cứ kế hoạch mẫu về bồi dưỡng cán bộ, công chức và đội ngũ đại biểu của xã Mẫu trong năm nay. "


def xml(text):
    return parse_xml(re.sub(r"^<[\w:]+", lambda tag: f"{tag[0]} {nsdecls('w')}", text))


def png(width, height):
    """A grey picture."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def new(size=13, after=6, line=1.0):
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(size)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(after), line
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    return document


def as_bytes(document):
    if isinstance(document, OfficialPaper):
        return document.as_bytes()
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def field(paragraph, words):
    for kind in ("begin", None, "separate", "end"):
        run = paragraph.add_run()
        if kind:
            run._r.append(xml(f'<w:fldChar w:fldCharType="{kind}"/>'))
        else:
            run._r.append(xml(f'<w:instrText xml:space="preserve"> {words} </w:instrText>'))
        if kind == "separate":
            paragraph.add_run("7")


def bordered(paragraph, **sides):
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="1" w:color="auto"/>' for side, size in sides.items()
    )
    paragraph._p.get_or_add_pPr().insert_element_before(
        xml(f"<w:pBdr>{lines}</w:pBdr>"), "w:shd", "w:tabs", "w:spacing"
    )


def letter():
    """A letter: heading block of two columns with rules, title, justified text, lists, the signing block."""
    document = new()
    table = document.add_table(1, 2)
    for cell, lines in zip(
        table.rows[0].cells,
        (("UBND TỈNH MẪU", "SỞ NỘI VỤ MẪU"), ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")),
        strict=True,
    ):
        cell.paragraphs[0].text = lines[0]
        cell.add_paragraph().add_run(lines[1]).bold = True
        for paragraph in cell.paragraphs:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_after = Pt(0)
        rule = cell.add_paragraph()
        rule.paragraph_format.left_indent = rule.paragraph_format.right_indent = Mm(22)
        rule.paragraph_format.line_spacing = Pt(4)
        bordered(rule, top=6)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = Pt(18)
    run = title.add_run("Về việc mở lớp bồi dưỡng mẫu")
    run.bold, run.font.size = True, Pt(14)
    for number in range(14):
        paragraph = document.add_paragraph(SENTENCE * 3)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        form = paragraph.paragraph_format
        form.first_line_indent = Cm(1.27)
        form.line_spacing = [1.0, 1.15, 1.5, Pt(18)][number % 4]
        form.space_before, form.space_after = Pt(number % 3 * 4), Pt(number % 2 * 6)
    least = document.add_paragraph(SENTENCE * 2)
    least.paragraph_format.line_spacing = Pt(20)
    least.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    for style in ("List Number", "List Number", "List Bullet", "List Bullet", "List Number 2"):
        document.add_paragraph("Một mục của danh sách mẫu", style=style)
    mixed = document.add_paragraph("Chữ thường, ")
    for name in ("bold", "italic", "underline"):
        setattr(mixed.add_run(f"chữ {name}, "), name, True)
    mixed.add_run("chữ hoa, ").font.all_caps = True
    mixed.add_run("a")
    mixed.add_run("2").font.superscript = True
    mixed.add_run("b")
    mixed.add_run("3").font.subscript = True
    mixed.add_run(" lớn").font.size = Pt(18)
    mixed.add_run().add_break()
    mixed.add_run("dòng sau")
    return document


def tabs():
    document = new()
    for stop, leader, text in (
        (WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.SPACES, "Họ và tên:\tNguyễn Văn Mẫu"),
        (WD_TAB_ALIGNMENT.CENTER, WD_TAB_LEADER.SPACES, "Trái\tGiữa dòng\tsau"),
        (WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS, "Mục lục\t12"),
        (WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS, "Họ và tên:\t"),
    ):
        paragraph = document.add_paragraph(text)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(8 if stop != WD_TAB_ALIGNMENT.RIGHT else 16), stop, leader)
    document.add_paragraph("Mặc\tđịnh\tcủa\tWord")
    hanging = document.add_paragraph("a)\t" + SENTENCE * 2)
    hanging.paragraph_format.left_indent, hanging.paragraph_format.first_line_indent = Cm(1.5), Cm(-1)
    two = document.add_paragraph("Một:\t1\nHai ba bốn:\t2")
    two.paragraph_format.left_indent = Cm(1)
    two.paragraph_format.tab_stops.add_tab_stop(Cm(6))
    return document


def sections():
    """Pages numbered on top from the second one on; an appendix that lies across and begins again at 1."""
    document = new()
    document.sections[0].different_first_page_header_footer = True
    head = document.sections[0].header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field(head, "PAGE")
    for number in range(60):
        document.add_paragraph(f"Đoạn văn mẫu số {number}")
    document.add_paragraph("trước").add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("sau chỗ sang trang")
    new_page = document.add_paragraph("trang mới")
    new_page.paragraph_format.page_break_before = True
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.different_first_page_header_footer = False
    section._sectPr.append(xml('<w:pgNumType w:start="1"/>'))
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    foot = section.footer.paragraphs[0]
    for text, words in (("Trang ", "PAGE"), (" / ", "NUMPAGES")):
        foot.add_run(text)
        field(foot, words)
    for number in range(40):
        document.add_paragraph(f"Phụ lục dòng {number}")
    return document


def lists():
    """A list of many pages: repeated head of two rows, merged cells, heights, a nested table."""
    document = new(12, 0)
    table = document.add_table(2, 5, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    head, second = table.rows
    head.cells[2].merge(head.cells[3]).text = "Ngày sinh"
    second.cells[2].text, second.cells[3].text = "Nam", "Nữ"
    for column, text in ((0, "STT"), (1, "Họ và tên"), (4, "Ghi chú")):
        head.cells[column].merge(second.cells[column]).text = text
    for row in (head, second):
        row._tr.get_or_add_trPr().append(xml("<w:tblHeader/>"))
        for cell in row.cells:
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    widths = [Mm(12), Mm(50), Mm(26), Mm(26), Mm(45)]
    for number in range(1, 61):
        row = table.add_row()
        row._tr.get_or_add_trPr().append(xml("<w:cantSplit/>"))
        texts = (str(number), f"Nguyễn Văn Mẫu {number}", "01/02/1980", "", "Ghi chú dài hơn một dòng " * (number % 3))
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
        if number % 10 == 0:
            row.height = Pt(40)
            row.cells[1].vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        if number % 15 == 0:
            row.height, row.height_rule = Pt(36), WD_ROW_HEIGHT_RULE.EXACTLY
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table._tbl.tr_lst:
        for cell in row.tc_lst:
            cell.width = sum(widths[cell.grid_offset : cell.grid_offset + cell.grid_span])
    table.cell(5, 2).text = "can.bo.mau.xa.so.mot@mau.example.vn"
    document.add_paragraph("Sau bảng")
    outer = document.add_table(1, 2, style="Table Grid")
    outer.cell(0, 0).text = "Ngoài"
    inner = outer.cell(0, 1).add_table(2, 2)
    inner.style = document.styles["Table Grid"]
    for index, cell in enumerate(inner._cells):
        cell.text = f"trong {index}"
    outer.cell(0, 1).add_paragraph("cuối")
    return document


def pictures():
    document = new()
    document.add_paragraph("Trước hình")
    document.add_picture(png(60, 60), width=Mm(40))
    paragraph = document.add_paragraph("Trong dòng ")
    paragraph.add_run().add_picture(png(60, 60), width=Mm(20), height=Mm(10))
    paragraph.add_run(" sau hình")
    for inline in document.element.iter(qn("wp:inline")):
        inline.set("distL", "0")  # LibreOffice keeps a distance from pictures that say nothing
        inline.set("distR", "0")
    link = xml('<w:hyperlink w:anchor="x"><w:r><w:t>đường dẫn</w:t></w:r></w:hyperlink>')
    document.add_paragraph("Xem ")._p.append(link)
    return document


def inherited():
    """Styles upon styles, toggles, spaces that add up, tables as Word 2013 places them, a header above its margin."""
    document = new(13, 8, 1.15)
    compat = document.settings.element.find(qn("w:compat"))
    compat.insert(0, xml("<w:doNotUseHTMLParagraphAutoSpacing/>"))
    compat.find(qn("w:compatSetting")).set(qn("w:val"), "15")
    base = document.styles.add_style("Goc", 1)
    base.font.italic, base.font.size = True, Pt(15)
    base.paragraph_format.alignment, base.paragraph_format.space_before = WD_ALIGN_PARAGRAPH.RIGHT, Pt(10)
    child = document.styles.add_style("Con", 1)
    child.base_style = base
    child.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    strong = document.styles.add_style("Dam", 2)
    strong.font.bold = True
    for style in ("Goc", "Con", "Con"):
        document.add_paragraph("Kiểu ", style=style).add_run("đậm đổi lại", style="Dam")
    document.add_paragraph("Hai đoạn").paragraph_format.space_before = Pt(12)
    document.add_paragraph("cách nhau").paragraph_format.space_before = Pt(12)
    for number in range(6):
        close = document.add_paragraph(f"- Mục sát nhau {number}", style="List Paragraph")
        close.paragraph_format.keep_with_next = True
        close._p.get_or_add_pPr().append(xml("<w:contextualSpacing/>"))
    for number in range(6):
        ruled = document.add_paragraph(f"Có kẻ {number}")
        bordered(ruled, top=8, bottom=8)
    table = document.add_table(3, 3)
    for index, cell in enumerate(table._cells):
        cell.text = f"ô {index}"
        if index % 2:
            cell._tc.get_or_add_tcPr().append(
                xml('<w:tcBorders><w:top w:val="single" w:sz="24"/><w:bottom w:val="single" w:sz="24"/></w:tcBorders>')
            )
    table._tbl.tblPr.append(xml('<w:tblInd w:w="567" w:type="dxa"/>'))
    table._tbl.tblPr.append(
        xml('<w:tblCellMar><w:top w:w="113" w:type="dxa"/><w:left w:w="200" w:type="dxa"/></w:tblCellMar>')
    )
    half = document.add_table(2, 2, style="Table Grid")
    half.alignment = WD_TABLE_ALIGNMENT.RIGHT
    for index, cell in enumerate(half._cells):
        cell.text, cell.width = f"phải {index}", Mm(30)
    for column in half.columns:
        column.width = Mm(30)
    for number in range(4):
        document.add_paragraph(SENTENCE * 4).paragraph_format.keep_together = bool(number % 2)
        document.add_paragraph(SENTENCE).paragraph_format.keep_with_next = True
    header = document.sections[0].header
    header.paragraphs[0].text = "Cơ quan\tGiữa\tPhải"
    for number in range(4):
        header.add_paragraph(f"đầu trang {number}")
    changed = document.add_paragraph("Còn lại ")
    changed._p.append(xml('<w:ins w:id="1" w:author="x"><w:r><w:t xml:space="preserve">thêm vào </w:t></w:r></w:ins>'))
    changed._p.append(xml("<w:sdt><w:sdtContent><w:r><w:t>trong khung</w:t></w:r></w:sdtContent></w:sdt>"))
    return document


def outlines():
    """Numbers of several levels with letters and Roman numbers, begun anew."""
    document = new(13, 3)
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{720 * (level + 1)}" w:hanging="{hanging}"/></w:pPr></w:lvl>'
        for level, (form, text, hanging) in enumerate(
            [("upperRoman", "%1.", 500), ("decimal", "%1.%2.", 700), ("lowerLetter", "%3)", 360), ("bullet", "-", 360)]
        )
    )
    abstract = xml(
        f'<w:abstractNum w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )
    numbering.insert(0, abstract)
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/></w:lvlOverride>'
    for number, more in ((90, ""), (91, again)):
        numbering.append(xml(f'<w:num w:numId="{number}"><w:abstractNumId w:val="90"/>{more}</w:num>'))
    for number, level in (
        (90, 0),
        (90, 1),
        (90, 1),
        (90, 2),
        (90, 2),
        (90, 3),
        (90, 0),
        (90, 1),
        (91, 0),
        (91, 0),
        (91, 1),
    ):
        paragraph = document.add_paragraph(SENTENCE * (1 + level % 2))
        paragraph._p.get_or_add_pPr().append(
            xml(f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
        )
    return document


def official():
    """What our own builder makes: all parts of an official paper, with an appendix that lies across."""
    made = OfficialPaper(title="Kế hoạch mẫu", author="Sở Nội vụ mẫu")
    made.head(
        superior="UBND TỈNH MẪU",
        body="SỞ NỘI VỤ MẪU",
        number="Số: 12/KH-SNV",
        place_and_date="Mẫu, ngày 05 tháng 6 năm 2026",
        about="V/v cử công chức tham dự lớp bồi dưỡng mẫu",
    )
    made.title("KẾ HOẠCH", "Mở lớp bồi dưỡng mẫu cho đại biểu")
    made.to("Ủy ban nhân dân xã Mẫu", "Trường Chính trị mẫu")
    made.bases("Căn cứ Luật mẫu số 1", "Căn cứ Nghị định mẫu số 2 về đào tạo, bồi dưỡng cán bộ, công chức")
    made.heading("QUYẾT ĐỊNH:", align=CENTRE)
    for number in range(1, 9):
        made.heading(f"{number}. Mục đích", level=2)
        made.paragraph(SENTENCE * 4, lead=f"Điều {number}.")
    columns = [Column("STT", 12, CENTRE), Column("Họ và tên", 60), Column("Ghi chú", 40)]
    made.table(columns, [(str(number), f"Nguyễn Văn Mẫu {number}", "") for number in range(1, 31)])
    made.signing(
        powers="TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH",
        name="Nguyễn Văn Mẫu",
        recipients=["- Như trên;", "- Lưu: VT."],
    )
    made.appendix("Phụ lục I", "DANH SÁCH MẪU", "(Kèm theo Kế hoạch số 12/KH-SNV)", landscape=True)
    made.table(columns, [(str(number), f"Trần Thị Mẫu {number}", "x") for number in range(1, 51)], least_height=9)
    made.signing(powers="GIÁM ĐỐC", name="Trần Văn Mẫu", left="NGƯỜI LẬP BIỂU")
    return made


PAPERS = {
    "official": official,
    "inherited": inherited,
    "outlines": outlines,
    "letter": letter,
    "tabs": tabs,
    "sections": sections,
    "lists": lists,
    "pictures": pictures,
}
