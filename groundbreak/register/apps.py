"""The Django app; triggers are put back after every migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegisterConfig(AppConfig):
    name = "groundbreak.register"
    label = "register"

    def ready(self) -> None:
        from groundbreak.register.triggers import install

        post_migrate.connect(install, sender=self)
