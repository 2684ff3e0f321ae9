"""What organisers type to plan a class: half-days, materials, seats, copies, people."""

import datetime as dt
from pathlib import PurePath

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTimeWidget
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose, HalfDay
from courses.constants.clock import VIETNAM, YEARS
from courses.constants.media_types import DOCX, PPTX, XLSX
from courses.constants.names import clean_text
from courses.models import Course, Material, Office, Registration, Session
from courses.reports.places import places_of
from courses.services.records import store_file
from courses.services.schedule import USUAL_HOURS, set_times

#: What may be put up as material, with the media type under which it is served; what the browser claims is not asked.
MATERIAL_TYPES = {
    ".pdf": "application/pdf",
    ".docx": DOCX,
    ".xlsx": XLSX,
    ".pptx": PPTX,
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
MATERIAL_MEGABYTES = 20


class SessionForm(forms.ModelForm):
    """A half-day as people say it: the day, from, until. `course` is set by whoever makes the class of the form."""

    course: Course
    begins = forms.TimeField(
        label=capfirst(_("from")),
        widget=AdminTimeWidget,
        help_text=_("Before 12:00 it is the morning, else the afternoon."),
    )
    ends = forms.TimeField(label=capfirst(_("until")), widget=AdminTimeWidget)

    class Meta:
        model = Session
        fields = ["date", "periods", "grace_minutes", "required", "blocks", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["begins"] = self.instance.starts_at.astimezone(VIETNAM).time()
            self.initial["ends"] = self.instance.ends_at.astimezone(VIETNAM).time()
        else:
            self.instance.course = self.course
            begins, ends = USUAL_HOURS[HalfDay.MORNING]
            self.initial = {"date": self.course.starts_on, "begins": begins, "ends": ends, **self.initial}
        if "blocks" in self.fields:
            self.fields["blocks"].queryset = self.instance.course.blocks.all()

    def clean(self):
        data = super().clean()
        date, begins, ends = (data.get(name) for name in ("date", "begins", "ends"))
        if begins and ends and begins >= ends:
            self.add_error("ends", _("A half-day must end after it begins."))
        elif date and begins and ends:
            set_times(self.instance, date=date, begins=begins, ends=ends)
        return data


class MaterialForm(forms.ModelForm):
    upload = forms.FileField(label=capfirst(_("file")), required=False)

    class Meta:
        model = Material
        fields = ["title", "link", "order"]

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        if upload and PurePath(upload.name).suffix.lower() not in MATERIAL_TYPES:
            raise forms.ValidationError(
                _("Material is a PDF, Word, Excel, PowerPoint or OpenDocument file or a picture (JPG, PNG).")
            )
        if upload and upload.size > MATERIAL_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                _("The file is larger than %(limit)d MB. Make it smaller or give a link."),
                params={"limit": MATERIAL_MEGABYTES},
            )
        return upload

    def clean(self):
        data = super().clean()
        if not (data.get("upload") or data.get("link") or self.instance.file_id or self.errors):
            raise forms.ValidationError(_("Choose a file or give a link."))
        return data

    def save(self, commit=True):
        upload = self.cleaned_data.get("upload")
        if upload:
            media_type = MATERIAL_TYPES[PurePath(upload.name).suffix.lower()]
            self.instance.file = store_file(upload.read(), purpose=FilePurpose.MATERIAL, media_type=media_type)
            self.instance.file_name = clean_text(upload.name)[-200:]
        return super().save(commit)


class CopyForm(forms.Form):
    """The code and first day of a class that is planned like another one."""

    code = forms.SlugField(
        label=capfirst(_("code of the new class")),
        max_length=40,
        help_text=_("Letters without marks, digits and hyphens; it stands in the address of the page."),
    )
    starts_on = forms.DateField(label=capfirst(_("first day")), widget=AdminDateWidget)
    host_office = forms.ModelChoiceField(label=capfirst(_("host office")), queryset=Office.objects.none())

    def __init__(self, *args, course: Course, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["host_office"].queryset = Office.objects.planned_by(actor).in_protocol_order()
        self.initial.setdefault("host_office", course.host_office_id)

    def clean_starts_on(self) -> dt.date:
        day = self.cleaned_data["starts_on"]
        if day.year not in YEARS:
            raise forms.ValidationError(_("Please look at the year again."))
        return day


class CourseForm(forms.ModelForm):
    class Meta:
        model = Course
        fields = "__all__"  # the admin names them

    def clean_title(self):
        return clean_text(self.cleaned_data["title"])

    def clean(self):
        data = super().clean()
        first, last, deadline = (data.get(name) for name in ("starts_on", "ends_on", "registration_deadline"))
        for name, day in (("starts_on", first), ("ends_on", last)):
            if day and day.year not in YEARS:
                self.add_error(name, _("Please look at the year again."))
        if first and last and last < first:
            self.add_error("ends_on", _("The last day must not lie before the first."))
        if first and deadline and deadline > first:
            self.add_error("registration_deadline", _("The deadline for lists lies before the first day."))
        return data


class RegistrationForm(forms.ModelForm):
    """Registers one person in `course`, or changes which blocks that person attends."""

    course: Course

    class Meta:
        model = Registration
        fields = ["trainee", "blocks", "place"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.course = self.course
        course = self.instance.course
        if "blocks" in self.fields:
            self.fields["blocks"].queryset = course.blocks.all()
            self.fields["blocks"].help_text = _("None named: those of the person's fields of responsibility, else all.")
        if "place" in self.fields:
            # The hall of each half-day has a row of its own: one of them stands for all.
            shown = {one.place.pk for one in places_of(course)} | {self.instance.place_id}
            self.fields["place"].queryset = self.fields["place"].queryset.filter(session__course=course, pk__in=shown)

    def clean_trainee(self):
        trainee = self.cleaned_data["trainee"]
        if Registration.objects.filter(course=self.instance.course, trainee=trainee).active().exists():
            raise forms.ValidationError(_("%(name)s is already in this class."), params={"name": trainee})
        return trainee
