"""What people do while the power goes: marking, importing, issuing over HTTP; and what must be there afterwards.

Each act knows what its client was told, and what was under way when no answer came. `check` asks the database (under
ALIAS) for all of the first, and for the second wholly there or wholly absent.
"""

import hashlib
import itertools
import random
from collections import Counter
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from attendance.constants import CertificateState, MarkState
from attendance.models import Certificate, Completion, Event, Mark, RegisterBook, Sheet
from attendance.reports.waiting import claimed_of
from attendance.rules.ledger import add_up
from courses.constants.choices import BatchState, FilePurpose
from courses.models import ActionLog, File, ImportBatch, ImportRow, Registration, Session, Trainee
from tests.faults.installation import ALIAS, Browser

STATES = (MarkState.PRESENT, MarkState.LATE, MarkState.LEFT_EARLY, MarkState.EXCUSED, MarkState.ABSENT)


class Marking:
    """Pages of marks of one half-day, each setting everybody anew."""

    def __init__(self, ground: dict, rng: random.Random):
        self.rng = rng
        self.session, self.people = ground["classes"][0]["session"], ground["classes"][0]["registrations"]
        self.known: dict[int, str] = dict.fromkeys(self.people, MarkState.PRESENT)
        self.events = len(self.people)
        self.under_way: dict[int, str] = {}

    def ready(self, browser: Browser) -> None:
        """Nothing needs to be there beforehand."""

    def act(self, browser: Browser) -> None:
        self.under_way = {pk: self.rng.choice(STATES) for pk in self.people}
        fields = {"submission": str(uuid4())}
        fields |= {f"shown-{pk}": state for pk, state in self.known.items()}
        fields |= {f"mark-{pk}": state for pk, state in self.under_way.items()}
        answer = browser.post(f"/admin/attendance/attendancesheet/{self.session}/change/", fields)
        assert answer.status == 302, answer.text
        self._done()

    def _done(self) -> None:
        self.events += self._changed()
        self.known |= self.under_way
        self.under_way = {}

    def _changed(self) -> int:
        return sum(self.known[pk] != state for pk, state in self.under_way.items())

    def check(self) -> None:
        marks = Mark.objects.using(ALIAS).filter(session=self.session).order_by("pk")
        standing = dict.fromkeys(self.people, "") | dict(marks.values_list("registration_id", "state"))
        events = list(Event.objects.using(ALIAS).filter(session=self.session).order_by("pk"))
        if self.under_way and standing == self.known | self.under_way:
            self._done()
        assert standing == self.known
        assert len(events) == self.events
        session = Session.objects.using(ALIAS).get(pk=self.session)
        said = dict.fromkeys(self.people, "")
        for pk in self.people:
            claims = [claimed_of(event) for event in events if event.registration_id == pk]
            if claims:
                said[pk] = add_up(claims, starts_at=session.starts_at, grace_minutes=session.grace_minutes).state
        assert said == standing
        assert Sheet.objects.using(ALIAS).filter(session=self.session).count() == 1
        self.under_way = {}


class Roster:
    """A list of invented people, each time others: no serial of a citizen number begins with 000."""

    numbers = itertools.count()

    def __init__(self, people: int, ward: str):
        number = next(self.numbers)
        self.batch = 0
        self.applied = False
        letters = ("An", "Bình", "Châu", "Dung", "Em", "Giang", "Hà", "Khánh", "Lan", "Minh")
        serials = range(number * people, (number + 1) * people)
        self.names = [f"Lý Thử {' '.join(letters[int(digit)] for digit in f'{serial:04d}')}" for serial in serials]
        rows = [
            f"{row},{name},Nữ,05/06/1975,Chuyên viên,{ward},09317500{serial:04d}"
            for row, (name, serial) in enumerate(zip(self.names, serials, strict=True), 1)
        ]
        header = "STT,Họ và tên,Giới tính,Ngày sinh,Chức vụ,Đơn vị,Số CCCD"
        self.data = "\n".join([header, *rows]).encode()


