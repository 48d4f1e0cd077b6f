"""`init`, `card`, `found`, `join`, `key`: from nothing to an office that every side has signed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from comity.cli.options import AsJson, example
from comity.cli.session import new_passphrase, session

if TYPE_CHECKING:
    from comity.desk.cards import Person
    from comity.desk.ceremony import Reading
    from comity.desk.home import Home, OfficeFolder
    from comity.office.acts import Powers

app = typer.Typer()

Office = Annotated[
    str, typer.Option("--office", metavar="NAME", help="The office's name, a URL without a scheme: kaesong.example.")
]
Delegates = Annotated[
    list[str],
    typer.Option(
        "--delegate",
        metavar="NAME:TITLE[,chief|,POWERS]",
        help="A delegate and the powers: `cho:Cho Myoung-gyon,chief`, or `kim:Kim,negotiate=*,sign=meeting`.",
    ),
]
Urls = Annotated[list[str] | None, typer.Option("--url", metavar="URL", help="Where others reach this side's node.")]
Locked = Annotated[bool, typer.Option("--passphrase", help="Lock the key files under a passphrase.")]
Pq = Annotated[bool, typer.Option("--pq", help="Sign heads and receipts with ML-DSA-44 as well.")]


@app.command(
    epilog=example(
        "--home south init --side south --title South --language ko --office kaesong.example "
        "--delegate 'cho:Cho Myoung-gyon,chief'"
    )
)
def init(
    ctx: typer.Context,
    side: Annotated[str, typer.Option(metavar="NAME", help="The side's name, in a-z, 0-9 and hyphens.")],
    title: Annotated[str, typer.Option(help="What the side is called.")],
    language: Annotated[str, typer.Option(help="The side's language, such as ko or en.")],
    office: Office,
    delegate: Delegates,
    url: Urls = None,
    passphrase: Locked = False,
    pq: Pq = False,
) -> None:
    """Make a side's home, its keys, and the card to show the others."""
    from comity.desk.home import Home

    people = [read_person(given) for given in delegate]
    home = Home(session(ctx).home)
    home.make(side, title, language)
    _new_card(home, office, people, url, passphrase, pq)


@app.command(epilog=example("card --office gaeseong.example --delegate 'cho:Cho Myoung-gyon,chief'"))
def card(
    ctx: typer.Context,
    office: Office,
    delegate: Delegates,
    url: Urls = None,
    passphrase: Locked = False,
    pq: Pq = False,
) -> None:
    """Make keys and a card for another office of this home."""
    from comity.desk.home import Home

    people = [read_person(given) for given in delegate]
    _new_card(Home(session(ctx).home), office, people, url, passphrase, pq)


def _new_card(
    home: Home, office: str, people: list[Person], url: list[str] | None, passphrase: bool, pq: bool
) -> None:
    import os

    from comity.cli.show import say
    from comity.desk.cards import make_card

    secret = new_passphrase() if passphrase else None
    folder = make_card(home, office, people, chance=os.urandom, urls=url or (), passphrase=secret, pq=pq)
    say(f"made the keys of {home.profile().title} for {office}, in {folder.keys}")
    say(f"your card: {folder.card_path}")
    say("next: exchange cards with the other sides; one of you drafts the charter with `comity found`")


def read_person(given: str) -> Person:
    """A delegate as the command line names one: `name:Title[,chief][,negotiate=a+b][,initial=…][,sign=…]`.

    Raises: Malformed.
    """
    from comity.desk.cards import ALL_POWERS, Person
    from comity.errors import Malformed
    from comity.office.acts import Powers

    name, colon, rest = given.partition(":")
    title, *marks = [part.strip() for part in rest.split(",")]
    powers: dict[str, tuple[str, ...]] = {}
    chief = False
    for mark in marks:
        level, equals, kinds = mark.partition("=")
        if mark == "chief":
            chief = True
        elif equals and level in ("negotiate", "initial", "sign") and level not in powers:
            powers[level] = tuple(kind for kind in kinds.split("+") if kind)
        else:
            colon = ""
    if not colon or not name or not title:
        hint = "write NAME:TITLE,chief or NAME:TITLE,negotiate=*,sign=meeting+letter"
        raise Malformed(f"{given[:80]!r} does not describe a delegate", where="--delegate", hint=hint)
    return Person(name, title, chief, Powers(**powers) if powers else ALL_POWERS)


