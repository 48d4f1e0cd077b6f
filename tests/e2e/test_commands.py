"""What people type, what they are told, and what is refused with which hint."""

from __future__ import annotations

import json
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import comity
from comity.desk.home import OfficeFolder
from comity.errors import Refused, Unavailable
from tests.office_fixture import found_homes
from tests.transcript import run_here

INIT = ("init", "--side", "south", "--title", "South", "--language", "en", "--office", "a.example")


class Side:
    """A side at its terminal."""

    def __init__(self, folder: OfficeFolder, where: Path) -> None:
        self.folder, self._where = folder, where
        self.home = folder.folder.parent

    def types(self, line: str, *more: str, code: int = 0) -> str:
        """Run a command; what it prints."""
        printed, exited = run_here(["--home", str(self.home), *line.split(), *more], self._where)
        assert exited == code, f"{line}: exited with {exited}\n{printed}"
        return printed

    def reads(self, line: str) -> object:
        """Run a command that reads, as a program does."""
        return json.loads(self.types(f"{line} --json"))


@pytest.fixture
def sides(tmp_path: Path) -> list[Side]:
    return [Side(folder, tmp_path) for folder in found_homes(tmp_path, ["south", "north"])]


def carry(source: Side, target: Side, where: Path) -> str:
    """Take a pouch from one side to the other by hand."""
    source.types(f"pouch pack by-hand.pouch --to {target.home.name}")
    said = target.types("pouch open by-hand.pouch")
    (where / "by-hand.pouch").unlink()
    return said


def test_two_sides_work_without_any_node_over_pouches_alone(sides: list[Side], tmp_path: Path) -> None:
    south, north = sides
    south.types("line send --line liaison --subject Word", "--text", "Good morning.")
    assert "new acts: 1 of south\nnext: pack one back for south" in carry(south, north, tmp_path)
    north.types("line log south/1 --as watch")
    assert "receipts for ours" in carry(north, south, tmp_path)
    assert "north: held, logged north/1" in south.types("line show south/1")
    assert "receipts for ours" in carry(south, north, tmp_path)
    for side in sides:
        assert side.types("verify").endswith(": good: every signature, every number, every hash\n")


def test_a_shared_folder_carries_as_well(sides: list[Side], tmp_path: Path) -> None:
    south, north = sides
    south.types("statement make --title Word --text Opened.")
    south.types("pouch watch shared --to north --once")
    assert "new acts: 1 of south" in north.types("pouch watch shared --to south --once")
    assert "receipts for ours" in south.types("pouch watch shared --to north --once")
    (tmp_path / "shared" / "for-south.pouch").write_bytes(b"nonsense")
    assert "malformed" in south.types("pouch watch shared --to north --once")
    assert (tmp_path / "shared" / "for-south.refused").exists()


def test_a_pouch_for_someone_else_stays_closed(sides: list[Side], tmp_path: Path) -> None:
    south, _ = sides
    south.types("statement make --title Word --text Opened.")
    south.types("pouch pack out.pouch --to north")
    assert "malformed" in south.types("pouch open out.pouch", code=1)
    assert "no other side\n  hint  the others: north" in south.types("pouch pack out.pouch --to west", code=1)


def test_every_refusal_names_its_rule_and_what_to_do(sides: list[Side]) -> None:
    south, _ = sides
    said = south.types("line send --line military --subject S --text T", code=1)
    assert said == "refused L1  no line is called 'military' (see south/1)\n  hint  the charter's lines: liaison\n"
    assert "refused T1" in south.types("text adopt south/1 --digest " + "ab" * 32, code=1)
    assert "hint  see `comity act list`" in south.types("act show south/7", code=1)
    assert "hint  acts are named side/number" in south.types("act show seventh", code=1)
    assert "the key of ri is not here; here are the keys of chief" in south.types("act confirm 1 --as ri", code=1)
    assert south.reads("act list") == {"entries": [], "more": None}


def test_mistakes_on_the_command_line_exit_with_2_and_missing_homes_with_5(tmp_path: Path) -> None:
    assert run_here(["line", "send"], tmp_path)[1] == 2
    assert run_here(["line", "fly"], tmp_path)[1] == 2
    said, code = run_here(["--home", "nowhere", "status"], tmp_path)
    assert code == 5
    assert said.startswith("unavailable  nowhere is not the home of a side")
    assert "init" in said


def test_a_key_file_that_others_may_read_is_refused(sides: list[Side]) -> None:
    south, _ = sides
    key = south.folder.keys / "delegate-chief"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.chmod(0o644)
    said = south.types("statement make --title W --text T", code=1)
    assert f"hint  chmod 600 {key}" in said
    key.chmod(0o600)
    south.types("statement make --title W --text T")


