"""Static files with the hash of their content in the name, so that a browser may keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """A missing file shows in the tests and as a plain name, never as a server error."""

    manifest_strict = False
