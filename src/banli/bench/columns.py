"""Which columns of a table are written: not those that the database reckons from others."""

from typing import Any

_WRITTEN = """
    SELECT attname FROM pg_attribute
     WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""


def written(cursor: Any, table: str) -> list[str]:
    """Their names, in the table's order, by any cursor of the database."""
    cursor.execute(_WRITTEN, [table])
    return [name for (name,) in cursor.fetchall()]
