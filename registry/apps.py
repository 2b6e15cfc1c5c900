from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "Registri koperasi"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the checks, the jobs and the importer of this storey known to web and worker."""
        from registry.imports import (
            cooperatives,  # noqa: F401
            sources,  # noqa: F401
        )
        from registry.tenancy import checks  # noqa: F401
