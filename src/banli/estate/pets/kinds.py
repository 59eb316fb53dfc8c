"""The kinds of pet that the packs name in ``pets.yaml``, and how a pet is said."""

from banli.engine.pack import PetKind
from banli.engine.text import Text
from banli.journal.vault import VaultError, mask

from ..pack_files import entries
from .models import Pet


def pet_kinds() -> dict[str, PetKind]:
    """Kind → what the packs say of it, in the order they are written."""
    return entries("pets", PetKind)


def titled(kind: str) -> Text:
    """What a kind is called; its own name where no pack has it any more."""
    found = pet_kinds().get(kind)
    return found.title if found else Text(zh=kind, en=kind)


def licence_of(pet: Pet) -> str:
    """The licence's number in clear, for whoever has seen to it that this is journalled; empty where it was erased."""
    try:
        return str(pet.licence or "")
    except VaultError:
        return ""


def masked(pet: Pet) -> str:
    """The licence's number as it may be shown without a reason."""
    return mask("licence", licence_of(pet))
