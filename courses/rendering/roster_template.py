"""The Excel that an office fills in: read back, every cell says what was typed.

It is in Vietnamese whatever the organiser's screen speaks, as the office gets it.
"""

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from courses.models import Course, Office
from courses.rendering.cells import put

SHEET = "Danh sách"
#: Where the choices of offices stand: hidden, and no sheet that a list was forgotten in.
CHOICES_SHEET = "Đơn vị để chọn"
#: Column titles with their widths; numbers and dates are text, so that first zeros stay and 05/06 is the fifth of June.
COLUMNS = (
    ("STT", 6), ("Họ và tên", 28), ("Ngày sinh", 14), ("Giới tính", 10), ("Chức vụ", 26), ("Đơn vị công tác", 34),
    ("Số điện thoại", 16), ("Email", 26), ("Số CCCD", 18), ("Ghi chú", 20),
)  # fmt: skip
AS_TEXT = ("Ngày sinh", "Số điện thoại", "Số CCCD")
GUIDE = (
    "Mỗi người một dòng; cột STT có thể để trống. Ngày sinh ghi ngày/tháng/năm, hoặc chỉ ghi năm. "
    "Số CCCD đủ 12 chữ số. Ông/Bà không đổi tên các cột và không gộp ô."
)
HEADER_ROW, ROWS, ROWS_WITH_OFFICE = 6, 500, 60
_THIN = Side(style="thin", color="FFB8B8B8")


def roster_template(course: Course, office: Office | None = None, *, offices: Sequence[str] = ()) -> bytes:
    """An .xlsx for the class and the office, whose name stands in the rows beforehand; without an office its names
    can be chosen from `offices`. Nothing is queried: only columns of the two rows are read."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    _head(sheet, course)
    _body(sheet, office.name if office else None)
    if not office and offices:
        _offer(book, sheet, offices)
    _choices(sheet, "Giới tính", '"Nam,Nữ"', "Xin chọn Nam hoặc Nữ.")
    number = DataValidation(type="textLength", operator="equal", formula1="12", allow_blank=True, errorStyle="warning")
    _explain(number, "Số CCCD có đủ 12 chữ số.")
    _validate(sheet, "Số CCCD", number)
    _prompt(sheet, "Ngày sinh", "Ví dụ: 05/06/1980, 06/1980 hoặc 1980.")
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 3)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _head(sheet: Worksheet, course: Course) -> None:
    days = f"Từ ngày {course.starts_on:%d/%m/%Y} đến ngày {course.ends_on:%d/%m/%Y}"
    heads = (("DANH SÁCH CỬ THAM DỰ", 14, True), (course.title, 12, True), (days, 12, False), (GUIDE, 11, False))
    for row, (text, size, bold) in enumerate(heads, 1):
        cell = sheet.cell(row, 1)
        put(cell, text)
        cell.font = Font(name="Times New Roman", size=size, bold=bold, italic=text is GUIDE)
        cell.alignment = Alignment(horizontal="left" if text is GUIDE else "center", vertical="center", wrap_text=True)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(COLUMNS))
    sheet.row_dimensions[2].height = sheet.row_dimensions[4].height = 34
    for column, (title, width) in enumerate(COLUMNS, 1):
        cell = sheet.cell(HEADER_ROW, column, title)
        cell.font = Font(name="Times New Roman", size=12, bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE3EDF7")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = Border(_THIN, _THIN, _THIN, _THIN)
        sheet.column_dimensions[get_column_letter(column)].width = width


def _body(sheet: Worksheet, office: str | None) -> None:
    font, border = Font(name="Times New Roman", size=12), Border(_THIN, _THIN, _THIN, _THIN)
    for row in range(HEADER_ROW + 1, HEADER_ROW + 1 + ROWS):
        for column, (title, _width) in enumerate(COLUMNS, 1):
            framed = row <= HEADER_ROW + ROWS_WITH_OFFICE
            if not framed and title not in AS_TEXT:
                continue
            cell = sheet.cell(row, column)
            if title in AS_TEXT:
                cell.number_format = "@"
            if framed:
                cell.font, cell.border = font, border
                if title == "Đơn vị công tác" and office:
                    put(cell, office)


def _offer(book: Workbook, sheet: Worksheet, offices: Sequence[str]) -> None:
    choices = book.create_sheet(CHOICES_SHEET)
    choices.sheet_state = "hidden"
    for row, name in enumerate(offices, 1):
        put(choices.cell(row, 1), name)
    _choices(sheet, "Đơn vị công tác", f"'{CHOICES_SHEET}'!$A$1:$A${len(offices)}", "Xin chọn đơn vị trong danh sách.")


def _choices(sheet: Worksheet, title: str, formula: str, said: str) -> None:
    choice = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
    _explain(choice, said)
    _validate(sheet, title, choice)


def _prompt(sheet: Worksheet, title: str, said: str) -> None:
    hint = DataValidation(type="custom", formula1="TRUE", allow_blank=True)
    hint.prompt, hint.showInputMessage = said, True
    _validate(sheet, title, hint)


def _explain(validation: DataValidation, said: str) -> None:
    validation.error = validation.prompt = said
    validation.showErrorMessage = validation.showInputMessage = True


def _validate(sheet: Worksheet, title: str, validation: DataValidation) -> None:
    column = get_column_letter([name for name, _width in COLUMNS].index(title) + 1)
    validation.add(f"{column}{HEADER_ROW + 1}:{column}{HEADER_ROW + ROWS}")
    sheet.add_data_validation(validation)
