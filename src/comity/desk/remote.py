"""The desk of an office whose node runs in another process of the same home."""

from __future__ import annotations

import os
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import msgspec

from comity.desk.calls import MAX_CALL, decode_answer, encode_arguments
from comity.desk.office import CALLS, NOUNS, Office
from comity.errors import Breach, ComityError, Malformed, Objection, Outdated, Refused, Unavailable

TIMEOUT_S = 600


class NodeFile(msgspec.Struct, frozen=True):
    """Where the node of a home can be reached, by those who may read the file."""

    pid: int
    url: str
    control: int
    """The port on loopback."""
    token: str


class _Problem(msgspec.Struct):
    title: str
    detail: str
    hint: str = ""
    objections: list[Objection] = []


_ERRORS: dict[str, type[ComityError]] = {kind.__name__: kind for kind in (Outdated, Breach, Unavailable)}


def node_of(home: Path) -> NodeFile | None:
    """The node that says it runs in this home."""
    try:
        return msgspec.json.decode((home / "node.json").read_bytes(), type=NodeFile)
    except (OSError, msgspec.DecodeError):
        return None


def is_running(node: NodeFile) -> bool:
    """Whether the process that wrote the file is there."""
    try:
        os.kill(node.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def ask(node: NodeFile, path: str, raw: bytes) -> bytes:
    """Ask the node something.

    Raises: Unavailable, if it does not answer; what it raised itself.
    """
    connection = HTTPConnection("127.0.0.1", node.control, timeout=TIMEOUT_S)
    try:
        headers = {"authorization": f"Bearer {node.token}", "content-type": "application/json"}
        connection.request("POST", path, raw, headers)
        response = connection.getresponse()
        answer = response.read(MAX_CALL)
    except (OSError, HTTPException) as error:
        raise Unavailable(f"the node of this home does not answer: {error}", hint="restart `comity serve`") from None
    finally:
        connection.close()
    if response.status >= 300:
        raise _error(answer, response.status)
    return answer


def _error(raw: bytes, status: int) -> ComityError:
    try:
        problem = msgspec.json.decode(raw, type=_Problem)
    except msgspec.DecodeError:
        return Unavailable(f"the node of this home answered {status}", hint="see its log")
    if problem.objections:
        kind = Malformed if problem.title == Malformed.__name__ else Refused
        error = Refused(problem.objections)
        error.status = kind.status
        return error
    return _ERRORS.get(problem.title, Unavailable)(problem.detail, hint=problem.hint)


class _RemoteNoun:
    """A noun whose methods are calls."""

    def __init__(self, node: NodeFile, office: str, noun: str) -> None:
        self._node, self._office, self._noun = node, office, noun

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        call = CALLS.get(f"{self._noun}.{verb}")
        if call is None:
            raise AttributeError(verb)

        def carry(**values: Any) -> Any:
            path = f"/call/{call.noun}.{call.verb}/{self._office}"
            return decode_answer(call, ask(self._node, path, encode_arguments(call, values)))

        return carry


class RemoteOffice(Office):
    """An office reached through its node."""

    def __init__(self, node: NodeFile, office: str) -> None:
        for noun in NOUNS:
            setattr(self, noun, _RemoteNoun(node, office, noun))
