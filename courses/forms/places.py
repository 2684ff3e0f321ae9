"""Who is to sit where."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Place
from courses.reports.places import PlaceOfClass, Seating

UNNAMED = "none"


class PlacesForm(forms.Form):
    """One place for whole offices and people; both are ids as text, of those that the page shows."""

    place = forms.ChoiceField(
        label=_("Place"), widget=forms.RadioSelect, error_messages={"required": _("Please choose the place.")}
    )
    office = forms.MultipleChoiceField(required=False)
    person = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, seating: Seating, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = {str(one.place.pk): one.place for one in seating.places}
        self.fields["place"].choices = [
            *((str(one.place.pk), name_of(one)) for one in seating.places),
            (UNNAMED, _("None named: the first place of each half-day")),
        ]
        self.fields["office"].choices = [(str(one.office.pk), "") for one in seating.offices]
        self.fields["person"].choices = [
            (str(registration.pk), "") for one in seating.offices for registration, _at in one.people
        ]
        for name in ("office", "person"):
            self.fields[name].error_messages["invalid_choice"] = _(
                "Somebody who was chosen is not on the list of the class any more. Please look again."
            )

    def chosen_place(self) -> Place | None:
        return self.places.get(self.cleaned_data["place"])

    def chosen(self, name: str) -> list[int]:
        return [int(pk) for pk in self.cleaned_data[name]]


def name_of(one: PlaceOfClass) -> str:
    """A hall by its name; a remote site says so; a link is told by its address."""
    place = one.place
    if place.venue is None:
        return f"{place.get_kind_display()}: {place.link}"
    if place.kind == "hall":
        return place.venue.name
    return f"{place.venue.name} ({place.get_kind_display()})"
