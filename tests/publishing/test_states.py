"""From draft to public: who may do what, what reviewers see, what an embargo keeps back."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

NOW = datetime(2026, 9, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUMS = "a" * 64


@pytest.fixture
def draft(register: str):  # type: ignore[no-untyped-def]
    """A package that was noted, on each database."""
    from groundbreak.register import packages

    return packages.built("2026.1", date(2026, 9, 4), 10, "1", SUMS, None, "secretariat")


def state_of(name: str) -> str:
    from groundbreak.register.models import Package

    return Package.objects.get(name=name).state


def test_the_whole_way(draft) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register import package_reviews, packages

    review, _ = package_reviews.invite(draft, "Reader", "secretariat", NOW)
    assert state_of("2026.1") == "review"
    package_reviews.answer(review, "approved", "", NOW, SUMS)
    packages.sign(packages.find("2026.1"), SUMS, "director")
    packages.embargo(packages.find("2026.1"), NOW + HOUR, "director", NOW)
    assert packages.public(NOW) == []
    with pytest.raises(packages.NoSuchPackage, match="public are: none is public yet"):
        packages.seen("2026.1", NOW)
    assert packages.last_public(NOW) is None
    assert packages.seen("2026.1", NOW + HOUR) == packages.last_public(NOW + HOUR)
    assert packages.last_public(NOW + HOUR, before=date(2026, 9, 4)) is None
    packages.publish(packages.find("2026.1"), "director")
    assert [p.name for p in packages.public(NOW)] == ["2026.1"]
    steps = [s.state for s in draft.steps.all()]
    assert steps == ["draft", "review", "review", "signed", "embargoed", "public"]


ILLEGAL = [("draft", to) for to in ("signed", "embargoed", "public", "draft")] + [
    ("review", "embargoed"), ("review", "public"), ("signed", "draft"), ("signed", "review"),
    ("embargoed", "draft"), ("embargoed", "signed"), ("public", "draft"), ("public", "review"),
    ("public", "embargoed"), ("public", "public")]


@pytest.mark.parametrize(("state", "to"), ILLEGAL)
def test_a_step_that_is_not_allowed(draft, state: str, to: str) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register import packages
    from groundbreak.register.models import Package

    Package.objects.update(state=state, embargo_until=NOW)
    steps = draft.steps.count()
    with pytest.raises(packages.NotAllowed, match=f"is {state}: from there it goes"):
        packages.move(draft, to, "somebody")
    assert state_of("2026.1") == state
    assert draft.steps.count() == steps


def test_signing_needs_all_or_a_reason(draft) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register import package_reviews, packages

    with pytest.raises(packages.NotAllowed, match="ask somebody to look at it first"):
        packages.sign(draft, SUMS, "director", "in a hurry")
    one, _ = package_reviews.invite(draft, "One", "secretariat", NOW)
    two, _ = package_reviews.invite(draft, "Two", "secretariat", NOW)
    package_reviews.answer(one, "approved", "", NOW, SUMS)
    package_reviews.answer(two, "objected", "scorecard.csv: steel is wrong", NOW, SUMS)
    package = packages.find("2026.1")
    with pytest.raises(packages.NotAllowed, match=r"Two \(objected\); accepted: the approval"):
        packages.sign(package, SUMS, "director")
    with pytest.raises(packages.NotAllowed, match="is not what was built"):
        packages.sign(package, "b" * 64, "director", "a reason")
    packages.sign(package, SUMS, "director", "steel is right: see the minutes")
    last = package.steps.last()
    assert "Two (objected)" in last.note
    assert "see the minutes" in last.note


def test_only_the_hash_of_a_token_is_kept(draft) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register import package_reviews
    from groundbreak.register.models import PackageReview, PackageStep

    review, token = package_reviews.invite(draft, "Reader", "secretariat", NOW)
    assert len(token) >= 43
    kept = [str(v) for model in (PackageReview, PackageStep) for row in model.objects.values()
            for v in row.values()]
    assert not [v for v in kept if token in v]
    assert review.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert package_reviews.by_token(token, NOW) == review
    assert package_reviews.by_token(review.token_sha256, NOW) is None
    assert package_reviews.by_token("", NOW) is None


def test_a_link_ends(draft) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register import package_reviews, packages

    review, first = package_reviews.invite(draft, "Reader", "secretariat", NOW, days=2)
    assert package_reviews.by_token(first, NOW + timedelta(days=2)) is None
    again, second = package_reviews.invite(draft, "Reader", "secretariat", NOW)
    assert again.pk == review.pk
    assert package_reviews.by_token(first, NOW) is None, "the old link ends with the new one"
    package_reviews.answer(again, "approved", "", NOW, SUMS)
    packages.sign(packages.find("2026.1"), SUMS, "director")
    assert package_reviews.by_token(second, NOW) is None, "a signed release is not reviewed"
    with pytest.raises(packages.NotAllowed, match="not in review"):
        package_reviews.answer(again, "objected", "too late", NOW, SUMS)
    with pytest.raises(packages.NotAllowed, match="before it is signed"):
        package_reviews.invite(draft, "Another", "secretariat", NOW)


@pytest.mark.parametrize(("verdict", "comment", "sums", "told"), [
    ("perhaps", "", SUMS, "accepted: approved, objected"),
    ("objected", "  ", SUMS, "accepted: a comment"),
    ("approved", "x" * 5_001, SUMS, "up to 5,000"),
    ("approved", "", "b" * 64, "look at it anew"),
])
def test_answers_that_are_none(draft, verdict: str, comment: str, sums: str,  # type: ignore[no-untyped-def]
                               told: str) -> None:
    from groundbreak.register import package_reviews, packages

    review, _ = package_reviews.invite(draft, "Reader", "secretariat", NOW)
    with pytest.raises(packages.NotAllowed, match=told):
        package_reviews.answer(review, verdict, comment, NOW, sums)
    review.refresh_from_db()
    assert (review.verdict, review.answered) == ("", None)


def test_a_draft_built_again_voids_what_was_said_of_the_former(draft) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register import package_reviews, packages

    review, _ = package_reviews.invite(draft, "Reader", "secretariat", NOW)
    package_reviews.answer(review, "approved", "", NOW, SUMS)
    with pytest.raises(packages.NotAllowed, match="send it back to draft first"):
        packages.check_buildable("2026.1", again=True)
    packages.move(draft, "draft", "secretariat", "a row is wrong")
    with pytest.raises(packages.NotAllowed, match="accepted: --again"):
        packages.check_buildable("2026.1", again=False)
    packages.built("2026.1", date(2026, 9, 4), 10, "1", SUMS, None, "secretariat")
    review.refresh_from_db()
    assert review.verdict == "approved", "the same bytes are still approved"
    packages.built("2026.1", date(2026, 9, 4), 11, "1", "b" * 64, None, "secretariat")
    review.refresh_from_db()
    assert review.verdict == ""
    assert "Reader had approved" in draft.steps.last().note
    packages.move(draft, "review", "secretariat")
    package_reviews.answer(review, "approved", "", NOW, "b" * 64)
    packages.sign(packages.find("2026.1"), "b" * 64, "director")
    with pytest.raises(packages.NotAllowed, match="a release is never built again"):
        packages.built("2026.1", date(2026, 9, 4), 12, "1", "c" * 64, None, "secretariat")


def test_an_embargo_lies_ahead(draft) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register import packages

    with pytest.raises(packages.NotAllowed, match="is over"):
        packages.embargo(draft, NOW, "director", NOW)
    with pytest.raises(packages.NotAllowed, match="in which time zone"):
        packages.embargo(draft, datetime(2027, 1, 1), "director", NOW)
    with pytest.raises(packages.NotAllowed, match="who takes this step"):
        packages.move(draft, "review", " ")


def test_what_the_next_is_built_on(draft) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register import packages
    from groundbreak.register.models import Package

    assert packages.before(date(2027, 1, 1), 99) is None, "a draft is nothing to build on"
    Package.objects.update(state="signed")
    assert packages.before(date(2027, 1, 1), 99).name == "2026.1"
    assert packages.before(date(2026, 1, 1), 99) is None, "it is of a later day"
    assert packages.before(date(2027, 1, 1), 99, "2026.1") is None


def test_where_they_lie(draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    from django.db import connection

    from groundbreak.register import packages

    monkeypatch.delenv("GROUNDBREAK_RELEASES", raising=False)
    if connection.vendor == "sqlite":
        assert packages.folder("2026.1") == tmp_path.resolve() / "releases" / "2026.1"
    monkeypatch.setenv("GROUNDBREAK_RELEASES", str(tmp_path / "elsewhere"))
    assert packages.archive("2026.1") == tmp_path / "elsewhere" / "2026.1.zip"
    for name in ("2026.2", "../2026.1", "", "2026.1\0"):
        with pytest.raises(packages.NoSuchPackage, match=r"there are: 2026\.1"):
            packages.folder(name.replace("\0", "%00"))
