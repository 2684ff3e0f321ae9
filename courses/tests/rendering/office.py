"""LibreOffice as another reader of our Word and Excel files: many files in one call, each as PDF.

Times New Roman is not free: the letters of Tinos, which are as wide, stand for it, as on our own papers.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from courses.rendering import paper

Office = Callable[[Mapping[str, bytes]], dict[str, bytes]]

_SECONDS = 90
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <match target="pattern">
    <test name="family"><string>Times New Roman</string></test>
    <edit name="family" mode="assign" binding="strong"><string>Tinos</string></edit>
  </match>
</fontconfig>
"""


def office_in(folder: Path, allow_missing: list[str]) -> Office:
    """A function from {"paper.docx": bytes} to {"paper.docx": its PDF}. Without LibreOffice a test fails, unless
    ALLOW_MISSING=libreoffice-writer-nogui says that it may be skipped."""
    program = shutil.which("soffice")
    if program is None:
        if "libreoffice-writer-nogui" in allow_missing:
            pytest.skip("LibreOffice is not installed, and ALLOW_MISSING names it.")
        pytest.fail(
            "LibreOffice is not installed; see `make tools`, or name libreoffice-writer-nogui in ALLOW_MISSING."
        )
    fonts = folder / "fonts.conf"
    fonts.write_text(_FONTS.format(fonts=Path(paper.__file__).parent / "fonts", cache=folder / "cache"))
    known = {**os.environ, "FONTCONFIG_FILE": str(fonts), "HOME": str(folder)}

    def converted(files: Mapping[str, bytes]) -> dict[str, bytes]:
        with tempfile.TemporaryDirectory(dir=folder) as name:
            here = Path(name)
            # By number: names may differ in their endings alone.
            numbered = {f"{number}{Path(file).suffix}": file for number, file in enumerate(files)}
            for own, file in numbered.items():
                (here / own).write_bytes(files[file])
            command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
            command += ["--convert-to", "pdf", "--outdir", name, *(str(here / own) for own in numbered)]
            subprocess.run(command, env=known, capture_output=True, timeout=_SECONDS, check=True)
            return {file: (here / own).with_suffix(".pdf").read_bytes() for own, file in numbered.items()}

    return converted
