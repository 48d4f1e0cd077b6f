"""The courier: carries pouches to one other side at once, retries while the link is cut, heals after any outage."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from random import Random

import httpx2

from comity.desk.noun import LinkState
from comity.desk.registry import Registry
from comity.errors import ComityError
from comity.link.pouch import MAX_POUCH
from comity.web.face import POUCH

FIRST_RETRY_S = 0.2
LAST_RETRY_S = 60.0
HEARTBEAT_S = 30.0
QUIET_S = 0.5
CUT = "cut"
TIMEOUT = httpx2.Timeout(30.0, connect=5.0)


class Courier(threading.Thread):
    """The courier from one registry to one other side."""

    def __init__(
        self,
        registry: Registry,
        to: str,
        urls: Sequence[str],
        *,
        chance: Random,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(name=f"courier to {to}", daemon=True)
        self._registry, self.to, self._urls = registry, to, list(urls)
        self._wake, self._stop_asked = threading.Event(), threading.Event()
        self._chance, self._now = chance, now
        self.state = LinkState(to, self._urls[0] if self._urls else "", since=now())

    def reach(self, urls: Sequence[str]) -> None:
        """Try these addresses from now on; with none, carry nothing."""
        self._urls = list(urls)
        self.state.url, self.state.failures = (urls[0] if urls else ""), 0
        if not urls:
            self._mark(up=False, trouble=CUT)
        self.wake()

    def wake(self) -> None:
        """There may be something to carry."""
        self._wake.set()

    def stop(self) -> None:
        """End after the exchange under way."""
        self._stop_asked.set()
        self._wake.set()

    def run(self) -> None:
        """Carry until stopped."""
        delay = FIRST_RETRY_S
        with httpx2.Client(timeout=TIMEOUT, trust_env=False, headers={"content-type": POUCH}) as client:
            while not self._stop_asked.is_set():
                self._wake.clear()
                urls = self._urls
                if not urls:
                    self._wake.wait()
                    continue
                try:
                    self._exchange_all(client, urls)
                except (httpx2.HTTPError, httpx2.StreamError, ComityError) as error:
                    if urls is not self._urls:
                        continue
                    self._mark(up=False, trouble=str(error) or type(error).__name__)
                    urls.append(urls.pop(0))
                    self._pause(delay * self._chance.uniform(0.5, 1.5), urls)
                    delay = min(delay * 2, LAST_RETRY_S)
                else:
                    delay = FIRST_RETRY_S
                    self._rest(HEARTBEAT_S * self._chance.uniform(0.8, 1.2), urls)

    def _rest(self, heartbeat_s: float, urls: Sequence[str]) -> None:
        """Wait until there is something to carry, the addresses change, or the next heartbeat is due."""
        if not self._wake.wait(QUIET_S):
            self._registry.save_receipts()
        until = time.monotonic() + heartbeat_s
        while (left := until - time.monotonic()) > 0 and self._wake.wait(left):
            self._wake.clear()
            changed = self._stop_asked.is_set() or self._urls is not urls
            if changed or self._registry.owes(self.to) or self._registry.lacks(self.to):
                return

    def _pause(self, delay_s: float, urls: Sequence[str]) -> None:
        """Wait before the next attempt; new acts do not cut it short, but new addresses do."""
        until = time.monotonic() + delay_s
        while self._urls is urls and not self._stop_asked.is_set() and (left := until - time.monotonic()) > 0:
            self._stop_asked.wait(min(left, 0.2))

    def _exchange_all(self, client: httpx2.Client, urls: Sequence[str]) -> None:
        """Exchange pouches until neither side has more for the other; always once."""
        before = None
        while not self._stop_asked.is_set() and self._urls is urls:
            self._exchange(client, urls[0])
            if self._urls is not urls:
                return
            self._mark(up=True)
            after = (self._registry.owes(self.to), self._registry.lacks(self.to), self._registry.progress())
            if not (after[0] or after[1]) or after == before:
                return
            before = after

    def _exchange(self, client: httpx2.Client, url: str) -> None:
        raw = self._registry.pouch_for(self.to)
        with client.stream("POST", url.rstrip("/") + "/pouch", content=raw) as response:
            parts, size = [], 0
            for part in response.iter_bytes():
                size += len(part)
                if size > MAX_POUCH:
                    raise httpx2.StreamError(f"an answer of more than {MAX_POUCH} bytes")
                parts.append(part)
        if response.status_code != 200:
            raise httpx2.StreamError(f"{self.to} answered {response.status_code}: {b''.join(parts)[:200]!r}")
        self._registry.take_in(b"".join(parts))

    def _mark(self, *, up: bool, trouble: str = "") -> None:
        state, now = self.state, self._now()
        if up != state.up:
            state.since = now
        state.url = self._urls[0] if self._urls else ""
        state.failures = 0 if up else state.failures + 1
        state.up, state.trouble = up, trouble
        if up:
            state.last_exchange = now
