"""Accounts, roles and invitations. People get in by an invitation alone; only superusers touch accounts and roles."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses.admin.scoped import ScopedAdmin
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.forms.invitations import InviteForm
from courses.models import Invitation, Role, User
from courses.rendering.qr import qr_svg
from courses.rules.invitations import may_invite_somebody
from courses.services.accounts import (
    close_account,
    end_role,
    give_role,
    reopen_account,
    take_away_second_factor,
)
from courses.services.invitations import renew_invitation


def _each(request, rows, act, done) -> list:
    """Acts on each row; a refusal is said with the row's name and stops none of the others. `done` tells how many."""
    results = []
    for row in rows:
        try:
            results.append(act(row))
        except Refusal as refusal:
            messages.error(request, f"{row}: {refusal.sentence}")
    if results and done:
        messages.success(request, done(len(results)))
    return results


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """Nobody adds an account here (they are invited) and nobody deletes one (the log refers to it): it is closed."""

    list_display = ["full_name", "username", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["full_name", "username"]
    ordering = ["full_name", "username"]
    fields = ["full_name", "username", "email", "is_active", "is_superuser", "last_login"]
    readonly_fields = ["username", "is_active", "is_superuser", "last_login"]
    actions = ["close_accounts", "reopen_accounts", "take_away_second_factors"]

    def may_add(self, actor) -> bool:
        return False

    def get_actions(self, request):
        return super().get_actions(request) if request.actor.is_superuser else {}

    @admin.action(description=_("Close the account"))
    def close_accounts(self, request, rows):
        _each(
            request,
            rows,
            lambda user: close_account(user, actor=request.actor),
            lambda n: ngettext("%d account closed.", "%d accounts closed.", n) % n,
        )

    @admin.action(description=_("Open the account again"))
    def reopen_accounts(self, request, rows):
        _each(
            request,
            rows,
            lambda user: reopen_account(user, actor=request.actor),
            lambda n: ngettext("%d account opened again.", "%d accounts opened again.", n) % n,
        )

    @admin.action(description=_("Take away the second factor (telephone lost)"))
    def take_away_second_factors(self, request, rows):
        _each(
            request,
            rows,
            lambda user: take_away_second_factor(user, actor=request.actor),
            lambda n: ngettext("%d second factor taken away.", "%d second factors taken away.", n) % n,
        )


@admin.register(Role)
class RoleAdmin(ScopedAdmin):
    """A role is given from today on and ended, never changed: what somebody was remains to be read."""

    list_display = ["user", "kind", "office", "valid_from", "valid_to"]
    list_filter = ["kind"]
    list_select_related = ["user", "office"]
    search_fields = ["user__full_name", "user__username", "office__name"]
    fields = ["user", "kind", "office", "valid_from", "valid_to"]
    readonly_fields = ["valid_from", "valid_to"]
    actions = ["end_roles"]

    def may_change(self, actor, obj) -> bool:
        return False

    def get_fields(self, request, obj=None):
        return self.fields if obj else ["user", "kind", "office"]

    def save_model(self, request, obj, form, change):
        given = give_role(obj.user, obj.kind, obj.office, actor=request.actor)
        obj.pk, obj.valid_from = given.pk, given.valid_from

    def get_actions(self, request):
        return super().get_actions(request) if may_invite_somebody(request.actor) else {}

    @admin.action(description=_("End the role today"))
    def end_roles(self, request, rows):
        _each(
            request,
            rows,
            lambda role: end_role(role, actor=request.actor) or role,
            lambda n: ngettext("%d role ended.", "%d roles ended.", n) % n,
        )


@admin.register(Invitation)
class InvitationAdmin(ScopedAdmin):
    """Inviting answers with the page to print, for the address is known only then."""

    list_display = ["person", "kind", "office", "created_by", "created_at", "state"]
    list_filter = ["role__kind"]
    list_select_related = ["role__user", "role__office", "created_by"]
    search_fields = ["role__user__full_name", "role__user__username", "role__office__name"]
    fields = ["person", "account_name", "kind", "office", "created_by", "created_at", "expires_at", "used_at", "state"]
    readonly_fields = fields
    actions = ["print_anew"]

    def may_view(self, actor) -> bool:
        return actor.is_superuser or bool(actor.organises)

    def may_add(self, actor) -> bool:
        return may_invite_somebody(actor)

    def may_change(self, actor, obj) -> bool:
        return False

    @admin.display(description=_("full name"), ordering="role__user__full_name")
    def person(self, invitation):
        return invitation.role.user.full_name

    @admin.display(description=_("account name"))
    def account_name(self, invitation):
        return invitation.role.user.username

    @admin.display(description=_("role"), ordering="role__kind")
    def kind(self, invitation):
        return invitation.role.get_kind_display()

    @admin.display(description=_("office"), ordering="role__office__order")
    def office(self, invitation):
        return invitation.role.office

    @admin.display(description=_("state"))
    def state(self, invitation):
        if invitation.used_at:
            return _("Accepted")
        return _("Waiting") if invitation.expires_at > now() else _("No longer good")

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InviteForm(request.POST or None, actor=request.actor)
        if request.method == "POST" and form.is_valid():
            try:
                return self._printed(request, [form.save()])
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Invite somebody"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "courses/invitation_invite.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "POST":
            raise Http404  # an invitation is renewed, not changed
        return super().change_view(request, object_id, form_url, extra_context)

    def get_actions(self, request):
        return super().get_actions(request) if may_invite_somebody(request.actor) else {}

    @admin.action(description=_("Print the invitation (makes a new one)"))
    def print_anew(self, request, rows):
        renewed = _each(request, rows, lambda invitation: renew_invitation(invitation, actor=request.actor), None)
        return self._printed(request, renewed) if renewed else None

    def _printed(self, request, made):
        pages = []
        for invitation, token in made:
            address = settings.SITE_URL + reverse("courses:invitation", args=[token])
            sign_in = settings.SITE_URL + reverse("account_login")
            pages.append({"invitation": invitation, "address": address, "qr": qr_svg(address), "sign_in": sign_in})
        back = reverse("admin:courses_invitation_changelist")
        return TemplateResponse(request, "courses/invitation_print.html", {"pages": pages, "back": back})
