"""How a request for the list is read.

With every request FastAPI looks through all parameters and their types again. For the list, by far the most frequent,
that took as long as all the rest. Here Pydantic reads query and header in one call each. The signature of the endpoint
is still what the contract is made of, and what is called.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import StringConstraints, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.auth.dependencies import read_access
from app.todos.schemas import TodoQuery
from app.zones import ZONE_NAME, find_zone

Value = TypeVar("Value")
_ZONE_HEADER = "x-time-zone"
_query = TypeAdapter(TodoQuery)
_zone_name = TypeAdapter(Annotated[str, StringConstraints(pattern=ZONE_NAME)])


class ListRoute(APIRoute):
    """A route to an endpoint that takes `query`, `token`, `request` and `zone`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request. It raises what FastAPI would."""

        async def answer(request: Request) -> Response:
            token = await read_access(request)
            query = _read(_query, dict(request.query_params), "query")
            zone = find_zone(_read(_zone_name, request.headers.get(_ZONE_HEADER, ""), "header", _ZONE_HEADER))
            response: Response = await self.endpoint(query=query, token=token, request=request, zone=zone)
            return response

        return answer


def _read(kind: TypeAdapter[Value], value: object, *place: str) -> Value:
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        problems = [{**problem, "loc": (*place, *problem["loc"])} for problem in error.errors(include_url=False)]
        raise RequestValidationError(problems) from error
