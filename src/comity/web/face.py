"""The public HTTP face of a node: pouches in, pouches out. What authenticates a pouch is inside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comity.desk.registry import Registry
from comity.errors import ComityError, Malformed, Refused
from comity.link.pouch import MAX_POUCH, address

POUCH = "application/vnd.comity.pouch"


async def bounded_body(request: Request, limit: int) -> bytes:
    """The body of a request, given up as soon as it is too long.

    Raises: Malformed.
    """
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise Malformed(f"a body of more than {limit} bytes", where=request.url.path)
        parts.append(part)
    return b"".join(parts)


def problem(error: ComityError) -> Response:
    """An error as Problem Details (RFC 9457)."""
    body: dict[str, Any] = {"title": type(error).__name__, "status": error.status, "detail": error.message}
    if error.hint:
        body["hint"] = error.hint
    if isinstance(error, Refused):
        body["objections"] = [
            {"rule": o.rule, "what": o.what, "see": o.see, "hint": o.hint} for o in error.objections
        ]
    return Response(msgspec.json.encode(body), error.status, media_type="application/problem+json")


def face(registries: Mapping[str, Registry]) -> Starlette:
    """The application for the offices of a node, by office id."""

    async def pouch(request: Request) -> Response:
        try:
            raw = await bounded_body(request, MAX_POUCH)
            office, _, _ = address(raw)
            registry = registries.get(office)
            if registry is None:
                raise Refused(f"this node has no office {office[:12]}…", hint="check the address")
            answer = await run_in_threadpool(registry.answer, raw)
        except ComityError as error:
            return problem(error)
        return Response(answer, media_type=POUCH)

    async def health(_: Request) -> Response:
        return Response(b'{"status":"up"}', media_type="application/json")

    return Starlette(routes=[Route("/pouch", pouch, methods=["POST"]), Route("/health", health)])
