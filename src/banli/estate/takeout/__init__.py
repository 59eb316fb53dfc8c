"""Everything out: an estate's whole record, asked for on a screen, locked under a passphrase, fetched once."""
