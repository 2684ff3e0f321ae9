"""The register of a book as it leaves the house: as Excel, and as a PDF to print and bind."""

from allauth.account.decorators import reauthentication_required
from django.http import Http404
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from attendance.rendering.register_book import draw_register, register_workbook
from attendance.reports.paper_sheets import register_of
from attendance.responses import download
from courses.constants.clock import now, today
from courses.constants.media_types import XLSX
from courses.services.records import log_action


class BookOutPages:
    """For the admin of register books: for whoever sees the book, asked again who is there; logged."""

    def book_out_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_registerbook_"
        return [
            path("<int:pk>/register.xlsx", wrap(self.register_xlsx), name=f"{name}xlsx"),
            path("<int:pk>/register.pdf", wrap(self.register_pdf), name=f"{name}pdf"),
        ]

    @method_decorator([require_POST, reauthentication_required])
    def register_xlsx(self, request, pk):
        book, paper = self._book(request, pk)
        return download(register_workbook(paper), f"so-cap-{book.year}.xlsx", XLSX)

    @method_decorator([require_POST, reauthentication_required])
    def register_pdf(self, request, pk):
        book, paper = self._book(request, pk)
        pdf = draw_register(paper, day=today(), timestamp=now())
        return download(pdf, f"so-cap-{book.year}.pdf")

    def _book(self, request, pk):
        book = self.get_queryset(request).select_related("issuer").filter(pk=min(pk, 2**63 - 1)).first()
        if book is None:
            raise Http404
        paper = register_of(book, day=today())
        log_action(request.actor, "export papers", book, changes={"count": [None, len(paper.entries)]})
        return book, paper
