"""Papers of invented people, to look at before anybody has earned one."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from attendance.models import PaperTemplate
from attendance.rendering.certificate import CertificateFacts, picture_certificate
from attendance.rendering.look import Look
from attendance.reports.looks import words_of
from attendance.reports.papers import lines_beside, lines_of, verify_url
from courses.constants.clock import today
from courses.models import Heading, Office, Signer

#: Shaped like one that is handed out, but of no paper.
_CODE = "THTHTHTHTHTHTHTHTHTH"

#: What tries a template: {name: (what people read, what is other than usual)}.
PEOPLE: dict[str, tuple] = {
    "usual": (_("An ordinary paper"), {}),
    "long": (
        _("A long name, position and class"),
        {
            "full_name": "Nguyễn Hoàng Phương Thảo Nguyên Công Tằng Tôn Nữ Quỳnh Giả",
            "position": "Phó Chủ tịch Ủy ban nhân dân kiêm Trưởng Ban Chỉ đạo thực hiện quy chế dân chủ ở cơ sở",
            "office": "Trung tâm Văn hóa - Thể thao và Truyền thanh trực thuộc Ủy ban nhân dân",
            "course_title": "Kiến thức, kỹ năng cải cách hành chính, văn thư lưu trữ, dân vận chính quyền, thực hiện "
            "quy chế dân chủ ở cơ sở và nâng cao chất lượng các chỉ số PAR INDEX, PCI, PAPI, SIPAS",
        },
    ),
    "blocks": (
        _("Two blocks, with a grade"),
        {
            "blocks": ("Cải cách hành chính", "Dân vận chính quyền và Quy chế dân chủ ở cơ sở"),
            "grade": "Giỏi",
            "gender": "m",
            "full_name": "Trần Văn Thử",
        },
    ),
    "little": (
        _("No birth date, no position, one day"),
        {"birth": "", "position": "", "gender": "", "full_name": "Lý Út", "ends_on": "2022-06-15", "periods": 0},
    ),
}


def sample_of(template: PaperTemplate, person: str = "usual") -> CertificateFacts:
    """What the template would say about an invented person, under the heading and the signers of its office."""
    issuer, words = template.issuer, words_of()[template.kind]
    headings = Heading.objects.filter(office_id=issuer.pk)
    heading = headings.valid_on(_day_of(issuer)).order_by("-valid_from", "-pk").first() or _invented_heading(issuer)
    signers = list(
        Signer.objects.filter(office_id=issuer.pk).valid_on(_day_of(issuer)).order_by("-valid_from", "pk")[:2]
    )
    first = (lines_of(signers[0]), signers[0].full_name) if signers else (("CHỦ TỊCH",), "Ngô Thử Ký")
    second = _second_of(template, signers[1:])
    fields = {
        "number": f"000/{today().year}/{words.abbreviation}",
        "code": _CODE,
        "superior_body": heading.superior,
        "issuing_body": heading.body,
        "place": heading.place,
        "issued_on": today().isoformat(),
        "full_name": "Nguyễn Thị Mẫu",
        "gender": "f",
        "birth": "1975-06-05",
        "position": "Chuyên viên",
        "office": "Phòng Nội vụ",
        "course_title": "Cải cách hành chính, dân vận chính quyền và nâng cao chất lượng các chỉ số",
        "starts_on": "2022-06-15",
        "ends_on": "2022-06-17",
        "periods": 24,
        "decision_number": "000/QĐ-UBND",
        "decision_date": today().isoformat(),
        "sign_lines": first[0],
        "signer": first[1],
        "serial": "A 000000" if template.on_blanks else "",
        "title": template.title or words.title,
        "addressed": words.addressed,
        "completed": template.completed or words.completed,
        "closing": template.closing,
    }
    if template.two_signers:
        fields |= {"second_lines": second[0], "second_signer": second[1]}
    return CertificateFacts(**fields | PEOPLE[person][1])


def picture_of(template: PaperTemplate, look: Look, person: str = "usual") -> bytes:
    """The sample as a PNG. Refusal when it cannot be drawn."""
    facts = sample_of(template, person)
    return picture_certificate(facts, verify_url=verify_url(facts.code), look=look)


def _second_of(template: PaperTemplate, others: list[Signer]) -> tuple[tuple[str, ...], str]:
    """Lines and name of the second signer, of the other office where the template names one."""
    office = template.second_office
    if office:
        others = list(Signer.objects.filter(office=office).valid_on(today()).order_by("-valid_from", "pk")[:1])
        others = others or [Signer(office=office, title="Giám đốc", full_name="Lê Thị Giả")]
    if not others:
        return ("PHÓ CHỦ TỊCH",), "Lê Thị Giả"
    return lines_beside(others[0], template.issuer), others[0].full_name


def invented_office() -> Office:
    """What stands for an office that is not chosen yet; never saved."""
    return Office(name="Ủy ban nhân dân phường Mẫu")


def _invented_heading(issuer: Office) -> Heading:
    """Of an office without one on the day, its name alone."""
    superior, place = ("", "Vị Thanh") if issuer.pk else ("ỦY BAN NHÂN DÂN THÀNH PHỐ MẪU", "Phường Mẫu")
    return Heading(superior=superior, body=issuer.name.upper(), place=place)


def _day_of(issuer: Office) -> date:
    """Today, or the last day of an office that has ended and still issues the papers of its time."""
    return issuer.valid_to - timedelta(days=1) if issuer.has_ended_by(today()) and issuer.valid_to else today()
