"""Recovering from a file or over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from comity.errors import Refused, Unavailable

if TYPE_CHECKING:
    from comity.desk.home import OfficeFolder
    from comity.desk.recovery import Recovered

TIMEOUT_S = 60.0


def recover_from(
    home: Path, folder: OfficeFolder, source: str, side: str | None, ask: Callable[[str], str]
) -> Recovered:
    """Recover the record of an office.

    Raises: Refused, Malformed, Unavailable.
    """
    from comity.desk.home import Tenancy
    from comity.desk.opening import environment
    from comity.desk.recovery import recover_by_exchange, recover_from_file

    tenancy = Tenancy(home)
    try:
        if not source.startswith(("http://", "https://")):
            return recover_from_file(folder, Path(source), ask, environment())
        return recover_by_exchange(folder, side or _only_other(folder), _carrier(source), ask, environment())
    finally:
        tenancy.release()


def _only_other(folder: OfficeFolder) -> str:
    from comity.desk.cards import read_card
    from comity.desk.opening import read_installed_charter

    charter, _, _ = read_installed_charter(folder)
    own = read_card(folder.card_path.read_bytes()).side.side
    others = [party.side for party in charter.sides if party.side != own]
    if len(others) != 1:
        raise Refused("the office has several other sides", hint=f"say whose node it is: --side {others[0]}")
    return others[0]


def _carrier(url: str) -> Callable[[bytes], bytes]:
    import httpx2

    from comity.link.pouch import MAX_POUCH

    def carry(raw: bytes) -> bytes:
        try:
            answer = httpx2.post(
                url.rstrip("/") + "/pouch",
                content=raw,
                headers={"content-type": "application/vnd.comity.pouch"},
                timeout=TIMEOUT_S,
                trust_env=False,
            )
        except httpx2.HTTPError as error:
            raise Unavailable(f"{url} does not answer: {error}", hint="is its node running?") from None
        if answer.status_code != 200 or len(answer.content) > MAX_POUCH:
            raise Unavailable(f"{url} answered {answer.status_code}: {answer.text[:200]}")
        return answer.content

    return carry
