"""Styles and scripts as an installation collects and compresses them: once in each test process, then linked into each
installation."""

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings

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
    folder = Path(tempfile.mkdtemp(prefix="training-static-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
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
