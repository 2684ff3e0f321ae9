"""What asking for one's own link writes, and answering it at the desk of an office or in the admin; see `writes.py`."""

from courses.constants.choices import RequestState
from courses.models import ActionLog, Trainee, TraineeRequest
from tests.access.posting import NEW, posted, there


def _request_is(state: str):
    return lambda world, actor: TraineeRequest.objects.get(pk=world.a.link_request.pk).state == state


def _link_is_new(world, actor) -> bool:
    return Trainee.objects.get(pk=world.a.trainee.pk).link_version == 2


DESK_WRITES = {
    "attendance:ask_link": posted(
        lambda world, actor: TraineeRequest.objects.filter(trainee=world.a.colleague).exists(),
        name=lambda world: world.a.colleague.full_name,
        office=lambda world: world.a.first.pk,
        phone_end=lambda world: world.a.colleague.phone[-4:],
    ),
    "attendance:desk_card": posted(_request_is(RequestState.DONE), given_to=NEW),
    "attendance:desk_renew": posted(_link_is_new, version=1),
    "attendance:desk_cards": posted(there(ActionLog, action="hand out link")),
    "attendance:desk_passes": posted(there(ActionLog, action="print passes")),
    "attendance:desk_correction": posted(there(TraineeRequest, kind="correction", words=NEW), words=NEW),
    "attendance:desk_refuse": posted(_request_is(RequestState.REFUSED), answer=NEW),
    "admin:courses_traineerequest_card": posted(_request_is(RequestState.DONE), given_to=NEW),
    "admin:courses_traineerequest_renew": posted(_link_is_new, version=1),
}
