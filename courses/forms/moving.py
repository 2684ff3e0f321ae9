"""What is said on the morning of a class: another hall, a later hour, not today; and why."""

import datetime as dt
from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminDateWidget
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.constants.choices import PlaceKind
from courses.constants.clock import VIETNAM
from courses.models import Place, Session, Venue
from courses.reports.moving import Hall
from courses.services.schedule import Where

HALL, LATER, OFF = "hall", "later", "off"
OTHER, NO_DAY = "other", "none"
#: Minutes by which a half-day is put off with one tap.
DELAYS = (30, 60)
#: Ready reasons of each act; whoever needs another one types it.
REASONS = {
    HALL: (
        gettext_lazy("There is no electricity in the old hall"),
        gettext_lazy("The old hall is needed for another meeting"),
        gettext_lazy("The old hall is too small"),
    ),
    LATER: (
        gettext_lazy("There is no electricity"),
        gettext_lazy("Heavy rain, flooded roads"),
        gettext_lazy("The speaker comes later"),
    ),
    OFF: (
        gettext_lazy("Storm and flooding"),
        gettext_lazy("The speaker is prevented"),
        gettext_lazy("An urgent meeting"),
    ),
}


class MovingForm(forms.Form):
    """Three acts, of which one is chosen; what belongs to the others is not looked at."""

    what = forms.ChoiceField(
        label=capfirst(gettext_lazy("what is otherwise")),
        choices=[
            (HALL, gettext_lazy("Another hall")),
            (LATER, gettext_lazy("Another hour")),
            (OFF, gettext_lazy("Not held as planned")),
        ],
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(label=gettext_lazy("In place of"), required=False, widget=forms.RadioSelect)
    hall = forms.ChoiceField(label=gettext_lazy("Where it is held"), required=False, widget=forms.RadioSelect)
    new_hall = forms.CharField(label=gettext_lazy("Name of the other place"), required=False, max_length=200)
    delay = forms.ChoiceField(label=gettext_lazy("When it begins"), required=False, widget=forms.RadioSelect)
    begins = forms.TimeField(
        label=gettext_lazy("Begins at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=gettext_lazy("Ends at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Left empty: as long as before."),
    )
    day = forms.ChoiceField(label=gettext_lazy("When it is held instead"), required=False, widget=forms.RadioSelect)
    other_day = forms.DateField(label=gettext_lazy("The other day"), required=False, widget=AdminDateWidget)
    day_begins = forms.TimeField(
        label=gettext_lazy("Begins at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    day_ends = forms.TimeField(
        label=gettext_lazy("Ends at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Left empty: the same hours as before."),
    )
    reason = forms.ChoiceField(label=gettext_lazy("Why"), required=False, widget=forms.RadioSelect)
    why = forms.CharField(label=gettext_lazy("Another reason"), required=False, max_length=300)

    def __init__(self, *args, session: Session, halls: Sequence[Hall], days: Sequence[dt.date], **kwargs):
        """`session` with its places prefetched in order."""
        super().__init__(*args, **kwargs)
        self.session = session
        self.places: list[Place] = list(session.places.all())
        self.venues = {str(hall.venue.pk): hall.venue for hall in halls}
        self.days = {day.isoformat(): day for day in days}
        self._choices("place", [(str(place.pk), str(place)) for place in self.places])
        self.initial.setdefault("place", str(self.places[0].pk) if self.places else "")
        self._choices("hall", [*((str(hall.venue.pk), _hall(hall)) for hall in halls), (OTHER, _("Another place"))])
        delays = [(str(minutes), _delay(session, minutes)) for minutes in DELAYS]
        self._choices("delay", [*delays, (OTHER, _("Another hour"))])
        offered = [(iso, capfirst(date_format(day, "l, d/m/Y"))) for iso, day in self.days.items()]
        self._choices("day", [*offered, (OTHER, _("Another day")), (NO_DAY, _("Not known yet: cancelled for now"))])
        self._choices(
            "reason", [(f"{act}-{n}", words) for act, found in REASONS.items() for n, words in enumerate(found)]
        )

    def _choices(self, name: str, choices: list) -> None:
        self.fields[name].choices = choices

    def reasons(self) -> dict[str, list]:
        """The buttons of the ready reasons by act, for the page."""
        found: dict[str, list] = {act: [] for act in REASONS}
        for button in self["reason"].subwidgets:
            found[button.data["value"].split("-")[0]].append(button)
        return found

    def clean(self):
        data = super().clean()
        act = data.get("what")
        if act and not self.errors:
            {HALL: self._clean_hall, LATER: self._clean_hour, OFF: self._clean_day}[act](data)
            data["said"] = data.get("why") or self._ready_reason(act, data.get("reason", ""))
            if not data["said"]:
                self.add_error("reason", _("Please say why, by one of the reasons or in own words."))
        return data

    def _clean_hall(self, data: dict) -> None:
        if data["new_hall"] and data["hall"] in ("", OTHER):
            venue = Venue(name=data["new_hall"])
        elif data["hall"] in self.venues:
            venue = self.venues[data["hall"]]
        else:
            name = "new_hall" if data["hall"] == OTHER else "hall"
            self.add_error(name, _("Please choose where the half-day is held."))
            return
        instead = data["place"] or self.initial["place"]
        where = [Where(place.venue, place.kind, place.link) for place in self.places] or [Where()]
        at = next((n for n, place in enumerate(self.places) if str(place.pk) == instead), 0)
        where[at] = Where(venue, PlaceKind.HALL if where[at].kind == PlaceKind.ONLINE else where[at].kind)
        data["places"] = where

    def _clean_hour(self, data: dict) -> None:
        begins, length = self.session.starts_at.astimezone(VIETNAM), self.session.ends_at - self.session.starts_at
        if data["delay"] in map(str, DELAYS):
            begins += dt.timedelta(minutes=int(data["delay"]))
            self._times(data, begins, begins + length)
        elif data["begins"]:
            begins = begins.replace(hour=data["begins"].hour, minute=data["begins"].minute)
            ends = dt.datetime.combine(begins, data["ends"], tzinfo=VIETNAM) if data["ends"] else begins + length
            self._times(data, begins, ends)
        else:
            name = "begins" if data["delay"] == OTHER else "delay"
            self.add_error(name, _("Please choose when the half-day begins."))

    def _clean_day(self, data: dict) -> None:
        day = self.days.get(data["day"]) or (data["other_day"] if data["day"] in ("", OTHER) else None)
        data["cancelled"] = data["day"] == NO_DAY
        if day:
            begins, ends = (at.astimezone(VIETNAM).time() for at in (self.session.starts_at, self.session.ends_at))
            own_day = day not in self.days.values()
            hours = {"begins": data["day_begins"], "ends": data["day_ends"]} if own_day else {}
            data["times"] = {"date": day, "begins": hours.get("begins") or begins, "ends": hours.get("ends") or ends}
        elif not data["cancelled"]:
            name = "other_day" if data["day"] == OTHER else "day"
            self.add_error(name, _("Please choose the other day, or say that it is not known yet."))

    def _times(self, data: dict, begins: dt.datetime, ends: dt.datetime) -> None:
        if ends.date() != begins.date():
            self.add_error("delay", _("The half-day would end after midnight."))
        data["times"] = {"date": begins.date(), "begins": begins.time(), "ends": ends.time()}

    @staticmethod
    def _ready_reason(act: str, chosen: str) -> str:
        """A reason of another act, which the page does not show, is none. It is kept and told in Vietnamese."""
        of_act, _dash, number = chosen.partition("-")
        with translation.override(settings.LANGUAGE_CODE):
            return str(REASONS[act][int(number)]) if of_act == act else ""


def _hall(hall: Hall) -> str:
    return _("%(hall)s (taken at that time)") % {"hall": hall.venue.name} if hall.is_taken else hall.venue.name


def _delay(session: Session, minutes: int) -> str:
    begins, ends = (
        moment.astimezone(VIETNAM) + dt.timedelta(minutes=minutes) for moment in (session.starts_at, session.ends_at)
    )
    words = _("%(minutes)d minutes later: %(begins)s–%(ends)s")
    return words % {"minutes": minutes, "begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}
