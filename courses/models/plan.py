"""The plan: classes, their blocks and topics, half-days, halls, speakers."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import CourseKind, CourseState, HalfDay, PlaceKind, SessionState
from courses.models.offices import Office
from courses.models.people import Responsibility
from courses.models.records import File
from courses.querysets.offices import KeptByHostQuerySet, OwnedByOfficeQuerySet
from courses.querysets.plan import (
    CourseQuerySet,
    PartOfCourseQuerySet,
    SessionPartQuerySet,
    SessionQuerySet,
    TopicQuerySet,
)


class Index(models.Model):
    """A yearly index that a class is meant to raise: PAR INDEX, PCI, PAPI, SIPAS."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    order = models.PositiveIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("index")
        verbose_name_plural = _("indices")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.code


class Course(models.Model):
    """A class: a few days of half-days, held by one host office for officials of many."""

    code = models.SlugField(_("code"), max_length=40, unique=True, help_text=_("Stands in the address of its page."))
    kind = models.CharField(_("kind"), max_length=20, choices=CourseKind, default=CourseKind.TRAINING)
    title = models.CharField(_("title"), max_length=300)
    host_office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="courses", verbose_name=_("host office")
    )
    summary = models.TextField(_("what it is about"), blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    capacity = models.PositiveIntegerField(_("size of the class"), null=True, blank=True)
    registration_deadline = models.DateField(_("deadline for lists"), null=True, blank=True)
    audience = models.TextField(_("audience"), blank=True)
    indices = models.ManyToManyField(
        Index, blank=True, related_name="courses", verbose_name=_("indices it is meant to raise")
    )
    contact = models.CharField(_("who to ask"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=CourseState, default=CourseState.DRAFT, editable=False)
    list_final_at = models.DateTimeField(_("list final since"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")),
                name="course_starts_before_it_ends",
                violation_error_message=_("The last day must not lie before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("courses:course", args=[self.code])

    @property
    def is_open_to_change(self) -> bool:
        """Concluding locks seats, agenda and rule."""
        return self.state in (CourseState.DRAFT, CourseState.PUBLISHED, CourseState.RUNNING)


class PlannedClass(models.Model):
    """A line of a host's yearly plan (kế hoạch đào tạo, bồi dưỡng năm): what was meant to be held, and the class that
    came of it. `put_off` says why it was put off; what became of it is derived (`courses.reports.year_plan`)."""

    host = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("host office"))
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=CourseKind, default=CourseKind.TRAINING)
    month = models.PositiveSmallIntegerField(
        _("month"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    people = models.PositiveIntegerField(_("people planned"), null=True, blank=True)
    audience = models.CharField(_("audience"), max_length=300, blank=True)
    course = models.OneToOneField(
        Course, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("class")
    )
    put_off = models.CharField(
        _("put off"), max_length=300, blank=True, help_text=_("Why, and until when. Empty: it stands.")
    )
    order = models.PositiveIntegerField(_("order"), default=100)

    objects = KeptByHostQuerySet.as_manager()

    class Meta:
        verbose_name = _("class of the yearly plan")
        verbose_name_plural = _("yearly plan")
        ordering = ["-year", "host__order", "order", "month", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__isnull=True) | Q(month__gte=1, month__lte=12), name="planned_month_is_of_a_year"
            ),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="planned_year_is_of_our_time"),
        ]

    def __str__(self) -> str:
        return self.title


class Block(models.Model):
    """A block of topics (khối nội dung) with the fields of responsibility that it is for."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="blocks", verbose_name=_("class"))
    code = models.CharField(_("letter"), max_length=10)
    title = models.CharField(_("title"), max_length=300)
    order = models.PositiveIntegerField(_("order"), default=1)
    audience = models.ManyToManyField(
        Responsibility,
        blank=True,
        related_name="blocks",
        verbose_name=_("for those in charge of"),
        help_text=_("Nobody named: the block is for everybody."),
    )

    objects = PartOfCourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        ordering = ["course", "order", "code"]
        constraints = [models.UniqueConstraint(fields=["course", "code"], name="block_letter_once_in_a_course")]

    def __str__(self) -> str:
        return f"{self.code}. {self.title}"


class Topic(models.Model):
    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="topics", verbose_name=_("block"))
    title = models.CharField(_("title"), max_length=400)
    order = models.PositiveIntegerField(_("order"), default=1)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["block__order", "order", "pk"]

    def __str__(self) -> str:
        return self.title


class Speaker(models.Model):
    """A speaker as the host office keeps them."""

    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="speakers", verbose_name=_("kept by the office")
    )
    full_name = models.CharField(_("full name"), max_length=150)
    title = models.CharField(_("position and office"), max_length=300, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)

    objects = OwnedByOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["full_name", "pk"]

    def __str__(self) -> str:
        return self.full_name


class Venue(models.Model):
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="venues", verbose_name=_("kept by the office")
    )
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    directions = models.TextField(_("how to get there"), blank=True)
    capacity = models.PositiveIntegerField(_("seats in the hall"), null=True, blank=True)

    objects = OwnedByOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Material(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="materials", verbose_name=_("class"))
    title = models.CharField(_("title"), max_length=200)
    file = models.ForeignKey(
        File, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    link = models.URLField(_("link"), blank=True)
    order = models.PositiveIntegerField(_("order"), default=1)

    objects = PartOfCourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["course", "order", "pk"]

    def __str__(self) -> str:
        return self.title


class Session(models.Model):
    """A half-day (buổi học). Times are aware; `date` and `half` are what people call it by."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("class"))
    date = models.DateField(_("day"))
    half = models.CharField(_("half-day"), max_length=10, choices=HalfDay)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    periods = models.PositiveSmallIntegerField(_("periods"), default=4, validators=[MinValueValidator(1)])
    grace_minutes = models.PositiveSmallIntegerField(_("minutes until late"), default=15)
    required = models.BooleanField(_("must be attended"), default=True)
    state = models.CharField(
        _("state"), max_length=20, choices=SessionState, default=SessionState.PLANNED, editable=False
    )
    blocks = models.ManyToManyField(
        Block,
        blank=True,
        related_name="sessions",
        verbose_name=_("blocks it serves"),
        help_text=_("None named: it serves all."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    #: Rises with each change that people must hear of; the SEQUENCE of calendar feeds.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("half-day")
        verbose_name_plural = _("half-days")
        ordering = ["course", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="session_starts_before_it_ends",
                violation_error_message=_("A half-day must end after it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(state=SessionState.CANCELLED) | Q(required=False),
                name="cancelled_session_is_never_required",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_half_display()} {self.date:%d/%m/%Y}"

    def overlaps(self, other: "Session") -> bool:
        """At the same time for a while; one that begins when the other ends does not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class SessionTopic(models.Model):
    """A topic in its place in a half-day, with who speaks."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="agenda", verbose_name=_("half-day"))
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="agenda", verbose_name=_("topic"))
    speaker = models.ForeignKey(
        Speaker, on_delete=models.PROTECT, null=True, blank=True, related_name="agenda", verbose_name=_("speaker")
    )
    order = models.PositiveIntegerField(_("order"), default=1)

    objects = SessionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic of the half-day")
        verbose_name_plural = _("topics of the half-day")
        ordering = ["session", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "topic"], name="topic_once_in_a_session")]

    def __str__(self) -> str:
        return str(self.topic)


class Place(models.Model):
    """Where a half-day is held: a hall, a remote site (điểm cầu) or a link; one or more."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="places", verbose_name=_("half-day"))
    kind = models.CharField(_("kind"), max_length=10, choices=PlaceKind, default=PlaceKind.HALL)
    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("venue")
    )
    link = models.URLField(_("link"), blank=True)
    order = models.PositiveIntegerField(_("order"), default=1)

    objects = SessionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["session", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(venue__isnull=False) | ~Q(link=""),
                name="place_is_a_venue_or_a_link",
                violation_error_message=_("Choose a venue or give a link."),
            )
        ]

    def __str__(self) -> str:
        return self.venue.name if self.venue else self.get_kind_display()

    @property
    def key(self) -> tuple[str, int | None, str]:
        """The same hall, site or link in every half-day."""
        return self.kind, self.venue_id, self.link
