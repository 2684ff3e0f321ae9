"""Telling the people of a class: what waits, the texts and who gets them, what became of each message."""

from collections import Counter
from uuid import uuid4

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from attendance.forms.marks import read_submission
from attendance.reports.telling import due_in
from attendance.services.telling import seen_as, tell_people
from courses.constants.choices import Channel, MessageState, Occasion
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.constants.telling import OF_PEOPLE
from courses.forms.telling import WordsForm
from courses.models import Message, Registration
from courses.reports.moving import handed_to_group
from courses.reports.outbox import counts_of, messages_of, to_tell_in
from courses.reports.telling import digests_of, dues_of, group_text, without, words_of
from courses.rules.permissions import may_hand_out_link
from courses.services.messages import (
    drop_message,
    send_again,
    send_failed_again,
    take_back_told,
    tell_by_hand,
    tell_instead,
)
from courses.services.records import log_action
from courses.services.sending import page_of_class, person_of, text_of
from courses.tasks.sending import approved

A_PAGE = 100
ACTS = {"again": send_again, "instead": tell_instead, "drop": drop_message, "not told": take_back_told}


class TellingPages:
    """For the admin of a class's results. Organisers only; nothing leaves before texts and people were seen."""

    def telling_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_courseresult_"
        pages = {
            "tell": require_safe(self.tell),
            "tell/preview": require_POST(self.tell_preview),
            "tell/approve": require_POST(self.tell_approve),
            "tell/by-hand": require_safe(self.tell_by_hand),
            "tell/by-hand/texts": reauthentication_required(require_POST(self.tell_texts)),
            "tell/by-hand/told": require_POST(self.tell_told),
            "messages": require_safe(self.messages),
            "messages/act": require_POST(self.message_act),
            "messages/again": require_POST(self.messages_again),
        }
        return [
            path(f"<path:object_id>/{part}", wrap(view), name=f"{name}{view.__name__}") for part, view in pages.items()
        ]

    def tell(self, request, object_id):
        """What is still to be told, by occasion: to whom, and how many of them have an address."""
        course = self._organising(request, object_id)
        by_occasion: dict[str, dict[int, Registration]] = {}
        dues = due_in([course], now())
        for due in dues:
            by_occasion.setdefault(str(due.occasion), {})[due.registration.trainee_id] = due.registration
        rows = [
            {
                "occasion": occasion,
                "people": len(found),
                "with_address": sum(bool(one.trainee.email) for one in found.values()) if settings.EMAIL_USED else 0,
                "registrations": list(found.values()),
            }
            for occasion in OF_PEOPLE
            if (found := by_occasion.get(occasion))
        ]
        title = _("Tell people: %(code)s") % {"code": course.code}
        handed = _handed(course, dues)
        return self._telling_page(request, course, "admin/attendance/tell.html", title, rows=rows, handed=handed)

    def tell_preview(self, request, object_id):
        """The texts, which can be changed for this act, one message as somebody reads it, who gets it and who has no
        address."""
        course = self._organising(request, object_id)
        return self._preview(request, course, *self._forms(request, course))

    def tell_approve(self, request, object_id):
        course = self._organising(request, object_id)
        forms, words = self._forms(request, course)
        if len(words) < len(forms):
            return self._preview(request, course, forms, words)
        left_out = _left_out(request)
        try:
            act, seen = read_submission(request.POST), request.POST.get("seen", "")
            chosen = without(digests_of(due_in([course], now()), words), left_out)
            text = group_text(course, dues_of(chosen), words, page_of_class(course))
            made = approved(
                lambda: tell_people(course, words, seen=seen, act=act, actor=request.actor, left_out=left_out)
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return self._preview(request, course, forms, words)
        if text:
            # It says nothing about anybody; the next page offers it to be copied.
            request.session[_group_key(course)] = text
        return self._say_approved(request, course, made, len(left_out))

    def tell_by_hand(self, request, object_id):
        """Who is to be told by telephone, Zalo or paper, and who was, with a tick each."""
        course = self._organising(request, object_id)
        waiting = to_tell_in(course)
        told = messages_of(course).filter(channel=Channel.BY_HAND, state=MessageState.TOLD)
        show_told = request.GET.get("show") == "told"
        rows = told.order_by("-settled_at", "-pk") if show_told else waiting.order_by("pk")
        page = Paginator(rows, A_PAGE).get_page(request.GET.get("p"))
        title = _("To be told by hand: %(code)s") % {"code": course.code}
        return self._telling_page(
            request,
            course,
            "admin/attendance/tell_by_hand.html",
            title,
            page=page,
            waiting=waiting.count(),
            told=told.count(),
            show_told=show_told,
            text=request.session.get(_group_key(course), ""),
        )

    def tell_texts(self, request, object_id):
        """The text for one (`pk`), or for all who wait, each with the person's own address: to copy, or to print as
        cards. Addresses are shown as links to hand out are: on demand, after who is there was asked again, logged, of
        people whom the actor reaches."""
        course = self._organising(request, object_id)
        waiting = to_tell_in(course).order_by("pk")
        if request.POST.get("pk"):
            waiting = [get_object_or_404(waiting, pk=row_id(request.POST["pk"]) or 0)]
        cards = []
        for message in waiting:
            own = may_hand_out_link(request.actor, person_of(message))
            cards.append({"message": message, "text": text_of(message, with_link=own), "own": own})
        count = sum(card["own"] for card in cards)
        log_action(request.actor, "show links", course, course=course, changes={"count": [None, count]})
        title = _("Texts to hand on: %(code)s") % {"code": course.code}
        return self._telling_page(request, course, "admin/attendance/tell_texts.html", title, cards=cards)

    def tell_told(self, request, object_id):
        """Those who are ticked were told."""
        course = self._organising(request, object_id)
        ids = [pk for text in request.POST.getlist("told") if (pk := row_id(text))]
        done = tell_by_hand(course, ids, actor=request.actor)
        said = ngettext("Saved: %(number)d person was told.", "Saved: %(number)d people were told.", done)
        messages.success(request, said % {"number": done} if done else _("Nothing has changed."))
        return redirect("admin:attendance_courseresult_tell_by_hand", course.pk)

    def messages(self, request, object_id):
        """Every message of the class with what became of it."""
        course = self._organising(request, object_id)
        counts = counts_of(course)
        asked = request.GET.get("state", "")
        rows = messages_of(course)
        if asked in counts:
            rows = rows.filter(state=asked)
        page = Paginator(rows, A_PAGE).get_page(request.GET.get("p"))
        tabs = [(state, MessageState(state).label, number) for state, number in counts.items()]
        title = _("Messages: %(code)s") % {"code": course.code}
        return self._telling_page(
            request,
            course,
            "admin/attendance/messages.html",
            title,
            page=page,
            tabs=tabs,
            asked=asked if asked in counts else "",
            total=sum(counts.values()),
            failed=counts.get(MessageState.FAILED, 0),
        )

    def messages_again(self, request, object_id):
        """All that surely was not sent; what nobody knows is sent again one by one."""
        course = self._organising(request, object_id)
        made = approved(lambda: send_failed_again(course, actor=request.actor))
        text = ngettext("%(number)d e-mail is on its way.", "%(number)d e-mails are on their way.", len(made))
        messages.success(request, text % {"number": len(made)} if made else _("Nothing has changed."))
        return redirect("admin:attendance_courseresult_messages", course.pk)

    def message_act(self, request, object_id):
        """One message (`pk`) sent again, told by hand instead, or dropped."""
        course = self._organising(request, object_id)
        found = Message.objects.filter(course=course).select_related("course")
        message = get_object_or_404(found, pk=row_id(request.POST.get("pk", "")) or 0)
        act = ACTS.get(request.POST.get("what", ""))
        try:
            if act is None:
                raise Refusal(_("This page is out of date. Please open it again."))
            [message] = approved(lambda: [act(message, actor=request.actor)])
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            state = {"state": message.get_state_display()}
            messages.success(request, _("The message is now: %(state)s.") % state)
        if request.POST.get("back") == "by hand":
            return redirect("admin:attendance_courseresult_tell_by_hand", course.pk)
        return redirect("admin:attendance_courseresult_messages", course.pk)

    def _forms(self, request, course):
        """A form an occasion that is ticked, and the words of those that are in order."""
        kept = words_of(course.host_office)
        forms, words = [], {}
        for occasion in OF_PEOPLE:
            if str(occasion) not in request.POST.getlist("occasion"):
                continue
            typed = f"{occasion}-body" in request.POST
            data = request.POST if typed else _as_typed(occasion, kept[occasion])
            form = WordsForm(data, prefix=str(occasion))
            form.occasion = occasion
            forms.append(form)
            if form.is_valid():
                words[str(occasion)] = form.words
        return forms, words

    def _preview(self, request, course, forms, words):
        if not forms:
            messages.error(request, _("Please tick at least one occasion."))
            return redirect("admin:attendance_courseresult_tell", course.pk)
        left_out = _left_out(request)
        digests = digests_of(due_in([course], now()), words)
        chosen = without(digests, left_out)
        channels = Counter(digest.channel for digest in chosen)
        title = _("Texts and recipients: %(code)s") % {"code": course.code}
        return self._telling_page(
            request,
            course,
            "admin/attendance/tell_preview.html",
            title,
            forms=forms,
            in_order=len(words) == len(forms),
            by_mail=[digest for digest in digests if digest.address],
            by_hand=[digest for digest in digests if not digest.address],
            listed=",".join(str(digest.registration.pk) for digest in digests),
            left_out=left_out,
            numbers={"mails": channels[Channel.EMAIL], "others": channels[Channel.BY_HAND]},
            not_told=len(digests) - len(chosen),
            handed=_handed(course, dues_of(digests)),
            sample=_sample(chosen),
            group=group_text(course, dues_of(chosen), words, page_of_class(course)),
            seen=seen_as(digests),
            submission=uuid4(),
        )

    def _say_approved(self, request, course, made, left_out):
        numbers = Counter(str(message.channel) for message in made)
        if mails := numbers[Channel.EMAIL]:
            text = ngettext("%(number)d e-mail is on its way.", "%(number)d e-mails are on their way.", mails)
            messages.success(request, text % {"number": mails})
        if others := numbers[Channel.BY_HAND]:
            text = ngettext(
                "%(number)d person is to be told by hand.", "%(number)d people are to be told by hand.", others
            )
            messages.success(request, text % {"number": others})
        if left_out:
            text = ngettext(
                "%(number)d person was left out: not told yet, and offered again under “To be told”.",
                "%(number)d people were left out: not told yet, and offered again under “To be told”.",
                left_out,
            )
            messages.warning(request, text % {"number": left_out})
        page = "tell_by_hand" if others else "messages"
        return redirect(f"admin:attendance_courseresult_{page}", course.pk)

    def _telling_page(self, request, course, template, title, **context):
        context |= {"email_used": settings.EMAIL_USED}
        return self._page(request, course, template, title, **context)


def _left_out(request) -> set[int]:
    """The registrations that the preview listed (`listed`, with commas) and that came back without their tick (`to`):
    whoever is named meanwhile was not listed, and is not left out."""
    listed = {pk for text in request.POST.get("listed", "").split(",") if (pk := row_id(text))}
    return listed - {pk for text in request.POST.getlist("to") if (pk := row_id(text))}


def _handed(course, dues):
    """What these dues say of changes and the group of the class was told already."""
    return handed_to_group(course, {due.change.pk for due in dues if due.change})


def _as_typed(occasion: Occasion, words) -> dict:
    return {f"{occasion}-subject": words.subject, f"{occasion}-body": words.body}


def _sample(digests):
    """The message that says the most, as its person reads it, but for the address of the own page."""
    return max(digests, key=lambda digest: len(digest.dues), default=None)


def _group_key(course) -> str:
    return f"group_text_{course.pk}"
