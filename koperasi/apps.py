from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KoperasiConfig(AppConfig):
    name = "koperasi"
    verbose_name = "Koperasi Serang"

    def ready(self) -> None:
        autodiscover_modules("jobs")  # the worker must know every kind of job
        from koperasi.reports import columns
        from registry.reports.listing import EXTRA_COLUMNS

        EXTRA_COLUMNS[:] = columns.COLUMNS
