"""Addresses: the site's pages and the API."""

from django.urls import include, path

handler400 = "groundbreak.site.failing.bad_request"
handler403 = "groundbreak.site.failing.refused"
handler404 = "groundbreak.site.failing.missing"
handler500 = "groundbreak.site.failing.broken"

urlpatterns = [
    path("api/v1/", include("groundbreak.api.urls")),
    path("", include("groundbreak.site.urls")),
]
