"""The demo does what it says: two nodes, cut and mended, one record in the end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from comity.cli.story import read_story

Told = dict[str, Any]


def test_the_demo_plays_its_story_between_two_nodes(tmp_path: Path) -> None:
    out = tmp_path / "kaesong"
    command = [sys.executable, "-m", "comity", "demo", "--json", "--out", str(out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    account: Told = json.loads(done.stdout)
    one_record_in_the_end(account)
    every_scene_is_told(account)
    crossing_text_in_force_at_both(account)
    beyond_his_powers_waits_for_the_chief(account)
    a_pouch_was_carried(account, out)
    assert account["seconds"] < 30
    for home in account["homes"].values():
        assert not (Path(home) / "node.json").exists()


def one_record_in_the_end(account: Told) -> None:
    assert account["identical"] is True
    south, north = account["verified"]["south"], account["verified"]["north"]
    assert south["good"]
    assert north["good"]
    assert [s["root"] for s in south["series"]] == [s["root"] for s in north["series"]]
    assert south["entries"] == north["entries"] > 25
    for copy in (south, north):
        first, second = copy["series"]
        assert first["receipts"] == {second["side"]: first["size"]}
        assert second["receipts"] == {first["side"]: second["size"]}


def every_scene_is_told(account: Told) -> None:
    told = [(scene.title, len(scene.step), len(scene.shows)) for scene in read_story().scene]
    assert [(s["title"], len(s["steps"]), len(s["shows"])) for s in account["scenes"]] == told


def crossing_text_in_force_at_both(account: Told) -> None:
    scene = next(s for s in account["scenes"] if "crosses" in s["title"])
    assert scene["shows"][0]["values"] == {"south": "in force", "north": "in force"}
    cut = next(at for at, step in enumerate(scene["steps"]) if step["do"] == "cut")
    withdrawn, adopted = scene["steps"][cut + 1 : cut + 3]
    assert (withdrawn["do"], withdrawn["held_by"]) == ("text.withdraw", [])
    assert (adopted["do"], adopted["held_by"]) == ("text.adopt", [])


def beyond_his_powers_waits_for_the_chief(account: Told) -> None:
    scene = next(s for s in account["scenes"] if "beyond" in s["title"])
    assert [step["effect"] for step in scene["steps"]] == ["stands", None, "pending", "stands", "stands"]
    assert scene["steps"][1]["objections"][0]["rule"] == "D1"


def a_pouch_was_carried(account: Told, out: Path) -> None:
    carried = [step for scene in account["scenes"] for step in scene["steps"] if step["do"] == "carry"]
    assert len(carried) == 2
    for step in carried:
        assert (out / step["file"]).stat().st_size == step["size_bytes"]
        assert step["admitted"] == 1


def test_names_and_facts_stand_in_the_story_alone() -> None:
    words = {cast.title for cast in read_story().side} | {"kaesong.example", "Moon", "Trump", "Cho", "Pyongyang"}
    source = Path(__file__).parent.parent.parent / "src" / "comity" / "cli"
    for name in ("demo", "playing", "player", "stage", "narrator", "story"):
        text = (source / f"{name}.py").read_text()
        assert not {word for word in words if word in text}, name