@app.command(epilog=example("found --card south.card --card north.card --terms terms.toml --as cho --out charter"))
def found(
    ctx: typer.Context,
    card: Annotated[list[Path], typer.Option(metavar="FILE", help="A side's card; once for each side.")],
    terms: Annotated[
        Path, typer.Option(metavar="FILE", help="What the sides settled: title, lines, due times (TOML).")
    ],
    by: Annotated[str, typer.Option("--as", metavar="CHIEF", help="The chief delegate who signs.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write the charter to send.")] = Path("charter"),
    at: Annotated[str | None, typer.Option(metavar="TIME", help="The day and time of founding; else now.")] = None,
) -> None:
    """Draft the charter from the sides' cards, and sign it."""
    from comity.cli.show import say
    from comity.desk import ceremony

    here = session(ctx)
    drafted = ceremony.draft(here.folder, card, terms, by, here.ask, founded=at)
    ceremony.write_charter_file(out, drafted.note)
    others = ", ".join(drafted.unsigned)
    say(f"wrote {out}, signed by {', '.join(drafted.signed)}; still to sign: {others}")
    _fingerprint(drafted.fingerprint)
    say(f"next: send {out} to {others}; each runs `comity join {out.name}`")


def _fingerprint(groups: str) -> None:
    from comity.cli.show import say

    say("read this aloud to the others, over a channel where you know their voice:")
    words = groups.split(" ")
    say(f"    {' '.join(words[:4])}")
    say(f"    {' '.join(words[4:])}")


@app.command(epilog=example('join charter --as ri --fingerprint "12345 67890 …"'))
def join(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The charter that another side sent.")],
    by: Annotated[
        str | None, typer.Option("--as", metavar="CHIEF", help="The chief delegate who signs; else the only one.")
    ] = None,
    fingerprint: Annotated[
        str | None, typer.Option(metavar="GROUPS", help="The fingerprint that the others read to you.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it with your signatures; else over FILE.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Read a charter, compare its fingerprint aloud, and sign it.

    Once every side has signed, it is in force here.
    """
    from comity.cli.show import as_json, note, say
    from comity.desk import ceremony

    here = session(ctx)
    charter = ceremony.read(file)
    folder = _own_folder(ctx, charter.office)
    if not json:
        _describe(charter)
    if not ceremony.has_signed(folder, charter):
        ceremony.check_fingerprint(charter, fingerprint or _heard())
    joined = ceremony.join(folder, file, by, here.ask)
    ceremony.write_charter_file(out or file, joined.note)
    if json:
        as_json(ceremony.account(joined))
    elif joined.unsigned:
        say(f"signed; still to sign: {', '.join(joined.unsigned)}")
        say(f"next: send {out or file} on to them")
    else:
        say(f"every side has signed: {joined.office} is founded, and the charter is in force here")
        note(f"next: send {out or file} back to the others, who run `comity join` on it once more")
        note("then: comity serve")


def _own_folder(ctx: typer.Context, office: str) -> OfficeFolder:
    from comity.desk.home import Home

    return Home(session(ctx).home).office(office)


def _heard() -> str:
    from comity.errors import Refused

    if not sys.stdin.isatty():
        raise Refused("nobody can be asked for the fingerprint", hint='give it with --fingerprint "GROUPS"')
    return str(typer.prompt("Type the fingerprint that the others read to you"))


def _describe(reading: Reading) -> None:
    from comity.cli.show import say, table

    text = reading.charter
    say(f"{text.title} ({text.office}), founded {text.founded}")
    say()
    for side in text.sides:
        say(f"{side.title} ({side.side}), writing in {side.language}")
        for delegate in side.delegates:
            powers = "chief delegate" if delegate.chief else in_words(delegate.powers)
            say(f"    {delegate.name}: {delegate.title}, {powers}")
    say()
    rows = [
        [n.line, n.title, " ".join(n.checks), n.zone, f"{n.window_min} min", n.caller, " ".join(n.days)]
        for n in text.lines
    ]
    table(["line", "", "checks at", "zone", "to answer within", "called by", "days"], rows)
    say()
    say(f"signed by: {', '.join(reading.signed) or 'nobody yet'}")


def in_words(powers: Powers) -> str:
    """A delegate's powers in words."""
    levels = {"negotiate": powers.negotiate, "initial": powers.initial, "sign": powers.sign}
    said = [
        f"may {level} {'all kinds' if '*' in kinds else ', '.join(kinds)}" for level, kinds in levels.items() if kinds
    ]
    return "; ".join(said) or "no powers"


@app.command(epilog=example("--home /media/stick key --side south --name kim"))
def key(
    ctx: typer.Context,
    side: Annotated[str, typer.Option(metavar="SIDE", help="The side that the delegate is of.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="The delegate's name.")],
    passphrase: Locked = False,
) -> None:
    """Make a delegate's key in a home of the delegate's own.

    The public half is printed, for a chief to appoint.
    """
    import os

    from comity.cli.show import note, say
    from comity.desk.keychain import make_delegate_key

    secret = new_passphrase() if passphrase else None
    folder = session(ctx).home / "keys"
    made = make_delegate_key(folder, side, name, os.urandom, passphrase=secret)
    say(str(made.verifier))
    note(f"the secret half is in {folder}; give the line above to a chief, who runs")
    note(f"  comity delegate appoint {name} --title TITLE --key '{made.verifier}'")
