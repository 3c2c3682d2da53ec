"""The command `groundbreak release` as a person types it: every step, its words, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundbreak.cli import commands
from tests.cli.running import run

EARLY = ("--as-of", "2025-06-30")


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDBREAK_RELEASES", raising=False)


def done(register: Path, *words: object) -> str:
    code, out, error = run(register, "release", *words)
    assert code == 0, error
    return out


def refused(register: Path, *words: object, code: int = 2) -> str:
    actual, _, error = run(register, "release", *words)
    assert actual == code, error
    return error


def told(register: Path, *words: object) -> Any:
    return json.loads(done(register, *words, "--format", "json"))


def test_from_draft_to_public(own: Path) -> None:
    built = told(own, "build", "2025.1", *EARLY, "--by", "secretariat")
    assert built["known"] == "2025-06-30"
    assert Path(built["folder"]) == own.parent.resolve() / "releases" / "2025.1"
    assert "--again" in refused(own, "build", "2025.1", *EARLY)
    again = told(own, "build", "2025.1", *EARLY, "--again", "--by", "secretariat")
    assert again["sha256_of_zip"] == built["sha256_of_zip"]

    assert "ask somebody" in refused(own, "sign", "2025.1", "--by", "director")
    asked = told(own, "review", "2025.1", "--invite", "Reader", "--by", "secretariat",
                 "--site", "https://register.example/")
    token = asked[0]["link"].removeprefix("https://register.example/releases/review/")
    assert "Reader (no answer yet)" in refused(own, "sign", "2025.1", "--by", "director")
    _approve(token)
    assert "is signed" in done(own, "sign", "2025.1", "--by", "director")
    assert "never built again" in refused(own, "build", "2025.1", "--again")

    assert "time zone" in refused(own, "embargo", "2025.1", "--until", "2027-01-01")
    moment = "2126-01-01T09:00+00:00"
    assert "embargoed until 2126" in done(own, "embargo", "2025.1", "--until", moment, "--by", "d")
    assert told(own, "list")[0]["state"] == "embargoed"
    done(own, "publish", "2025.1", "--by", "director")
    assert "nowhere" in refused(own, "publish", "2025.1", "--by", "director")
    steps = [s["state"] for s in told(own, "review", "2025.1")["steps"]]
    assert steps[-3:] == ["signed", "embargoed", "public"]

    second = told(own, "build", "2026.1", "--by", "secretariat")
    assert second["previous"] == "2025.1"
    assert "is as it was released" in done(own, "verify", "2026.1", "--previous", "2025.1",
                                           "--sha256", second["sha256_of_sums"])
    compared = told(own, "diff", "2025.1", second["zip"])
    assert (compared["earlier"], compared["later"], compared["unexplained"]) == (
        "2025.1", "2026.1", 0)
    assert "unexplained 0" in done(own, "diff", "2025.1", "2026.1")
    assert done(own, "diff", "2025.1", "2026.1", "--format", "csv").startswith("group,how,line")


def _approve(token: str) -> None:
    from django.utils import timezone

    from groundbreak.register import package_reviews

    review = package_reviews.by_token(token, timezone.now())
    assert review is not None
    package_reviews.answer(review, "approved", "", timezone.now(), review.package.sha256)


def test_what_was_spoilt_is_neither_verified_nor_signed(own: Path) -> None:
    built = told(own, "build", "2025.1", *EARLY, "--by", "secretariat")
    done(own, "review", "2025.1", "--invite", "Reader", "--by", "secretariat")
    path = Path(built["folder"]) / "gap.csv"
    path.write_text(path.read_text("utf-8").replace("705", "700"), "utf-8")
    assert "1 thing is wrong" in refused(own, "verify", built["folder"], code=1)
    code, out, _ = run(own, "release", "verify", built["folder"], "--format", "json")
    assert code == 1
    assert [p["file"] for p in json.loads(out)["problems"]] == ["gap.csv"]
    error = refused(own, "sign", "2025.1", "--reason", "hurry", "--by", "director")
    assert "cannot be signed: gap.csv" in error
    assert refused(own, "verify", built["zip"], "--sha256", "0" * 64, code=1)


def test_it_is_verified_without_a_register(own: Path, packages: tuple[Path, Path]) -> None:
    nowhere = own.parent / "no" / "such" / "register.sqlite3"
    done(nowhere, "verify", packages[1], "--previous", packages[0])
    assert not nowhere.parent.exists(), "no register was opened or made"


def test_a_trial_is_written_and_not_noted(own: Path, tmp_path: Path) -> None:
    target = tmp_path / "trial"
    assert "for a trial" in refused(own, "build", "2025.1", "--no-figures")
    done(own, "build", "2025.1", *EARLY, "-o", target, "--no-figures")
    assert (target / "2025.1.zip").is_file()
    assert told(own, "list") == []
    assert "is there already" in refused(own, "build", "2025.1", *EARLY, "-o", target, code=1)


def test_what_lies_there_unknown_to_the_register_is_not_written_over(own: Path) -> None:
    stranger = own.parent / "releases" / "2025.1"
    stranger.mkdir(parents=True)
    (stranger / "note.txt").write_text("somebody's", "utf-8")
    assert "is there already" in refused(own, "build", "2025.1", "--again", code=1)
    assert (stranger / "note.txt").read_text("utf-8") == "somebody's"


@pytest.mark.parametrize(("words", "said"), [
    (("build", "latest"), "like 2026.1"),
    (("build", "2025.1", "--as-of", "1999-01-01"), "nothing public was known"),
    (("sign", "2026.9"), "no release '2026.9'"),
    (("verify", "nothing.zip"), "No such file"),
    (("review", "2026.9", "--invite", "x"), "no release '2026.9'"),
    (("diff", "2025.1", "2026.1"), "no release '2025.1'"),
])
def test_bad_input_says_what_is_accepted(own: Path, words: tuple[str, ...], said: str) -> None:
    assert said in refused(own, *words)
    assert not (own.parent / "releases").exists()


def test_an_empty_register(sqlite_register: Path) -> None:
    assert "the register is empty" in refused(sqlite_register, "build", "2026.1")


def test_every_step_has_help() -> None:
    from typer.main import get_command

    group = get_command(commands()).commands["release"]  # type: ignore[attr-defined]
    assert set(group.commands) == {"build", "verify", "diff", "list", "review", "sign", "embargo",
                                   "publish"}
    for name, command in group.commands.items():
        assert command.help, name
        assert not [p.name for p in command.params if not p.help], name
