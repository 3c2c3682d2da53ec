"""Releases: the public ones with their files, and the page on which a reviewer sees a draft."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from groundbreak.register import package_reviews, packages
from groundbreak.register.models import Package, PackageReview
from groundbreak.site.page import page
from groundbreak.site.released import media_type, path_of, released

KEPT_SECONDS = 365 * 86_400  # a public file never changes


@require_GET
def releases(request: HttpRequest) -> HttpResponse:
    """All public releases, newest first."""
    found = [(package, released(package)) for package in reversed(packages.public(timezone.now()))]
    return page(request, "releases/list.html", section="data", releases=found)


@require_GET
def release(request: HttpRequest, name: str) -> HttpResponse:
    """One public release: what it holds, its bridge, its files with their checksums."""
    package = _seen(name)
    shown = released(package)
    return page(request, "releases/release.html", section="data", package=package, shown=shown)


@require_GET
def release_file(request: HttpRequest, name: str, file: str) -> HttpResponse:
    """A file of a public release, or its zip."""
    answer = _sent(_seen(name), file)
    patch_cache_control(answer, public=True, max_age=KEPT_SECONDS, immutable=True)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, token: str) -> HttpResponse:
    """The page of one reviewer: the package as it stands, and their answer."""
    found = _review(token)
    wrong, status = "", 200
    if request.method == "POST":
        try:
            package_reviews.answer(
                found, request.POST.get("verdict", ""), request.POST.get("comment", ""),
                timezone.now(), request.POST.get("sha256", ""))
        except packages.NotAllowed as error:
            wrong, status = str(error), 400
        else:
            return _private(redirect("release_review", token=token))
    return _private(page(
        request, "releases/review.html", status=status, section="data", package=found.package,
        shown=released(found.package), review=found, token=token, wrong=wrong,
        comment=request.POST.get("comment", found.comment),
        longest=package_reviews.LONGEST_COMMENT))


@require_GET
def review_file(request: HttpRequest, token: str, file: str) -> HttpResponse:
    """A file of the package that a reviewer was asked to look at."""
    return _private(_sent(_review(token).package, file))


def _seen(name: str) -> Package:
    try:
        return packages.seen(name, timezone.now())
    except packages.NoSuchPackage as error:
        raise Http404(str(error)) from error


def _review(token: str) -> PackageReview:
    found = package_reviews.by_token(token, timezone.now())
    if found is None:
        raise Http404(_("This link is none of ours, its time is over, or the release is signed."))
    return found


def _sent(package: Package, file: str) -> FileResponse:
    where = path_of(package, file)
    if where is None:
        raise Http404(_("This release has no such file."))
    return FileResponse(where.open("rb"), as_attachment=True, filename=where.name,
                        content_type=media_type(file))


def _private(answer: Any) -> Any:
    """Kept nowhere, found by no search engine, and its address told to nobody."""
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "same-origin"
    return answer


urlpatterns = [
    path("releases/", releases, name="releases"),
    path("releases/review/<str:token>", review, name="release_review"),
    path("releases/review/<str:token>/<path:file>", review_file, name="release_review_file"),
    path("releases/<str:name>/", release, name="release"),
    path("releases/<str:name>/<path:file>", release_file, name="release_file"),
]
