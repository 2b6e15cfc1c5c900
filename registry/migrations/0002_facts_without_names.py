import django.db.models.deletion
import registry.models.base
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "form",
                    models.CharField(
                        choices=[("primary", "Primer"), ("secondary", "Sekunder")],
                        default="primary",
                        max_length=10,
                        verbose_name="bentuk",
                    ),
                ),
                (
                    "coop_type",
                    models.CharField(
                        choices=[
                            ("consumer", "Konsumen"),
                            ("producer", "Produsen"),
                            ("savings_loan", "Simpan pinjam"),
                            ("service", "Jasa"),
                            ("marketing", "Pemasaran"),
                        ],
                        default="consumer",
                        max_length=12,
                        verbose_name="jenis",
                    ),
                ),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("real", "Riil"),
                            ("real_usp_conventional", "Riil + USP konvensional"),
                            ("real_usp_sharia", "Riil + USP syariah"),
                            ("savings_loan", "Simpan pinjam"),
                        ],
                        default="real",
                        max_length=24,
                        verbose_name="sektor",
                    ),
                ),
                (
                    "pattern",
                    models.CharField(
                        choices=[("conventional", "Konvensional"), ("sharia", "Syariah")],
                        default="conventional",
                        max_length=12,
                        verbose_name="pola",
                    ),
                ),
                (
                    "legal_status",
                    models.CharField(
                        choices=[
                            ("forming", "Dalam pembentukan"),
                            ("legal_entity", "Berbadan hukum"),
                            ("in_liquidation", "Dalam penyelesaian"),
                            ("dissolved", "Bubar"),
                            ("merged", "Bergabung"),
                        ],
                        default="legal_entity",
                        max_length=14,
                        verbose_name="status badan hukum",
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("", "belum ada keputusan"), ("active", "Aktif"), ("inactive", "Tidak aktif")],
                        default="",
                        max_length=8,
                        verbose_name="keputusan dinas",
                    ),
                ),
                ("founded_on", models.DateField(blank=True, null=True, verbose_name="tanggal rapat pendirian")),
                ("deed_on", models.DateField(blank=True, null=True, verbose_name="tanggal akta")),
                ("decree_number", models.CharField(blank=True, max_length=80, verbose_name="nomor badan hukum")),
                ("decree_key", models.CharField(blank=True, editable=False, max_length=80)),
                ("decree_on", models.DateField(blank=True, null=True, verbose_name="tanggal pengesahan")),
                ("last_outlet_opened_on", models.DateField(blank=True, null=True, verbose_name="gerai dibuka")),
                ("last_activity_on", models.DateField(blank=True, null=True, verbose_name="kegiatan usaha terakhir")),
                ("last_recorded_on", models.DateField(blank=True, null=True, verbose_name="data terakhir diperbarui")),
                ("keeps_books_here", models.BooleanField(default=False)),
                (
                    "cooperative",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="registry.cooperative",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "officer",
                    registry.models.base.OneLink(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="registry.officer",
                    ),
                ),
                (
                    "organ",
                    models.CharField(choices=[("management", "Pengurus"), ("supervisor", "Pengawas")], max_length=10),
                ),
                (
                    "position",
                    models.CharField(
                        choices=[
                            ("chair", "Ketua"),
                            ("vice_chair_business", "Wakil ketua bidang usaha"),
                            ("vice_chair_membership", "Wakil ketua bidang anggota"),
                            ("secretary", "Sekretaris"),
                            ("treasurer", "Bendahara"),
                            ("supervisor_chair", "Ketua pengawas"),
                            ("supervisor_member", "Anggota pengawas"),
                        ],
                        max_length=24,
                        verbose_name="jabatan",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="mulai")),
                ("ends_on", models.DateField(verbose_name="masa jabatan sampai")),
                ("ended_on", models.DateField(null=True, verbose_name="berhenti")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="grant",
            name="a_person_holds_a_kind_once_in_a_place",
        ),
        migrations.AddField(
            model_name="grant",
            name="officer",
            field=registry.models.base.Link(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.officer",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="officer",
            field=registry.models.base.Link(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.officer",
            ),
        ),
        # The name of the reporter leaves the table: it stands in the book of acts, which keeps it.
        migrations.RemoveField(model_name="reportedfigure", name="reported_by"),
        migrations.AddField(model_name="reportedfigure", name="reported_by", field=models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("user", "agency", "cooperative", "kind", "valid_to"),
                name="a_person_holds_a_kind_once_until_a_day",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="agency",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="programme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.programme",
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="agency",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.agency"
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="cooperative",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.cooperative"
            ),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(fields=["agency", "coop_type"], name="registry_st_agency__0dc82a_idx"),
        ),
        migrations.AddIndex(
            model_name="term",
            index=models.Index(fields=["agency", "ended_on"], name="registry_te_agency__2fe2ec_idx"),
        ),
    ]
