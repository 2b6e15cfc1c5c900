from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Keanggotaan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the import of this storey known to web and worker."""
        from members import jobs  # noqa: F401
