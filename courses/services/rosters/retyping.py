"""A row of a roster put right by a person: the words typed are read as cells of the file are read. Nothing is asked
of the database."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from courses.constants.choices import GENDERS
from courses.constants.names import clean_text
from courses.constants.printing import unprintable
from courses.readers import header, sentences
from courses.readers.fields import birth_of, citizen_of, email_of, gender_of, name_of, phone_of, words_of
from courses.services.rosters.offices import MatchedRow
from courses.services.rosters.rows import CELLS, OpenedRow

#: Columns of a file that say a field, in the order in which their texts stand together.
_COLUMNS = {
    "full_name": (header.NAME, header.FAMILY, header.GIVEN),
    "gender": (header.GENDER,),
    "birth": (header.BIRTH, header.BIRTH_MALE, header.BIRTH_FEMALE),
    "position": (header.POSITION,),
    "phone": (header.PHONE,),
    "email": (header.EMAIL,),
    "citizen_id": (header.CITIZEN,),
}


def retyped(read: MatchedRow, typed: Mapping[str, str], on: dt.date) -> MatchedRow:
    """The row with the words that were typed for its cells; what cannot be read is a problem, as in a file.

    `on` is the day that ages are reckoned on.
    """
    words = {name: clean_text(typed.get(name, "")) for name in CELLS}
    full_name, behind, wrong_name = name_of([words["full_name"]])
    gender, wrong_gender = gender_of(GENDERS.get(words["gender"], words["gender"]))
    birth, wrong_birth = birth_of(words["birth"], on)
    phone, wrong_phone = phone_of(words["phone"])
    email, wrong_email = email_of(words["email"])
    citizen, wrong_citizen = citizen_of(words["citizen_id"], gender, birth)
    position = words_of(words["position"]) or behind
    wrong_position = "position_unprintable" if position and unprintable(position) else None
    codes = [wrong_name, wrong_birth, wrong_gender, wrong_position, wrong_phone, wrong_email, wrong_citizen]
    problems = tuple(sentences.problem(code, {}) for code in codes if code)
    return replace(
        read,
        full_name=full_name or "",
        gender=gender,
        birth=birth,
        position=position,
        phone=phone,
        email=email,
        citizen_id=citizen,
        problems=problems,
        own_problems=problems,
    )


def cells_of(row: OpenedRow, meanings: header.Meanings = MappingProxyType({})) -> dict[str, str]:
    """The words of each cell to start from: those typed before, else what was read, else what the file says.

    `meanings` are those of `reading.meanings_for`: what people said about titles that say nothing by themselves.
    """
    read = row.read
    told = {name: getattr(read, name) or "" for name in CELLS} | {
        "birth": read.birth.vietnamese() if read.birth else ""
    }
    return {
        name: row.typed[name] if name in row.typed else told[name] or _in_file(read, name, meanings) for name in CELLS
    }


def _in_file(read: MatchedRow, name: str, meanings: header.Meanings) -> str:
    said = {title: header.meaning_of(tuple(title.split(" / ")), meanings) for title in read.raw}
    columns = {field: read.raw[title] for title, field in said.items() if field}
    return " ".join(columns[field] for field in _COLUMNS[name] if field in columns)
