"""Styles and scripts as an installation collects and compresses them: once in each run, then linked into each
installation."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.files import locks

PREPARE = """
import django
django.setup()
from courses.management.commands.serve import prepare_static_files
prepare_static_files()
"""


def hand_on_static_files(data: Path) -> None:
    """Gives the installation in the folder `data` what its first start would spend seconds on."""
    shutil.copytree(_collected(), data / "static", copy_function=os.link)


@functools.cache
def _collected() -> Path:
    """In the folder of the run, which its processes share; whoever comes second waits for the first."""
    folder = Path(os.environ["TESTS_FOLDER"]) / "collected"
    folder.mkdir(exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        locks.lock(lock, locks.LOCK_EX)
        # Where the first has done it already, this sees by its stamp that nothing is to do.
        subprocess.run(
            [sys.executable, "-c", PREPARE],
            cwd=settings.BASE_DIR,
            env={
                "PATH": os.environ["PATH"],
                "DJANGO_SETTINGS_MODULE": "vithanh_training.settings",
                "DATA_DIR": str(folder),
            },
            check=True,
        )
    return folder / "static"
