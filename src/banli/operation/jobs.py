"""What jobs of every room have in common: which come first, and what becomes of those whose database is away."""

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy

#: What comes back by the clock goes before whatever else waits: a morning's papers hold up no deadline.
FIRST = 10
#: A database that is away comes back: at once, then after 5, 10, 15 … seconds, as often as it takes.
WHEN_IT_IS_BACK = RetryStrategy(linear_wait=5, retry_exceptions=(OperationalError, InterfaceError))
