"""Addresses of the site: each module of views names its own."""

from django.urls import include, path

MODULES = ("home", "projects", "project", "sectors", "countries", "companies", "coverage", "differ",
           "bridge", "flow", "gap", "promises", "changes", "corrections", "method", "data", "about",
           "report", "figures", "map", "releases", "feeds", "serving")

urlpatterns = [path("", include(f"groundbreak.site.views.{name}")) for name in MODULES]
