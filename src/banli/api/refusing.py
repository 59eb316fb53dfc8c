"""Whatever was raised during a call, as the problem document that answers it."""

import logging

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from ninja.errors import HttpError, ValidationError
from psycopg.errors import DiskFull

from banli.engine.refusals import Refusal
from banli.people.access import Denied

from . import problems

logger = logging.getLogger(__name__)


def answer_to(request: HttpRequest, raised: BaseException) -> HttpResponse:
    """The answer. What nobody foresaw is a 500 with a number, under which the log has it; nothing else is told."""
    if (
        isinstance(raised, HttpError) and raised.__cause__ is not None
    ):  # so ninja wraps what the parser raises
        raised = raised.__cause__
    if isinstance(raised, Refusal):
        return problems.answer(request, raised)
    if isinstance(raised, Denied):
        return problems.answer(request, Refusal("not_permitted"), raised.posts)
    if isinstance(raised, Http404):
        return problems.answer(request, Refusal("not_found"))
    if isinstance(raised, ValidationError):
        return problems.answer(request, problems.invalid(raised.errors))
    if isinstance(raised, RequestDataTooBig):
        most = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // (1024 * 1024)
        return problems.answer(request, Refusal("body_too_large", max=most))
    if isinstance(raised, (SuspiciousOperation, UnreadablePostError)):
        return problems.answer(request, Refusal("malformed"))
    if isinstance(raised, (OperationalError, InterfaceError)):
        logger.error("the database is not available", exc_info=raised)
        full = isinstance(raised.__cause__, DiskFull)
        return problems.answer(request, Refusal("disk_full" if full else "house_unavailable"))
    number: str = getattr(request, "number", "")  # the request's, which every line of the log tells
    logger.error("request failed", exc_info=raised)
    return problems.answer(request, Refusal("unexpected", number=number))
