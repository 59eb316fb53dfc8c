"""Static files with their content's hash in the name: browsers keep them, and see an update at once."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Rewrites the imports between our ES modules too, so that no browser mixes modules of two versions."""

    support_js_module_import_aggregation = True
