"""Addresses: the site's pages and the API."""

from django.urls import include, path

urlpatterns = [path("", include("groundbreak.site.urls"))]
