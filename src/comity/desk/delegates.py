"""Delegates and their powers."""

from __future__ import annotations

import msgspec

from comity.desk.cards import ALL_POWERS
from comity.desk.filing import Done
from comity.desk.keychain import make_delegate_key
from comity.desk.noun import Noun, Pen, reference
from comity.errors import Refused
from comity.office.acts import Appoint, Confirm, Powers, Revoke
from comity.office.views.acts import PendingView, pending
from comity.office.views.delegates import DelegateView, delegates
from comity.record.keys import VerifierKey

_NO_PEN = Pen()


class Delegates(msgspec.Struct, frozen=True):
    """Who may speak for whom, and what waits for a chief."""

    delegates: tuple[DelegateView, ...]
    pending: tuple[PendingView, ...]


class DelegateDesk(Noun):
    """What a chief does about a side's delegates."""

    def list(self, *, side: str | None = None) -> Delegates:
        """The delegates of a side, or of all, with their powers, and the acts that wait for their chiefs."""
        state = self._bench.view()
        if side is not None and side not in state.roll.sides:
            raise Refused(f"no side is called {side!r}", hint=f"the sides: {', '.join(state.roll.names)}")
        sides = state.roll.names if side is None else (side,)
        return Delegates(
            tuple(view for name in sides for view in delegates(state, name)),
            tuple(view for name in sides for view in pending(state, name)),
        )

    def appoint(
        self,
        *,
        name: str,
        title: str,
        chief: bool = False,
        powers: Powers = ALL_POWERS,
        key: str | None = None,
        begins: str | None = None,
        key_passphrase: str | None = None,
        pen: Pen = _NO_PEN,
    ) -> Done:
        """Appoint a delegate, or change one's powers; one who is new and brings no `key` gets one made here."""
        folder, side = self._bench.folder, self._bench.side
        holder = self._bench.registry.shelf.own().holders.get(name)
        if key is None and holder is not None:
            key = str(holder.key)
        elif key is None:
            made = make_delegate_key(folder.keys, side, name, self._bench.env.chance, passphrase=key_passphrase)
            key = str(made.verifier)
        elif VerifierKey.parse(key).name != f"{name}.{side}":
            raise Refused(
                f"the key is not named {name}.{side}", hint="make it with `comity key`, in the delegate's home"
            )
        body = Appoint(name=name, title=title, chief=chief, powers=powers, begins=begins)
        return self._bench.sign_and_file(body, pen, key_granted=key)

    def revoke(self, *, name: str, reason: str = "", ends: str | None = None, pen: Pen = _NO_PEN) -> Done:
        """End a delegate's powers."""
        return self._bench.sign_and_file(Revoke(name=name, reason=reason, ends=ends), pen)

    def confirm(self, *, act: str, pen: Pen = _NO_PEN) -> Done:
        """Confirm an act of this side that waits: one beyond its signer's powers, or an adoption ad referendum."""
        side, no = reference(act if "/" in act else f"{self._bench.side}/{act}")
        if side != self._bench.side:
            raise Refused(
                f"{act} is not an act of {self._bench.side}", hint="a chief confirms acts of their own side"
            )
        return self._bench.sign_and_file(Confirm(act=no), pen)
