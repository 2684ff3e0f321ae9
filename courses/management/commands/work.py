"""Does the long work of the site until it is told to stop (Ctrl-C or SIGTERM); any number of them, on any machine."""

import argparse
import socket
import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.crypto import get_random_string
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from courses.services.health import unapplied_migrations
from courses.tasks.runner import run_tasks_for_parent
from courses.tasks.worker import PLACES, SECONDS_A_TASK, SECONDS_TO_END, Worker


class Command(BaseCommand):
    help = "Does the long work of the site: reading and applying lists, making papers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", help="unique among workers; started again, it takes up what it left at once")
        parser.add_argument("--places", type=int, default=PLACES, help="how many tasks at a time")
        parser.add_argument("--seconds", type=float, default=SECONDS_A_TASK, help="the longest that a task may take")
        parser.add_argument("--patience", type=float, default=SECONDS_TO_END, help="seconds for what runs at the end")
        parser.add_argument("--batch", action="store_true", help="do what waits, then end")
        # For `serve` and for the worker itself.
        parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)
        parser.add_argument("--runner", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *, name: str | None, runner: bool, **options) -> None:
        autodiscover_modules("tasks")
        if runner:
            run_tasks_for_parent()
            return
        try:
            behind = unapplied_migrations()
        except DatabaseError:
            behind = []  # it is waited for
        if behind:
            raise CommandError(
                _("The database is older than the program (%d steps behind): run “manage.py migrate”.") % len(behind)
            )
        wanted = {key: options[key] for key in ("places", "seconds", "patience", "batch", "parent")}
        worker = Worker(name=name or f"{socket.gethostname()[:27]}-{get_random_string(12)}", **wanted)
        worker.configure_signals()
        worker.work()
        sys.exit(0)
