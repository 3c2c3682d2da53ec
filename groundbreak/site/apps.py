"""The site as a Django app."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Public pages; they own no table."""

    name = "groundbreak.site"
    label = "groundbreak_site"
