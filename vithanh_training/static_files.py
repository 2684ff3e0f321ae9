"""How files of the pages are named, by their content, and which styles travel as one file."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder, FileSystemFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: A page that must be there within a second on a slow network asks for one stylesheet: file → what it is made of.
JOINED = {"css/own.css": ("css/house.css", "css/site.css", "css/own_page.css")}


class NamedByContent(CompressedManifestStaticFilesStorage):
    """A phone that kept one script of an older version never meets another of a newer one."""

    support_js_module_import_aggregation = True


def joined(parts: Iterable[str]) -> str:
    """One stylesheet for a slow network: letters that come late are for the next visit, so that no line of the first
    moves when they come (CLS)."""
    return "\n".join(parts).replace("font-display: swap", "font-display: optional")


class JoinedStyles(BaseFinder):
    """Finds files that are made of others, which lie in the same folder, so that what they refer to stays right."""

    def __init__(self, app_names=None, *args, **kwargs):
        self.folder = Path(settings.DATA_DIR) / "joined"
        self.storage = FileSystemStorage(location=self.folder)

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        found = [str(self._made(path))] if path in JOINED else []
        return found if find_all else next(iter(found), [])

    def list(self, ignore_patterns):
        for path in JOINED:
            self._made(path)
            yield path, self.storage

    def _made(self, path: str) -> Path:
        """Written only when it has changed: by its time it is known whether everything must be collected anew."""
        parts = [Path(FileSystemFinder().find(part)).read_text("utf-8") for part in JOINED[path]]
        made, text = self.folder / path, joined(parts)
        if not made.is_file() or made.read_text("utf-8") != text:
            made.parent.mkdir(parents=True, exist_ok=True)
            fresh = made.with_suffix(".new")
            fresh.write_text(text, "utf-8")
            fresh.replace(made)
        return made
