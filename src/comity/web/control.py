"""The control face of a node: what the command line and scripts of the same home ask of it, on loopback, by token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from secrets import compare_digest

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comity.desk.calls import MAX_CALL
from comity.desk.office import LocalOffice
from comity.errors import ComityError, Unavailable
from comity.web.face import bounded_body, problem


def control(offices: Mapping[str, LocalOffice], token: str, stop: Callable[[], None]) -> Starlette:
    """The application for the offices of a home, by name."""

    async def call(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if not compare_digest(given.encode(), f"Bearer {token}".encode()):
            return Response(status_code=401)
        try:
            office = offices.get(request.path_params["office"])
            if office is None:
                raise Unavailable("this node does not serve that office", hint="restart `comity serve`")
            raw = await bounded_body(request, MAX_CALL)
            answer = await run_in_threadpool(office.carry_out, request.path_params["call"], raw)
        except ComityError as error:
            return problem(error)
        return Response(answer, media_type="application/json")

    async def end(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if not compare_digest(given.encode(), f"Bearer {token}".encode()):
            return Response(status_code=401)
        stop()
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/stop", end, methods=["POST"]),
            Route("/call/{call}/{office:path}", call, methods=["POST"]),
        ]
    )
