"""Where the contexts meet: what one must tell another is a plain function registered here."""


def connect() -> None:
    """Register each context's functions with the others. The register stands alone so far."""
