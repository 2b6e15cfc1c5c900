from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KoperasiConfig(AppConfig):
    name = "koperasi"
    verbose_name = "Koperasi Serang"

    def ready(self) -> None:
        autodiscover_modules("jobs")  # the worker must know every kind of job
        # What the ground asks of the storeys above it.
        from koperasi.reports import activity, columns, sizes
        from registry.reports.kuk import SIZES
        from registry.reports.listing import EXTRA_COLUMNS
        from registry.reports.status import MORE_BUSINESS_FACTS

        EXTRA_COLUMNS[:] = columns.COLUMNS
        SIZES[:] = [sizes.sizes]
        MORE_BUSINESS_FACTS[:] = [activity.IN_THE_BOOKS]
