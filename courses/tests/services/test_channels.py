"""A second channel: nothing but its class and its row in `CHANNELS`, and what an organiser approves goes through the
whole outbox by it. It writes to a folder, a file a message."""

from pathlib import Path
from uuid import uuid4

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, Occasion
from courses.constants.telling import LINK
from courses.models import BackgroundTask, Message
from courses.reports.telling import Digest, Due
from courses.services.channels import CHANNELS, NotSent
from courses.services.messages import approve_messages, drop_message, send_again, send_failed_again, tell_instead
from courses.services.registrations import Nominee, register_many
from courses.tasks.sending import approved, send_approved
from courses.tests.planning import make_course, make_office, make_trainee, organiser_of

pytestmark = pytest.mark.django_db


class Folder:
    """`box`: where a file named by the message's key is written. An address that begins with `gone` is no folder; of
    one that begins with `full` nobody knows how much was written."""

    box: Path
    open_now = 0

    def __init__(self):
        type(self).open_now += 1

    def send(self, address, subject, text, *, key):
        if address.startswith("full"):
            raise OSError("disk full")
        try:
            (self.box / address / key).write_text(f"{subject}\n{text}", encoding="utf-8")
        except FileNotFoundError:
            raise NotSent(f"{address}: no such folder.", for_all=address == "gone for all") from None

    def close(self):
        type(self).open_now -= 1


class ByFolder(Digest):
    channel = "folder"


@pytest.fixture
def box(tmp_path, monkeypatch):
    for name in ("an", "binh"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(Folder, "box", tmp_path, raising=False)
    monkeypatch.setitem(CHANNELS, "folder", Folder)
    return tmp_path


@pytest.fixture
def host():
    return make_office("HOST")


def outbox(host, *addresses):
    """The class, and the act in which so many people are told by the folder; it waits for the worker."""
    course, act = make_course(host, state=CourseState.RUNNING), uuid4()
    people = [make_trainee(host, f"Ngô Thử {address}") for address in addresses]
    made, _refused = register_many(course, [Nominee(one, host, "", None) for one in people], actor=SYSTEM)
    digests = [
        ByFolder(made[one.pk], (Due(made[one.pk], Occasion.CONFIRMED),), address, "Lịch học", f"Trang: {LINK}")
        for one, address in zip(people, addresses, strict=True)
    ]
    approved(lambda: approve_messages(course, digests, act=act, actor=organiser_of(host)))
    return course, act


def work():
    """What the worker does with each task that waits."""
    for task in list(BackgroundTask.objects.ready()):
        BackgroundTask.objects.filter(pk=task.pk).delete()
        send_approved.call(*task.args_kwargs["args"])
    assert Folder.open_now == 0


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def files(box):
    return sorted(str(file.relative_to(box)) for file in box.rglob("*") if file.is_file())


def test_what_is_approved_for_it_waits_leaves_and_is_there(box, host):
    """Ask for e-mail by name in `approve_messages`, and it stands as to be told by hand."""
    outbox(host, "an", "binh")
    assert (states(), files(box)) == (["queued"] * 2, [])
    work()
    assert states() == ["sent"] * 2
    first, second = Message.objects.order_by("pk")
    assert files(box) == [f"an/message-{first.pk}", f"binh/message-{second.pk}"]
    text = (box / f"an/message-{first.pk}").read_text(encoding="utf-8")
    assert text.startswith("Lịch học\nTrang: http://localhost:8000/my/")


def test_what_it_refuses_has_failed_and_goes_out_again_when_an_organiser_says_so(box, host):
    """Ask for e-mail by name in `send_failed_again`, and nothing goes out again."""
    course, _act = outbox(host, "gone", "an")
    work()
    assert states() == ["failed", "sent"]
    assert Message.objects.order_by("pk")[0].trouble == "gone: no such folder."
    (box / "gone").mkdir()
    approved(lambda: send_failed_again(course, actor=organiser_of(host)))
    work()
    assert states() == ["sent", "sent"]
    assert len(files(box)) == 2


def test_what_it_says_of_all_holds_for_the_rest_of_the_act(box, host):
    outbox(host, "gone for all", "an")
    work()
    assert (states(), files(box)) == (["failed"] * 2, [])


def test_any_other_trouble_is_unknown_and_only_a_person_sends_it_again(box, host):
    """Ask for e-mail by name in `send_again`, and nobody can."""
    course, act = outbox(host, "full", "an")
    for _time in range(2):
        work()
        approved(lambda: send_failed_again(course, actor=organiser_of(host)))
        send_approved.call(str(act))
    assert states() == ["unknown", "sent"]
    message = Message.objects.order_by("pk")[0]
    approved(lambda: [send_again(message, actor=organiser_of(host))])
    assert states() == ["queued", "sent"]
    work()
    assert states() == ["unknown", "sent"]
    tell_instead(message, actor=organiser_of(host))
    assert states() == ["to_tell", "sent"]
    drop_message(message, actor=organiser_of(host))
    assert states() == ["dropped", "sent"]
