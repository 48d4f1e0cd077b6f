"""Belief on credit: signatures are verified on other cores while the work that rests on them goes on.

What was done on credit is stored only after every signature was found good; if one is bad, all of it is undone and
done again in turn, without credit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future

from comity.record.series import Job, verify_in_turn

SHARE = 512
"""How many signatures are handed out at once."""
WORTH = 2048
"""With fewer signatures than this it is quicker to verify them here."""
Hands = Callable[[], Executor]
"""Other cores, when they are first needed."""


class Credit:
    """A verifier that answers at once and settles later."""

    def __init__(self, hands: Hands | None) -> None:
        """Use these hands; without any, nothing is believed on credit."""
        self._hands = hands
        self._claims: list[Future[list[bool]]] = []

    def verify_all(self, jobs: Sequence[Job]) -> Sequence[bool]:
        """Believe many signatures for now, or verify a few at once."""
        if self._hands is None or len(jobs) < WORTH:
            return verify_in_turn(jobs)
        for first in range(0, len(jobs), SHARE):
            self._claims.append(self._hands().submit(verify_in_turn, jobs[first : first + SHARE]))
        return [True] * len(jobs)

    def justified(self) -> bool:
        """Whether all that was believed was true; waits until that is known."""
        return all(all(claim.result()) for claim in self._claims)
