"""The site shows what is public and to reviewers what they were asked to look at; nothing else."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.running import run

NEVER = datetime(2126, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(embedded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a register and its releases: 2025.1 public and 2026.1 a draft."""
    from django.db import connections

    folder = tmp_path_factory.mktemp("published")
    register = Path(shutil.copy(embedded, folder / "register.sqlite3"))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GROUNDBREAK_RELEASES", raising=False)
        for words in (("build", "2025.1", "--as-of", "2025-06-30"), ("review", "2025.1",
                      "--invite", "Reader"), ("sign", "2025.1", "--reason", "a test"),
                      ("publish", "2025.1"), ("build", "2026.1")):
            code, _, error = run(register, "release", *words, "--by", "secretariat")
            assert code == 0, error
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections["default"].close()
    return folder


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    """A copy of the test's own of the register with its releases."""
    target = tmp_path / "published"
    shutil.copytree(made, target)
    return target / "register.sqlite3"


@pytest.fixture
def client(own: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """A reader of the site."""
    from django.db import connections
    from django.test import Client, override_settings

    from groundbreak.register import standing
    from groundbreak.register.connection import connect

    monkeypatch.delenv("GROUNDBREAK_RELEASES", raising=False)
    connect(own)
    standing.forget()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield Client()
    standing.forget()
    connections["default"].close()


@pytest.fixture
def link(client: object) -> str:
    """A reviewer's address for 2026.1."""
    from django.utils import timezone

    from groundbreak.register import package_reviews, packages

    _, token = package_reviews.invite(packages.find("2026.1"), "Reader", "secretariat",
                                      timezone.now())
    return f"/releases/review/{token}"


def text(answer) -> str:  # type: ignore[no-untyped-def]
    return answer.content.decode()


def body(answer) -> bytes:  # type: ignore[no-untyped-def]
    return b"".join(answer.streaming_content)


def test_only_public_ones_are_listed_and_sent(client) -> None:  # type: ignore[no-untyped-def]
    page = text(client.get("/releases/"))
    assert "2025.1" in page
    assert "2026.1" not in page
    for path in ("/releases/2026.1/", "/releases/2026.1/projects.csv",
                 "/releases/2026.1/2026.1.zip", "/releases/2030.1/"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "public are: 2025.1" in text(answer)


def test_a_release_with_its_checksums(client, own: Path) -> None:  # type: ignore[no-untyped-def]
    page = text(client.get("/releases/2025.1/"))
    folder = own.parent / "releases" / "2025.1"
    for name in ("projects.csv", "claims.parquet", "oc4ids.json", "vocabulary/stages.csv"):
        sent = client.get(f"/releases/2025.1/{name}")
        data = body(sent)
        assert data == (folder / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() in page
        assert sent["Content-Disposition"].startswith("attachment")
        assert "immutable" in sent["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(body(client.get("/releases/2025.1/2025.1.zip")))) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("file", [
    "../../register.sqlite3", "..%2f..%2fregister.sqlite3", "2026.1.zip", "../2026.1/gap.csv",
    "/etc/passwd", ".", "vocabulary", "projects.csv%00", "SHA256SUMS/x",
])
def test_no_way_out_of_the_folder(client, file: str) -> None:  # type: ignore[no-untyped-def]
    assert client.get(f"/releases/2025.1/{file}").status_code in (301, 400, 404)
    followed = client.get(f"/releases/2025.1/{file}", follow=True)
    assert followed.status_code in (400, 404)


def test_an_embargo_opens_by_itself(client) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register.models import Package

    Package.objects.filter(name="2026.1").update(state="embargoed", embargo_until=NEVER)
    assert client.get("/releases/2026.1/").status_code == 404
    Package.objects.filter(name="2026.1").update(
        embargo_until=datetime.now(UTC) - timedelta(seconds=1))
    page = text(client.get("/releases/2026.1/"))
    assert "unexplained" in page


def test_a_reviewer_sees_the_draft_and_answers(client, link: str) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register.models import PackageReview

    answer = client.get(link)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert body(client.get(f"{link}/projects.csv")).startswith(b"project,")
    assert client.get(f"{link}/../../2025.1/gap.csv").status_code == 404
    review = PackageReview.objects.get(package__name="2026.1")
    sent = {"sha256": review.package.sha256, "verdict": "objected", "comment": ""}
    wrong = client.post(link, sent)
    assert wrong.status_code == 400
    assert "accepted: a comment" in text(wrong)
    hostile = "<script>alert(1)</script>"
    assert client.post(link, {**sent, "comment": hostile}).status_code == 302
    page = text(client.get(link))
    assert hostile not in page
    assert "You objected" in page
    assert client.post(link, {**sent, "verdict": "approved"}).status_code == 302
    review.refresh_from_db()
    assert (review.verdict, review.answered is not None) == ("approved", True)
    assert client.post(link, {**sent, "sha256": "0" * 64}).status_code == 400


def test_a_form_from_elsewhere_is_refused(client, link: str) -> None:  # type: ignore[no-untyped-def]
    from django.test import Client

    from groundbreak.register.models import PackageReview

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link, {"verdict": "approved"}).status_code == 403
    assert PackageReview.objects.get(package__name="2026.1").verdict == ""


def test_links_that_are_none(client, link: str) -> None:  # type: ignore[no-untyped-def]
    from groundbreak.register.models import Package, PackageReview

    for path in ("/releases/review/x", link[:-1], f"{link}x", "/releases/review/" + "a" * 3000):
        assert client.get(path).status_code == 404
    PackageReview.objects.update(expires=datetime.now(UTC) - timedelta(seconds=1))
    assert client.get(link).status_code == 404
    PackageReview.objects.update(expires=NEVER)
    assert client.get(link).status_code == 200
    Package.objects.filter(name="2026.1").update(state="signed")
    assert client.get(link).status_code == 404, "a signed release is not reviewed any more"


def test_without_its_files_the_page_says_so(client, own: Path) -> None:  # type: ignore[no-untyped-def]
    (own.parent / "releases").rename(own.parent / "away")
    assert "not on this server" in text(client.get("/releases/2025.1/"))
    assert "not on this server" in text(client.get("/releases/"))
    assert client.get("/releases/2025.1/gap.csv").status_code == 404
