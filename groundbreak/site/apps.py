"""The site as a Django app."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Public pages; they own no table."""

    name = "groundbreak.site"
    label = "groundbreak_site"

    def ready(self) -> None:
        """Labels and charts, which know no Django, speak the language of the page."""
        from django.utils.translation import get_language

        from groundbreak.vocabulary import translating

        translating.follow(get_language)
