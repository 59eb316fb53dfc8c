"""What is kept about people, as the packs say it in ``privacy.yaml``: `banli check` has proved that it is complete."""

from banli.engine.privacy import Kept

from .pack_files import entries


def kept() -> dict[str, Kept]:
    """Everything the packs say is kept, by name, in the order they say it."""
    return entries("privacy", Kept)
