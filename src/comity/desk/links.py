"""Links: where this side reaches the others, and how that goes."""

from __future__ import annotations

from urllib.parse import urlsplit

from comity.desk.noun import LinkState, Noun
from comity.errors import Malformed, Refused

MAX_URLS = 8


class LinkDesk(Noun):
    """What can be done about the links of this node."""

    def status(self) -> tuple[LinkState, ...]:
        """How each link is; without a node every link is down."""
        known = {state.side: state for state in self._bench.links()}
        return tuple(known.get(side) or self._idle(side) for side in self._bench.registry.shelf.others)

    def set(self, *, side: str, urls: tuple[str, ...]) -> LinkState:
        """Reach a side at these addresses, from now on."""
        self._check(side)
        for url in urls:
            _check_url(url)
        if not 1 <= len(urls) <= MAX_URLS:
            raise Refused(f"{len(urls)} addresses; from 1 to {MAX_URLS} are taken", hint="to stop, cut the link")
        return self._change(side, urls)

    def cut(self, *, side: str) -> LinkState:
        """Carry nothing to a side until the link is restored."""
        self._check(side)
        return self._change(side, ())

    def restore(self, *, side: str) -> LinkState:
        """Reach a side at the addresses of its charter again."""
        self._check(side)
        return self._change(side, None)

    def _change(self, side: str, urls: tuple[str, ...] | None) -> LinkState:
        self._bench.folder.set_link(side, urls)
        self._bench.relink()
        return next(state for state in self.status() if state.side == side)

    def _idle(self, side: str) -> LinkState:
        urls = self._bench.urls_of(side)
        return LinkState(side, urls[0] if urls else "", trouble="no node runs here" if urls else "cut")

    def _check(self, side: str) -> None:
        if side not in self._bench.registry.shelf.others:
            others = ", ".join(self._bench.registry.shelf.others)
            raise Refused(f"{side!r} is no other side of this office", hint=f"the others: {others}")


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or len(url) > 512:
        raise Malformed(f"{url[:80]!r} is not an address", where="link", hint="such as http://north.example:8740")
