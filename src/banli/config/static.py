"""Static files with a hash of their content in the name: browsers keep them for ever, and see an update at once."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Rewrites the imports between our ES modules too, so that no browser mixes modules of two versions."""

    support_js_module_import_aggregation = True
