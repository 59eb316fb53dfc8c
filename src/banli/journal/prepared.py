"""Prepared statements, sent over libpq itself: what a cursor looks up for every statement is looked up once here.

Of what an action costs in Python, cursors were a tenth: each makes its own loaders for as many columns as a case with
its home and people has. A connection keeps the statements that it has prepared, and the loaders, as long as it lives.
"""

import select
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result

MOST = 300  # statements that one connection keeps; whoever has not been asked for longest goes
_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Prepared:
    """The statements that are prepared on one connection. Not for several threads at once."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._libpq = connection.pgconn
        self._loaders = Transformer(connection)
        self._socket, self._answers = select.poll(), select.poll()
        self._socket.register(self._libpq.socket, select.POLLIN | select.POLLOUT)
        self._answers.register(self._libpq.socket, select.POLLIN)
        self._names: OrderedDict[str, bytes] = OrderedDict()
        self._made = 0

    def rows(self, sql: str, params: Sequence[bytes | None], *, autocommit: bool) -> list[tuple[Any, ...]]:
        """What the statement gives for these parameters, texts all. Raises psycopg's errors.

        Without ``autocommit`` it begins a transaction where none is open.
        """
        if not autocommit and self._libpq.transaction_status == pq.TransactionStatus.IDLE:
            self._libpq.send_query(b"BEGIN")
            self._answer()
        self._libpq.send_query_prepared(self._name(sql), params)
        found = self._answer()
        self._loaders.set_pgresult(found)
        return self._loaders.load_rows(0, found.ntuples, tuple)

    def _answer(self) -> pq.abc.PGresult:
        """The result of what was sent. A connection whose answer nobody waited for is closed."""
        found = None
        try:
            while (told := self._next()) is not None:
                found = told
        except BaseException:
            self._libpq.finish()
            raise
        if found is None:
            raise psycopg.OperationalError("the server gave no answer")
        if found.status not in _GOOD:
            raise error_from_result(found)
        return found

    def _next(self) -> pq.abc.PGresult | None:
        """The next part of an answer; None after the last. libpq's own waiting would hold up every other thread."""
        while self._libpq.flush():  # more than the socket takes at once
            self._socket.poll()
            self._libpq.consume_input()
        while self._libpq.is_busy():
            self._answers.poll()
            self._libpq.consume_input()
        return self._libpq.get_result()

    def _name(self, sql: str) -> bytes:
        """What the statement is called on this connection; the first time it is prepared."""
        name = self._names.get(sql)
        if name is not None:
            self._names.move_to_end(sql)
            return name
        if len(self._names) >= MOST:
            _, oldest = self._names.popitem(last=False)
            self._libpq.send_query(b"DEALLOCATE " + oldest)
            self._answer()
        self._made += 1
        name = b"banli_%d" % self._made
        self._libpq.send_prepare(name, sql.encode())
        self._answer()
        self._names[sql] = name
        return name


_known: "WeakKeyDictionary[psycopg.Connection[Any], Prepared]" = WeakKeyDictionary()


def of(connection: "psycopg.Connection[Any]") -> Prepared:
    """The statements of this connection."""
    known = _known.get(connection)
    if known is None:
        known = _known[connection] = Prepared(connection)
    return known
