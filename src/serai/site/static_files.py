"""Static files with the hash of their content in the name, so that a browser may keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """A missing file shows in the tests and as a plain name, never as a server error."""

    manifest_strict = False
