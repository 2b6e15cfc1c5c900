from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "Registri koperasi"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from registry.tenancy import checks  # noqa: F401  importing registers the checks
