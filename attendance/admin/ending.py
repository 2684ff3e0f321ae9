"""The page of one certificate: its life, what it stands in the place of, and how it ends."""

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from attendance.constants import IN_FORCE, IN_HANDS, CertificateState, CorrectionState, Replacing
from attendance.forms.ending import InPlaceForm, RevokeForm
from attendance.models import Certificate
from attendance.reports.checking import known_papers, replaced_by
from attendance.reports.corrections import life_of
from attendance.reports.ended import who_answers
from attendance.reports.facts_beside import facts_beside
from attendance.reports.papers import verify_url
from attendance.rules.permissions import may_end_paper
from attendance.services.ending import (
    confirm_lost,
    issue_after_revoking,
    issue_replacing,
    may_follow_revocation,
    reissue_paper,
    revoke_paper,
)
from courses.admin.wording import changes_in_words
from courses.constants.action_words import in_words
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.models import Trainee

_ACTS: dict[str, Callable[..., Certificate]] = {
    Replacing.ERROR: reissue_paper,
    Replacing.LOST: confirm_lost,
    Replacing.ANEW: issue_after_revoking,
}


class EndingPages:
    """For the admin of certificates: organisers read, certificate officers act."""

    def ending_urls(self):
        wrap, asked = self.admin_site.admin_view, reauthentication_required
        pages = {
            "revoke": asked(self.revoke),
            "reissue": asked(self.reissue),
            "confirm": asked(self.confirm),
            "issue": require_POST(asked(self.issue)),
        }
        return [
            path(f"<path:object_id>/{name}/", wrap(view), name=f"attendance_certificate_{name}")
            for name, view in pages.items()
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """(The number of queries does not depend on how much happened to the paper.)"""
        if request.method == "POST":
            return super().change_view(request, object_id, form_url, extra_context)
        paper = self._paper(request, object_id)
        life = life_of(paper, request.actor)
        for entry in life.entries:
            entry.what, entry.in_words = in_words(entry.action), _told(entry)
        may_end = may_end_paper(request.actor, paper.book.issuer_id)
        answering = who_answers(paper.book.issuer)
        context = {
            "life": life,
            "replaced_by": replaced_by(paper),
            "address": verify_url(paper.code),
            "note": paper.facts.get("note", ""),
            "special_case": self.special_case(paper),
            "answering": [office for office in answering if office != paper.book.issuer],
            "nobody_answers": not answering,
            "may_name_answering": request.user.is_superuser,
            "may_end": may_end,
            "may_revoke": may_end and paper.state in IN_HANDS,
            "may_reissue": may_end and paper.state in IN_FORCE and paper.pdf_id is not None,
            "may_follow": may_end and may_follow_revocation(paper) and not replaced_by(paper),
            "may_issue": may_end and paper.state == CertificateState.PREPARED and paper.replaces is not None,
        }
        return self._paper_page(request, paper, "admin/attendance/certificate.html", _("Certificate"), **context)

    def revoke(self, request, object_id):
        paper = self._ending(request, object_id)
        form = RevokeForm(request.POST or None)
        if form.is_valid():
            said = _("Number %(number)s is revoked. Its check page says so from now on.")
            if self._done(request, form, lambda: revoke_paper(paper, actor=request.actor, **form.cleaned_data), said):
                return self._to(paper)
        title = _("Revoke the certificate")
        return self._paper_page(request, paper, "admin/attendance/revoke.html", title, form=form)

    def reissue(self, request, object_id):
        """After an error, or after a revocation."""
        paper = self._ending(request, object_id)
        return self._in_place(request, paper, Replacing.ANEW if may_follow_revocation(paper) else Replacing.ERROR)

    def confirm(self, request, object_id):
        return self._in_place(request, self._ending(request, object_id), Replacing.LOST)

    def issue(self, request, object_id):
        paper = self._ending(request, object_id)
        try:
            issue_replacing(paper, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Number %(number)s is issued.") % paper.facts)
        return self._to(paper)

    def _in_place(self, request, paper, replacing):
        """After an error the same paper anew; in the place of a lost one what its kind says."""
        if replaced_by(paper):
            return self._to(paper)
        open_one = paper.corrections.filter(state=CorrectionState.ASKED).first()
        why = open_one.words[:300] if open_one else ""
        form = InPlaceForm(request.POST or None, paper=paper, replacing=replacing, actor=request.actor, why=why)
        if form.is_valid():
            act = _ACTS[replacing]
            said = _("A new paper was prepared in the place of number %(number)s. Please print it and have it signed.")
            words = form.cleaned_data["why"]
            made = self._done(request, form, lambda: act(paper, form.order(), why=words, actor=request.actor), said)
            if made:
                return self._to(made)
        title = _("Confirm a lost certificate") if replacing == Replacing.LOST else _("Issue the certificate anew")
        context = {"form": form, "replacing": replacing, "open_one": open_one}
        if replacing != Replacing.LOST:
            context |= beside_context(paper, request.actor)
        return self._paper_page(request, paper, "admin/attendance/in_place.html", title, **context)

    def _done(self, request, form, act, said):
        """What the act gave, said to the officer; None when it was refused, which then stands in the form."""
        try:
            made = act()
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
            return None
        number = (made.replaces or made).facts["number"]
        messages.success(request, said % {"number": number})
        return made

    def _paper(self, request, object_id):
        pk = row_id(str(object_id))
        papers = known_papers().visible_to(request.actor).select_related(
            "book__issuer__closed_by", "replaces", "replaced_by", "registration__course", "registration__trainee",
            "prepared_by", "issued_by", "handed_by", "ended_by",
        )  # fmt: skip
        paper = papers.filter(pk=pk).first() if pk and self.may_view(request.actor) else None
        if paper is None:
            raise Http404
        return paper

    def _ending(self, request, object_id):
        paper = self._paper(request, object_id)
        if not may_end_paper(request.actor, paper.book.issuer_id):
            raise Http404
        return paper

    def _to(self, paper):
        return redirect("admin:attendance_certificate_change", paper.pk)

    def _paper_page(self, request, paper, template, title, **context):
        title = f"{title}: {paper.facts['number']}"
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "paper": paper}
        return TemplateResponse(request, template, context)


def beside_context(paper, actor) -> dict:
    """What the paper says and what would be printed today, and whether the person's page opens for the actor."""
    trainees = Trainee.objects.visible_to(actor).filter(pk=paper.registration and paper.registration.trainee_id)
    return {"facts_beside": facts_beside(paper), "person_seen": trainees.exists()}


def _told(entry) -> str:
    """What changed, the personal part too: it stands on the page of the paper anyway. Voiding leaves the number as it
    is, although older entries say otherwise."""
    changes = {key: value for key, value in entry.changes.items() if (entry.action, key) != ("void", "number")}
    detail = getattr(entry, "detail", None)
    parts = [changes_in_words(entry, changes), changes_in_words(entry, detail.changes) if detail else ""]
    return "; ".join(filter(None, parts))
