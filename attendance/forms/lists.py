"""What is typed and ticked for a list of a class: its columns, its people, who signs, money."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.rendering.list_paper import READY_COLUMNS, SIGNERS, TITLES, said
from attendance.reports.money_lists import Speaking
from attendance.rules.lists import (
    MOST_OWN_COLUMNS,
    MOST_SIGNERS,
    Col,
    Column,
    Grouping,
    ListChoice,
    ListKind,
    Only,
    Order,
    Said,
    Signing,
    Unit,
    Who,
    check_choice,
    placed,
    read_money,
    read_periods,
)
from courses.constants.errors import Refusal
from courses.constants.money_words import with_dots
from courses.constants.names import clean_text
from courses.models import Block, Course, Office

_USUAL = (Col.NUMBER, Col.NAME, Col.BIRTH_YEAR, Col.POSITION, Col.OFFICE)
_OWN = "own"


class NumberField(forms.Field):
    """A number in the ways in which people type it; None when nothing is typed."""

    read: Callable[[str], Any]

    def __init__(self, *, size: int, **kwargs):
        attributes = {"inputmode": "decimal", "size": size, "maxlength": 20, "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)

    def to_python(self, value):
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return type(self).read(text)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from None


class MoneyField(NumberField):
    """Đồng, as a whole number; shown with dots."""

    read = staticmethod(read_money)

    def __init__(self, **kwargs):
        super().__init__(size=12, **kwargs)

    def prepare_value(self, value):
        return with_dots(value) if isinstance(value, int) else value


class PeriodsField(NumberField):
    read = staticmethod(read_periods)

    def __init__(self, **kwargs):
        super().__init__(size=6, **kwargs)


class OfficeField(forms.ModelChoiceField):
    def __init__(self, course: Course):
        offices = Office.objects.filter(registrations__course=course).distinct().in_protocol_order()
        super().__init__(offices, label=_("office"), required=False, empty_label=_("All offices"))


class BlockField(forms.ModelChoiceField):
    def __init__(self, course: Course):
        blocks = Block.objects.filter(course=course).order_by("order", "pk")
        super().__init__(blocks, label=_("block"), required=False, empty_label=_("All blocks"))


@dataclass(frozen=True)
class ColumnRow:
    """A column to be chosen as it is shown: `own` are empty ones with a title to type."""

    key: str
    label: str
    number: int
    taken: bool
    own: bool = False
    title: str = ""


class ChoiceForm(forms.Form):
    """What is chosen for a list of one kind; `choice()` and `only()` say it, of a form without errors."""

    title = forms.CharField(
        label=gettext_lazy("title of the list"), max_length=150, widget=forms.TextInput(attrs={"size": 60})
    )
    subtitle = forms.CharField(
        label=gettext_lazy("line below the title"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=gettext_lazy("Empty: the title of the class."),
    )
    landscape = forms.BooleanField(label=gettext_lazy("across the page (landscape)"), required=False)

    def __init__(self, data=None, *, course: Course, kind: str, choice: ListChoice | None = None, **kwargs):
        self.kind, self.start = kind, choice or usual_choice(kind)
        start = self.start
        initial = {
            "title": start.title,
            "subtitle": start.subtitle,
            "landscape": start.landscape,
            "who": start.who,
            "group": start.group,
            "order": start.order,
            "unit": start.unit,
            "excused": start.excused,
            "rate": start.rate or None,
        }
        for place, one in enumerate(start.signers, 1):
            initial |= {f"signer{place}": one.title, f"signer{place}_name": one.name}
        super().__init__(data, initial=initial, **kwargs)
        for place in range(1, MOST_SIGNERS + 1):
            self.fields[f"signer{place}"] = _line(_("%(place)d. signs as") % {"place": place}, 60)
            self.fields[f"signer{place}_name"] = _line(_("full name"), 100)
        if kind != ListKind.SPEAKERS:
            self._add_people(course)
        if kind != ListKind.PEOPLE:
            label = _("rate of a period (VND)") if kind == ListKind.SPEAKERS else _("rate (VND)")
            self.fields["rate"] = MoneyField(label=label, help_text=_("For example 1.200.000."))
        if kind == ListKind.MONEY:
            self.fields["unit"] = forms.ChoiceField(
                label=_("paid for"),
                choices=Unit.choices,
                help_text=_("A day counts for whoever missed no half-day of it."),
            )
            self.fields["excused"] = forms.BooleanField(
                label=_("excused absence is paid as if present"), required=False
            )

    def _add_people(self, course: Course) -> None:
        if self.kind == ListKind.PEOPLE:
            self.fields["who"] = forms.ChoiceField(label=_("who stands on it"), choices=Who.choices)
        self.fields["office"] = OfficeField(course)
        self.fields["block"] = BlockField(course)
        self.fields["group"] = forms.ChoiceField(label=_("groups"), choices=Grouping.choices)
        self.fields["order"] = forms.ChoiceField(label=_("order"), choices=Order.choices)

    def clean(self):
        data = super().clean()
        if not self.errors:
            try:
                check_choice(self.choice())
            except Refusal as refusal:
                raise forms.ValidationError(refusal.sentence) from None
        return data

    def choice(self) -> ListChoice:
        data = self.cleaned_data
        closed = {name: data[name] for name in ("who", "group", "order", "unit", "excused") if name in data}
        signers = (
            Signing(clean_text(data[f"signer{n}"]), clean_text(data[f"signer{n}_name"]))
            for n in range(1, MOST_SIGNERS + 1)
        )
        return ListChoice(
            kind=self.kind,
            title=clean_text(data["title"]),
            subtitle=clean_text(data["subtitle"]),
            columns=tuple(self._columns()) if self.kind == ListKind.PEOPLE else (),
            signers=tuple(one for one in signers if one.title or one.name),
            landscape=data["landscape"],
            rate=data.get("rate") or 0,
            **closed,
        )

    def only(self) -> Only:
        office, block = self.cleaned_data.get("office"), self.cleaned_data.get("block")
        return Only(office.pk if office else None, block.pk if block else None)

    # Columns

    def _columns(self) -> list[Column]:
        return [Column("" if row.own else row.key, row.title) for row in self.column_rows() if row.taken]

    def column_rows(self) -> list[ColumnRow]:
        """What was taken in its order, then what was not, numbered from 1 as it is shown."""
        rows = self._typed_rows() if self.is_bound else self._first_rows()
        rows.sort(key=lambda row: not row.taken)
        return [ColumnRow(row.key, row.label, n, row.taken, row.own, row.title) for n, row in enumerate(rows, 1)]

    def _first_rows(self) -> list[ColumnRow]:
        own = iter([f"{_OWN}{n}" for n in range(1, MOST_OWN_COLUMNS + 1)])
        rows = []
        for column in self.start.columns:
            key = column.key or next(own, "")
            if key:
                rows.append(_row(key, taken=True, title=column.title))
        there = {row.key for row in rows}
        rest = [key for key in [*Col.values, *own] if key not in there]
        return rows + [_row(key, taken=False) for key in rest]

    def _typed_rows(self) -> list[ColumnRow]:
        known = [*Col.values, *(f"{_OWN}{n}" for n in range(1, MOST_OWN_COLUMNS + 1))]
        shown = [key for key in dict.fromkeys(self.data.getlist("row")) if key in known]
        shown += [key for key in known if key not in shown]
        taken = set(self.data.getlist("take"))
        rows = []
        for key in placed((key, self.data.get(f"place-{key}", "")) for key in shown):
            title = clean_text(self.data.get(f"title-{key}", ""))[:60] if key.startswith(_OWN) else ""
            # An empty column without a title is none.
            rows.append(_row(key, taken=bool(title) if key.startswith(_OWN) else key in taken, title=title))
        return rows

    # What is shown together

    ready_columns = READY_COLUMNS

    @property
    def text_fields(self):
        return self._there("title", "subtitle", "landscape")

    @property
    def people_fields(self):
        return self._there("who", "office", "block", "group", "order")

    @property
    def money_fields(self):
        return self._there("rate", "unit", "excused")

    @property
    def signer_fields(self):
        return [self._there(f"signer{n}", f"signer{n}_name") for n in range(1, MOST_SIGNERS + 1)]

    def _there(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]


class SpeakersForm(forms.Form):
    """Periods and rate of each speaker, where they are not what the class and the list say."""

    def __init__(self, data=None, *, speakers: list[Speaking]):
        super().__init__(data)
        self.speakers = speakers
        for one in speakers:
            self.fields[f"periods-{one.speaker.pk}"] = PeriodsField(required=False, label=_("periods"))
            self.fields[f"rate-{one.speaker.pk}"] = MoneyField(required=False, label=_("rate (VND)"))

    def rows(self):
        """(speaker, periods as shared, field of periods, field of the rate)."""
        for one in self.speakers:
            pk = one.speaker.pk
            yield one, said(one.periods), self[f"periods-{pk}"], self[f"rate-{pk}"]

    def said(self) -> Mapping[int, Said]:
        data = self.cleaned_data
        return {
            one.speaker.pk: Said(data[f"periods-{one.speaker.pk}"], data[f"rate-{one.speaker.pk}"])
            for one in self.speakers
        }


class NameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("name"), max_length=80)


def usual_choice(kind: str) -> ListChoice:
    """What is proposed before anything was chosen."""
    columns = (*map(Column, _USUAL), Column("", READY_COLUMNS[0]))
    return ListChoice(
        kind=kind,
        title=TITLES[ListKind(kind)],
        columns=columns if kind == ListKind.PEOPLE else (),
        signers=SIGNERS[ListKind(kind)],
        landscape=kind == ListKind.SPEAKERS,
    )


def _row(key: str, *, taken: bool, title: str = "") -> ColumnRow:
    own = key.startswith(_OWN)
    return ColumnRow(key, _("Empty column titled") if own else str(Col(key).label), 0, taken, own, title)


def _line(label: str, longest: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False)