class Importing:
    """Lists of new people, each uploaded and then applied."""

    PEOPLE = 60

    def __init__(self, ground: dict, rng: random.Random):
        self.rng = rng
        self.course, self.ward = ground["classes"][1]["course"], ground["ward"]
        self.before = len(ground["classes"][1]["registrations"])
        self.rosters: list[Roster] = []
        self.under_way: Roster | None = None

    def ready(self, browser: Browser) -> None:
        """As often as not lists are waiting already, so that the kill meets the applying."""
        if self.rng.random() < 0.7:
            for _list in range(3):
                self._upload(browser)

    def act(self, browser: Browser) -> None:
        waiting = [roster for roster in self.rosters if not roster.applied]
        if not waiting:
            return self._upload(browser)
        self.under_way = waiting[0]
        answer = browser.post(f"/admin/courses/importbatch/{waiting[0].batch}/change/", {"apply": "1"})
        assert answer.status == 302, answer.text
        waiting[0].applied, self.under_way = True, None

    def _upload(self, browser: Browser) -> None:
        self.under_way = roster = Roster(self.PEOPLE, self.ward)
        self.rosters.append(roster)
        file = SimpleUploadedFile("danh sach.csv", roster.data)
        answer = browser.post(f"/admin/courses/importbatch/class/{self.course}/", {"file": file})
        assert answer.status == 302, answer.text
        roster.batch, self.under_way = int(answer.location.rstrip("/").split("/")[-2]), None

    def check(self) -> None:
        batches = ImportBatch.objects.using(ALIAS).filter(course=self.course)
        told = {roster.batch for roster in self.rosters if roster.batch}
        strange = list(batches.exclude(pk__in=told).order_by("pk"))
        if self.under_way and not self.under_way.batch:
            assert len(strange) <= 1
            self.rosters[-1].batch = strange[0].pk if strange else 0
            if not strange:
                self.rosters.pop()
        else:
            assert not strange
        for roster in self.rosters:
            self._check(roster)
        number = len(self.rosters)
        assert batches.count() == number
        logged = ActionLog.objects.using(ALIAS).filter(course_id=self.course)
        assert logged.filter(action="read roster").count() == number
        assert logged.filter(action="apply roster").count() == sum(roster.applied for roster in self.rosters)
        applied = sum(roster.applied for roster in self.rosters) * self.PEOPLE
        assert Registration.objects.using(ALIAS).filter(course=self.course).count() == self.before + applied
        self.under_way = None

    def _check(self, roster: Roster) -> None:
        batch = ImportBatch.objects.using(ALIAS).get(pk=roster.batch)
        rows = ImportRow.objects.using(ALIAS).filter(batch=batch)
        assert rows.count() == self.PEOPLE
        assert File.objects.using(ALIAS).filter(pk=batch.file_id, sha256=hashlib.sha256(roster.data).hexdigest())
        if self.under_way is roster and batch.state == BatchState.APPLIED:
            roster.applied = True
        assert (batch.state == BatchState.APPLIED) == roster.applied
        people = Trainee.objects.using(ALIAS).filter(full_name__in=roster.names)
        registered = Registration.objects.using(ALIAS).filter(course=self.course, trainee__in=people.order_by())
        whole = self.PEOPLE if roster.applied else 0
        assert people.count() == registered.count() == rows.filter(registration__isnull=False).count() == whole
        assert people.exclude(citizen_number_fingerprint=None).count() == whole


class Issuing:
    """Classes whose papers are prepared, then issued; what was cut off is taken up by pressing again."""

    def __init__(self, ground: dict, rng: random.Random):
        self.host, self.signer = ground["host"], ground["signer"]
        year, month, day = ground["issue_date"].split("-")
        self.date = f"{day}/{month}/{year}"
        self.classes = ground["classes"][2:]
        for one in self.classes:
            one |= {"prepared": 0, "issued": 0}

    def ready(self, browser: Browser) -> None:
        """Nothing needs to be there beforehand."""

    def act(self, browser: Browser) -> None:
        left = [one for one in self.classes if one["issued"] < len(one["registrations"])]
        assert left, "the ground has too few classes for so many kills"
        one = left[0]
        people, page = len(one["registrations"]), f"/admin/attendance/courseresult/{one['course']}"
        if one["prepared"] < people:
            fields = {"signer": self.signer, "issue_date": self.date, "count": people - one["prepared"]}
            answer = browser.post(f"{page}/prepare", fields)
            one["prepared"] = people
        else:
            answer = browser.post(f"{page}/issue", {"count": people - one["issued"]})
            one["issued"] = people
        assert answer.status == 302, answer.text
        assert answer.location.endswith("/change/"), answer.location

    def check(self) -> None:
        everybody = [pk for one in self.classes for pk in one["registrations"]]
        papers = list(Certificate.objects.using(ALIAS).filter(registration__in=everybody).order_by("number"))
        numbers = [paper.number for paper in papers]
        assert numbers == list(range(1, len(papers) + 1))
        books = RegisterBook.objects.using(ALIAS).filter(issuer=self.host)
        assert list(books.values_list("last_number", flat=True)) == ([len(papers)] if papers else [])
        have = Counter(paper.registration_id for paper in papers)
        assert max(have.values(), default=0) <= 1
        issued = {paper.registration_id for paper in papers if paper.state == CertificateState.ISSUED}
        for one in self.classes:
            prepared_here, issued_here = (sum(pk in which for pk in one["registrations"]) for which in (have, issued))
            assert prepared_here >= one["prepared"]
            assert issued_here >= one["issued"]
            one |= {"prepared": prepared_here, "issued": issued_here}
        self._check_papers(papers, everybody)

    def _check_papers(self, papers: list[Certificate], everybody: list[int]) -> None:
        """Each paper has its bytes, its judgement and its entries in the log, and none of these has no paper."""
        files = {file.pk: file for file in File.objects.using(ALIAS).filter(pk__in=[paper.pdf_id for paper in papers])}
        for paper in papers:
            content = bytes(files[paper.pdf_id].content)
            assert content.startswith(b"%PDF")
            assert hashlib.sha256(content).hexdigest() == files[paper.pdf_id].sha256
            assert paper.facts["number"].startswith(f"{paper.number:03d}/")
        stored = File.objects.using(ALIAS).filter(purpose=FilePurpose.CERTIFICATE)
        named = Certificate.objects.using(ALIAS).order_by().values("pdf")
        assert not stored.exclude(pk__in=named).exists()
        judged = Completion.objects.using(ALIAS).filter(registration__in=everybody)
        assert set(judged.values_list("registration_id", flat=True)) == {paper.registration_id for paper in papers}
        entries = ActionLog.objects.using(ALIAS).filter(course_id__in=[one["course"] for one in self.classes])
        issued = {paper.pk for paper in papers if paper.state == CertificateState.ISSUED}
        for action, ids in (("prepare", {paper.pk for paper in papers}), ("issue", issued)):
            assert sorted(entries.filter(action=action).values_list("subject_id", flat=True)) == sorted(ids)
