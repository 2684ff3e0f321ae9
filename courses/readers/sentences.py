# ruff: noqa: E501
"""What people are told about a roster, by the code that the stages give."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REFUSALS = {
    "empty": _("The file is empty. Please send the list again."),
    "too_big": _("The file is larger than %(megabytes)s MB. Please send only the list, without pictures."),
    "not_a_table": _("This is not an Excel, Word, OpenDocument or CSV file, whatever its name says. Please open it in the program that made it and save it as .xlsx."),
    "web_page": _("This is a web page under another name. Please open it in Excel and save it as .xlsx."),
    "old_format": _("This kind of file cannot be read. Please open it and save it as .xlsx, or as .docx for a Word file."),
    "damaged": _("The file is damaged or was cut short on its way. Please open it, save it again and send it once more."),
    "password": _("The file is protected by a password. Please remove the password and send it again."),
    "bomb": _("What is packed in this file is far too large for a list of people. Please copy the list into a new file."),
    "far_cell": _("Sheet “%(sheet)s” has a cell far away from the list (%(cell)s). Please copy the list into a new file."),
    "no_table": _("No list of people was found: there is no row with the column title “Họ và tên”."),
    "unknown_header": _("The column titles of this list are not known here. On the next page you can say what each column holds; for this office it is remembered."),
    "no_people": _("The list has its column titles, but no people below them."),
    "too_many": _("There are more than %(most)s people in the file. Please split it."),
    "too_long": _("Reading the file took too long or too much memory, so it was stopped. Please copy the list into a new file."),
    "unexpected": _("The file could not be read. Please copy the list into a new Excel file and send that."),
}  # fmt: skip

PROBLEMS = {
    "name_missing": _("There is no name."),
    "doubtful": _("This line has a name only, and no number as the others have. Is it a person of the list?"),
    "name_odd": _("The name holds digits or signs, or is no name. Please write only the name."),
    "name_unprintable": _("The name holds letters or signs that cannot be printed on papers. Please write it with Vietnamese letters."),
    "position_unprintable": _("The position holds signs that cannot be printed on papers. Please write it with letters, digits and ordinary signs."),
    "birth_impossible": _("There is no such date of birth. Please look at the day, the month and the year again."),
    "birth_unreadable": _("The date of birth cannot be read. Please write day/month/year, month/year or only the year."),
    "birth_far": _("The year of birth cannot be that of somebody at work."),
    "birth_two": _("There are two different dates of birth, one for men and one for women."),
    "gender_unclear": _("The sex cannot be read. Please write Nam or Nữ."),
    "gender_both": _("Both Nam and Nữ are marked."),
    "phone_broken": _("The telephone number is not 0 and nine digits."),
    "email_broken": _("The e-mail address cannot be right."),
    "citizen_broken": _("The citizen number does not have twelve digits."),
    "citizen_old": _("Nine digits are the old identity card. Please write the citizen number with twelve digits, or nothing."),
    "citizen_zeros": _("The citizen number has lost its first zero, and the row does not confirm what it was. Please write all twelve digits."),
    "error": _("In the column “%(field)s” stands an error of Excel instead of a value."),
    "formula": _("In the column “%(field)s” stands a formula instead of a value."),
    "repeat": _("The same person as in row %(row)s."),
    "repeat_elsewhere": _("The same person as in row %(row)s of sheet “%(sheet)s”."),
    "office_missing": _("The office is not stated."),
    "office_unknown": _("There is no office “%(office)s” at the time of the class."),
    "office_ended": _("“%(office)s” had ended by the time of the class; its work lies with: %(names)s."),
    "office_close": _("“%(office)s” is no known office. Is one of these meant: %(names)s?"),
}  # fmt: skip

NOTES = {
    "hidden_rows": _("Sheet “%(sheet)s” has %(count)s hidden rows; they were read too."),
    "numbered_beforehand": _("%(count)s numbered rows without a name at the end of the list were left out."),
    "unread_columns": _("Columns that were not read: %(titles)s."),
    "list_beside": _(
        "A second list stands beside the first; its people were not read. Please put them below the first."
    ),
    "sheet_without_list": _("Sheet “%(sheet)s” has no list of people."),
}

FIELDS = {
    "full_name": _("Full name"),
    "birth": _("Date of birth"),
    "gender": pgettext_lazy("column of a roster", "Sex"),
    "position": _("Position"),
    "office": _("Office"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "citizen_id": _("Citizen number"),
}


#: What a person may say of a column, by the names of `header.MAPPABLE`.
COLUMNS = {
    "full_name": _("Full name"),
    "family": _("Family and middle name"),
    "given": _("Given name"),
    "birth": _("Date of birth"),
    "birth_male": _("Date of birth, of men"),
    "birth_female": _("Date of birth, of women"),
    "birth_day": _("Day of birth"),
    "birth_month": _("Month of birth"),
    "birth_year": _("Year of birth"),
    "gender": pgettext_lazy("column of a roster", "Sex"),
    "male": _("X for men"),
    "female": _("X for women"),
    "position": _("Position"),
    "office": _("Office"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "citizen_id": _("Citizen number"),
    "number": _("Number of the line"),
    "": _("Is not read"),
}


def refusal(code: str, params: Mapping[str, Any]):
    """The sentence, still lazy where it has nothing to fill in."""
    return REFUSALS[code] % params if params else REFUSALS[code]


def problem(code: str, params: Mapping[str, Any]) -> str:
    if "field" in params:
        params = {**params, "field": FIELDS[params["field"]]}
    return str(PROBLEMS[code]) % params


def note(code: str, params: Mapping[str, Any]) -> str:
    return str(NOTES[code]) % params
