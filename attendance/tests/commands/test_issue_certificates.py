"""The command takes the kind, the template and the blanks that the page asks for."""

import json

import pytest
from django.core.management import CommandError, call_command

from attendance.constants import PaperKind
from attendance.models import Certificate
from attendance.services.blanks import add_blanks
from attendance.services.templates import save_template
from attendance.tests.records import ISSUED_ON, Class

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    lop = Class()
    lop.attended(2)
    return lop


def issue(lop, *more):
    call_command("issue_certificates", lop.course.code, "--date", ISSUED_ON.isoformat(), "--json", *more)


def test_papers_by_a_template_on_blanks(lop, capsys):
    kind = PaperKind.CONFIRMATION
    template = save_template(issuer=lop.host, kind=kind, name="Phôi", actor=lop.officer, on_blanks=True)
    add_blanks(issuer=lop.host, kind=kind, prefix="A", first=7, last=9, actor=lop.officer)
    issue(lop, "--kind", "confirmation", "--template", "Phôi", "--blanks", "A 000007")
    assert [row["number"] for row in json.loads(capsys.readouterr().out)["issued"]] == ["001/2026/GXN", "002/2026/GXN"]
    papers = Certificate.objects.order_by("number")
    assert [(paper.template, paper.facts["serial"]) for paper in papers] == [
        (template, "A 000007"),
        (template, "A 000008"),
    ]


@pytest.mark.parametrize("more", [("--template", "Không có"), ("--blanks", "B 1"), ("--kind", "certificate")])
def test_what_the_office_has_not_is_refused_and_nothing_written(lop, more):
    with pytest.raises(CommandError) as refused:
        issue(lop, *more)
    assert refused.value.returncode == 2
    assert Certificate.objects.count() == 0