def test_keys_under_a_passphrase_open_with_it_and_with_nothing_else(tmp_path: Path) -> None:
    environment = {"COMITY_PASSPHRASE": "hwanyeong", "PATH": ""}
    for side in ("south", "north"):
        words = ["--home", side, *INIT[:2], side, *INIT[3:], "--delegate", "cho:Cho,chief", "--passphrase"]
        assert run_here(words, tmp_path, environment)[1] == 0
    terms = tmp_path / "terms.toml"
    terms.write_text('title = "Office"\n')
    cards = [word for side in ("south", "north") for word in ("--card", f"{side}/a.example/card")]
    found = ["--home", "south", "found", *cards, "--terms", "terms.toml", "--as", "cho"]
    assert "are locked under a passphrase" in run_here(found, tmp_path, {"PATH": ""})[0]
    assert run_here(found, tmp_path, {**environment, "COMITY_PASSPHRASE": "wrong"})[1] == 1
    printed, code = run_here(found, tmp_path, environment)
    assert code == 0
    groups = " ".join(line.strip() for line in printed.splitlines() if line.startswith("    "))
    assert run_here(["--home", "north", "join", "charter", "--fingerprint", groups], tmp_path, environment)[1] == 0
    assert run_here(["--home", "south", "join", "charter"], tmp_path, environment)[1] == 0
    said = ["--home", "south", "statement", "make", "--title", "W", "--text", "T"]
    assert run_here(said, tmp_path, {"PATH": ""})[1] == 1
    assert run_here(said, tmp_path, {**environment, "COMITY_PASSPHRASE": "wrong"})[1] == 1
    assert run_here(said, tmp_path, environment)[0] == "south/1  filed\n"
    assert not [path for path in (tmp_path / "south").rglob("*") if b"PRIVATE" in _bytes(path)]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def test_a_charter_altered_by_one_byte_is_refused(tmp_path: Path) -> None:
    for side in ("south", "north"):
        words = ["--home", side, *INIT[:2], side, *INIT[3:], "--delegate", "cho:Cho,chief"]
        assert run_here(words, tmp_path)[1] == 0
    (tmp_path / "terms.toml").write_text('title = "Office"\n')
    cards = [word for side in ("south", "north") for word in ("--card", f"{side}/a.example/card")]
    assert run_here(["--home", "south", "found", *cards, "--terms", "terms.toml", "--as", "cho"], tmp_path)[1] == 0
    charter = (tmp_path / "charter").read_bytes()
    text, _, _ = charter.partition(b"\n\n\xe2\x80\x94")
    for at in range(0, len(text), 97):
        altered = bytearray(charter)
        altered[at] ^= 1
        (tmp_path / "altered").write_bytes(altered)
        printed, code = run_here(["--home", "north", "join", "altered", "--fingerprint", "0"], tmp_path)
        assert code == 1, f"byte {at}: {printed}"
        assert not (tmp_path / "north" / "a.example" / "charter").exists()


def test_verify_names_the_place_of_any_damage_and_exits_with_4(sides: list[Side], tmp_path: Path) -> None:
    south, north = sides
    for word in ("one", "two", "three"):
        south.types("statement make --title Word --text", word)
    carry(south, north, tmp_path)
    with sqlite3.connect(north.folder.archive_path) as archive:
        ((row, raw),) = archive.execute("SELECT id, raw FROM entry ORDER BY id LIMIT 1 OFFSET 1").fetchall()
        archive.execute("UPDATE entry SET raw = ? WHERE id = ?", (raw.replace(b'"no":2', b'"no":7'), row))
    archive.close()
    said = north.types("verify", code=4)
    assert "WRONG at south/2" in said
    assert "NOT GOOD" in said
    assert south.types(f"verify {north.home}", code=4).endswith("NOT GOOD\n")
    assert "good" in south.types("verify --heads")


def test_exported_tiles_verify_and_no_altered_file_does(sides: list[Side], tmp_path: Path) -> None:
    south, north = sides
    for word in ("one", "two", "three"):
        south.types("statement make --title Word --text", word)
    carry(south, north, tmp_path)
    carry(north, south, tmp_path)
    assert south.reads("tiles export tiles") == {"south": 3, "north": 0}
    charter = f"--charter {south.folder.charter_path}"
    assert "3 under a good head; receipts: north up to 3" in south.types(f"verify tiles {charter}")
    for path in sorted(p for p in (tmp_path / "tiles").rglob("*") if p.is_file()):
        whole = path.read_bytes()
        path.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
        printed, code = run_here(["--home", str(south.home), "verify", "tiles", *charter.split()], tmp_path)
        assert code in (1, 4), f"{path}: {printed}"
        path.write_bytes(whole)
    south.types(f"verify tiles {charter}")


