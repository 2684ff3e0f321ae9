"""How files of the pages are named: by their content, in the modules that scripts import from each other too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class NamedByContent(CompressedManifestStaticFilesStorage):
    """A phone that kept one script of an older version never meets another of a newer one."""

    support_js_module_import_aggregation = True
