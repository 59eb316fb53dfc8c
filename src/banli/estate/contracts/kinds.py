"""The kinds of contract that the packs name in ``contracts.yaml``."""

from banli.engine.pack import ContractKind
from banli.engine.text import Text

from ..pack_files import entries


def contract_kinds() -> dict[str, ContractKind]:
    """Kind → what the packs say of it, in the order they are written."""
    return entries("contracts", ContractKind)


def titled(kind: str) -> Text:
    """What a kind is called; its own name where no pack has it any more."""
    found = contract_kinds().get(kind)
    return found.title if found else Text(zh=kind, en=kind)