def test_a_lost_archive_comes_back_from_the_other_sides_pouch(sides: list[Side], tmp_path: Path) -> None:
    south, north = sides
    south.types("statement make --title Word --text", "Opened.")
    carry(south, north, tmp_path)
    for path in south.folder.folder.glob("record.sqlite*"):
        path.unlink()
    assert "read-only" in south.types("statement make --title W --text T", code=5)
    north.types("pouch pack all.pouch --to south --everything")
    assert "recovered from north's copy: 1 of south, 0 of north" in south.types("recover --from all.pouch")
    assert south.types("statement make --title W --text T") == "south/2  filed\n"


def test_a_lost_archive_comes_back_from_the_other_sides_node(sides: list[Side], tmp_path: Path) -> None:
    south, north = sides
    south.types("statement make --title Word --text", "Opened.")
    carry(south, north, tmp_path)
    for path in south.folder.folder.glob("record.sqlite*"):
        path.unlink()
    command = [sys.executable, "-m", "comity", "--home", str(north.home), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdout is not None
        url = node.stdout.readline().split()[-1]
        assert "recovered from north's copy: 1 of south, 0 of north" in south.types(f"recover --from {url}")
        node.send_signal(signal.SIGINT)
        assert node.wait(timeout=20) == 0
    assert not (north.home / "node.json").exists()
    assert south.types("statement make --title W --text T") == "south/2  filed\n"
    assert "does not answer" in south.types(f"recover --from {url}", code=5)


def test_programs_read_what_people_read(sides: list[Side], tmp_path: Path) -> None:
    south, north = sides
    south.types("line send --line liaison --subject Word --text Text --precedence FLASH --attach south/home.json")
    south.types("text table --kind plan --title Plan --text en=Text")
    south.types("letter send --addressee Chief --text Text --propose summit --place Hanoi")
    south.types("statement make --title Word --text Text --public")
    south.types("watch on", "--officer", "Lt Han")
    carry(south, north, tmp_path)
    carry(north, south, tmp_path)
    for line in (
        "status",
        "line status",
        "line messages --line liaison",
        "line show south/1",
        "watch status",
        "text list",
        "text show south/2",
        "letter list",
        "letter show south/3",
        "statement list",
        "statement show south/4",
        "delegate list",
        "act list --limit 2",
        "act show south/1",
        "link status",
        "evidence list",
        "verify",
    ):
        north.reads(line)
        assert north.types(line).strip()
    page = north.types("act list --limit 2")
    assert page.endswith("more: --after south:4\n")
    assert "south/3" in north.types("act list --limit 2 --after south:4")
    assert "wrote home.json" in north.types("act attachment south/1")
    assert (tmp_path / "home.json").read_bytes() == (south.home / "home.json").read_bytes()
    assert north.types("act proof south/1").startswith("c2sp.org/tlog-proof@v1\n")
    assert "Lt Han" in north.types("watch --once")


def test_a_script_does_what_the_command_line_does(sides: list[Side]) -> None:
    south, _ = sides
    with comity.open(south.home) as office:
        done = office.line.send(line="liaison", subject="Word", text="Text")
        assert (done.act, done.effect) == ("south/1", "stands")
        with pytest.raises(Refused, match="L4"):
            office.line.log(message="south/1")
        assert office.line.message(message="south/1").facts["north"].held is False
        assert office.record.status().series[0].held == 1
        with pytest.raises(Unavailable), comity.open(south.home):
            pass
    with pytest.raises(Unavailable), comity.open(south.home.parent / "nowhere"):
        pass


def test_an_office_with_post_quantum_keys_verifies_as_well(tmp_path: Path) -> None:
    for side in ("south", "north"):
        words = ["--home", side, *INIT[:2], side, *INIT[3:], "--delegate", "cho:Cho,chief", "--pq"]
        assert run_here(words, tmp_path)[1] == 0
    (tmp_path / "terms.toml").write_text('title = "Office"\n')
    cards = [word for side in ("south", "north") for word in ("--card", f"{side}/a.example/card")]
    printed, _ = run_here(["--home", "south", "found", *cards, "--terms", "terms.toml", "--as", "cho"], tmp_path)
    groups = " ".join(line.strip() for line in printed.splitlines() if line.startswith("    "))
    assert run_here(["--home", "north", "join", "charter", "--fingerprint", groups], tmp_path)[1] == 0
    assert run_here(["--home", "south", "join", "charter"], tmp_path)[1] == 0
    folders = [OfficeFolder(tmp_path / side / "a.example", "a.example") for side in ("south", "north")]
    south, north = (Side(folder, tmp_path) for folder in folders)
    south.types("statement make --title Word --text Opened.")
    for source, target, name in ((south, north, "north"), (north, south, "south")):
        source.types(f"pouch pack by-hand --to {name}")
        target.types("pouch open by-hand")
    assert "1 under a good head; receipts: north up to 1" in south.types("verify")
    south.types("tiles export tiles")
    south.types(f"verify tiles --charter {south.folder.charter_path}")
