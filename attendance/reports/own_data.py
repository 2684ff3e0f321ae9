"""What is kept about somebody, as the person reads it on the own page, and who looked at it."""

from dataclasses import dataclass

from courses.constants.actors import Actor
from courses.models import Trainee, TraineeRequest


@dataclass(frozen=True)
class OwnData:
    """`requests`: corrections asked for, the latest first."""

    requests: list[TraineeRequest]

    @property
    def has_open_request(self) -> bool:
        return any(request.state == "asked" for request in self.requests)


#: The page shows so many requests; the others are the offices' to find.
SHOWN = 3


def own_data(trainee: Trainee, actor: Actor) -> OwnData:
    """(1 query.)"""
    requests = TraineeRequest.objects.visible_to(actor).filter(trainee=trainee)
    return OwnData(list(requests.order_by("-asked_at", "-pk")[:SHOWN]))
