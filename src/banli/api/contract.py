"""The API as a whole, and the OpenAPI document that tells of its refusals and headers, too."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from . import problems
from .access import Bearer
from .parsing import StrictParser, known_parameters_only
from .refusing import answer_to

#: What any call may be answered with, beside what its operation says.
ANY_CALL = (401, 403, 404, 422, 429, 500, 503)
ANY_POST = (400, 409, 413, 415)
_PROBLEM = {"content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


class Plainly(JSONRenderer):
    """Chinese as Chinese, not as escapes."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class Contract(NinjaAPI):
    """ninja's API, answering every exception with a problem document."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        return answer_to(request, exc)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix or "api/", path_params=path_params)
        schema["components"]["schemas"].update(_problem_schemas())
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                _complete(operation, method)
        return schema


def build() -> Contract:
    """An empty API; urls.py adds the routers."""
    api = Contract(
        title="Banli 办理",
        version="1",
        description="The written procedures of an office, for machines. docs/api.md teaches it with examples.",
        docs_url=None,
        docs_decorator=require_GET,
        urls_namespace="api",
        auth=Bearer(),
        parser=StrictParser(),
        renderer=Plainly(),
    )
    api.add_decorator(known_parameters_only)
    return api


def _problem_schemas() -> dict[str, Any]:
    told = problems.Problem.model_json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    return {**told.pop("$defs"), "Problem": told}


def _complete(operation: dict[str, Any], method: str) -> None:
    """Add the refusals and headers that every operation of this method has."""
    operation["summary"] = operation["description"].split(". ")[0].split(":")[0].rstrip(".")
    answers = operation["responses"]
    for status, answer in answers.items():
        if method == "post" and status < 300:
            answer["headers"] = {
                "Location": {"schema": {"type": "string"}, "required": True},
                "Idempotent-Replay": {"schema": {"type": "string", "const": "true"}},
            }
    for status in (*ANY_CALL, *(ANY_POST if method == "post" else ())):
        answers[status] = {"description": problems.TITLES[status].en, **_PROBLEM}
        if status in problems.HEADERS:
            answers[status]["headers"] = {
                name: {"schema": {"type": "string"}, "required": True} for name in problems.HEADERS[status]
            }
