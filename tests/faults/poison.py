"""Tasks for the tests of workers: they leave a line in a file of the installation when they begin and when they end."""

import time
from pathlib import Path

from django.conf import settings
from django_tasks import task

#: What an exception may quote, and nobody may find in what is kept of it.
NAME = "Ngô Thử Bí Mật"


def _say(what: str, number: int) -> None:
    with (Path(settings.DATA_DIR) / "ran.txt").open("a") as file:
        file.write(f"{what} {number}\n")


@task()
def works(number: int, seconds: float = 0) -> None:
    _say("begun", number)
    time.sleep(seconds)
    _say("ended", number)


@task()
def raises(number: int) -> None:
    _say("begun", number)
    try:
        int(NAME)
    except ValueError as error:
        raise LookupError(NAME) from error


@task()
def hangs(number: int) -> None:
    _say("begun", number)
    while True:
        pass


@task()
def eats_memory(number: int) -> None:
    _say("begun", number)
    eaten = []
    while True:
        eaten.append(bytearray(50 * 1024 * 1024))
