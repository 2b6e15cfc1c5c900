from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "Keuangan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let go of members whose import is undone, and make the import of this storey known to web and worker."""
        from finance import jobs  # noqa: F401
        from finance.actions.releasing import release_obligations
        from members.actions.releasing import releases

        releases(release_obligations)
