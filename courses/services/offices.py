"""Writing offices: loading them from a data file, keeping their paths."""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.choices import OfficeKind
from courses.constants.errors import Refusal
from courses.constants.names import nfc, search_key
from courses.models import Office, OfficeAlias, OfficeSuccession
from courses.rules.succession import ring

#: The offices of Vị Thanh and of the units that took over on 1 July 2025.
OFFICES_FILE = Path(__file__).resolve().parent.parent / "data" / "offices.csv"
#: Kinds whose code before the hyphen is the official one of the General Statistics Office.
_WITH_OFFICIAL_CODE = (OfficeKind.CITY, OfficeKind.WARD, OfficeKind.COMMUNE)


@transaction.atomic
def load_offices(file: Path = OFFICES_FILE) -> int:
    """Makes or updates the offices of a CSV file by their code; returns how many rows it has.

    Columns: order, code, name, kind, parent, valid_from, valid_to, successor, aliases (parted by |). A successor
    applies from `valid_to`. Offices and spellings that the file does not name are left alone.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [{key: nfc(value).strip() for key, value in row.items()} for row in csv.DictReader(lines)]
    known = {office.code: office for office in Office.objects.select_for_update().order_by("pk")}
    for row in rows:
        official = row["kind"] in _WITH_OFFICIAL_CODE
        known[row["code"]], _made = Office.objects.update_or_create(
            code=row["code"],
            defaults={
                "order": int(row["order"]),
                "name": row["name"],
                "kind": row["kind"],
                "official_code": row["code"].split("-")[0] if official else "",
                "code_system": "GSO" if official else "",
                "valid_from": _day(row["valid_from"]),
                "valid_to": _day(row["valid_to"]),
            },
        )
    for row in rows:
        office = known[row["code"]]
        office.parent = known[row["parent"]] if row["parent"] else None
        office.save(update_fields=["parent"])
        for text in filter(None, row["aliases"].split("|")):
            key = {"key": search_key(text)}
            OfficeAlias.objects.get_or_create(office=office, text=text, taught_by=None, defaults=key)
        if row["successor"]:
            OfficeSuccession.objects.get_or_create(
                old=office, new=known[row["successor"]], defaults={"date": office.valid_to}
            )
    refuse_rings()
    set_paths()
    return len(rows)


@transaction.atomic
def set_paths() -> None:
    """Writes each office's path of ancestors ("/3/17/"); refuses when an office would stand above itself."""
    offices = {office.pk: office for office in Office.objects.select_for_update().order_by("pk")}
    changed = []
    for office in offices.values():
        line, above = [office.pk], office.parent_id
        while above is not None:
            if above in line:
                raise Refusal(_("%(office)s cannot belong to an office below it.") % {"office": office})
            line.append(above)
            above = offices[above].parent_id
        path = "/" + "".join(f"{pk}/" for pk in reversed(line))
        if office.path != path:
            office.path = path
            changed.append(office)
    Office.objects.bulk_update(changed, ["path"])


def refuse_rings() -> None:
    """Refuses when an office would take over from itself by way of others; the caller holds the offices locked."""
    found = ring(OfficeSuccession.objects.order_by("pk").values_list("old_id", "new_id"))
    if found is not None:
        raise Refusal(_("%(office)s cannot take over from itself.") % {"office": Office.objects.get(pk=found)})


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
