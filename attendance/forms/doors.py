"""Opening a door."""

from collections.abc import Collection
from datetime import datetime
from itertools import chain, count

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attendance.reports.doors import Proposed, until_of
from courses.constants.masking import in_the_clear
from courses.models import Session, Venue

MOMENT = "%d/%m/%Y %H:%M"


class DoorForm(forms.Form):
    """`half_days` can be chosen (halls prefetched); `proposed` is what the form begins with; `taken` names of doors
    that are open: a second one at the same hall is proposed with a number, for two that are called alike are one."""

    sessions = forms.MultipleChoiceField(
        label=_("Half-days"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one half-day.")},
    )
    venue = forms.ModelChoiceField(label=_("Hall"), queryset=Venue.objects.none(), required=False, empty_label="–")
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"size": 48}),
        help_text=_("It stands on the helpers' phones and behind each entry. Empty: the name of the hall."),
    )
    until = forms.DateTimeField(
        label=_("Open until"),
        required=False,
        input_formats=[MOMENT, "%H:%M %d/%m/%Y", "%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(format=MOMENT, attrs={"placeholder": "dd/mm/yyyy HH:MM", "autocomplete": "off"}),
        help_text=_("Day and hour, for example 05/06/2026 12:00. Empty: an hour after the last half-day chosen."),
    )

    def __init__(self, *args, half_days: list[Session], proposed: Proposed, taken: Collection[str] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.half_days = {str(session.pk): session for session in half_days}
        self.fields["sessions"].choices = [(pk, str(session)) for pk, session in self.half_days.items()]
        halls = {place.venue_id for session in half_days for place in session.places.all() if place.venue_id}
        self.fields["venue"].queryset = Venue.objects.filter(pk__in=halls).order_by("name", "pk")
        self.initial = {
            "sessions": [str(session.pk) for session in proposed.sessions],
            "venue": proposed.venue,
            "name": _not_taken(door_name(proposed.name), taken) if proposed.name else "",
            "until": proposed.until,
        }

    def clean_name(self) -> str:
        return in_the_clear(self.cleaned_data["name"].strip())

    def chosen(self) -> list[Session]:
        return [self.half_days[pk] for pk in self.cleaned_data["sessions"]]

    def clean(self):
        data = super().clean()
        if "sessions" not in data or "until" not in data or "name" not in data:
            return data
        last = max(self.chosen(), key=lambda session: session.ends_at)
        if data["until"] is None:
            data["until"] = until_of(self.chosen())
        elif data["until"] < last.ends_at:
            sentence = gettext("The door would close before %(half_day)s has ended, at %(end)s.")
            self.add_error("until", sentence % {"half_day": last, "end": in_words(last.ends_at)})
        venue = data.get("venue")
        data["name"] = data["name"] or (door_name(venue.name)[:100] if venue else gettext("Reception desk"))
        return data


def door_name(hall: str) -> str:
    return gettext("Door %(hall)s") % {"hall": hall}


def _not_taken(name: str, taken: Collection[str]) -> str:
    numbered = (f"{name} {number}" for number in count(2))
    return next(one for one in chain([name], numbered) if one not in taken)


def in_words(moment: datetime) -> str:
    return f"{localtime(moment):%H:%M %d/%m/%Y}"
