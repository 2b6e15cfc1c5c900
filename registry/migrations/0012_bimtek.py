import django.db.models.deletion
import registry.models.base
from django.db import migrations, models


# What attendances were called until now, where the catalogue has a topic for it; other names stay as they were written.
NAMES = {
    "management": ("pengelolaan koperasi", "tata kelola koperasi", "dasar perkoperasian", "perkoperasian"),
    "finance": ("manajemen keuangan", "pembukuan sederhana", "pembukuan", "keuangan koperasi"),
    "business_model": ("penyusunan model bisnis", "model bisnis", "penyusunan rencana bisnis"),
    "sak_ep": ("kuk dan sak ep", "sak ep", "kuk", "akuntansi koperasi"),
    "simkopdes": ("simkopdes", "aplikasi simkopdes"),
    "supervision": ("pengawasan", "pengawasan koperasi"),
    "savings_loan": ("usaha simpan pinjam", "manajemen usaha simpan pinjam"),
    "marketing": ("produk dan pemasaran", "pemasaran digital", "pemasaran"),
    "livestock": ("teknis ternak", "budi daya kambing", "budi daya sapi", "teknis peternakan"),
    "fishery": ("teknis ikan", "budi daya lele", "budi daya ikan", "teknis perikanan"),
}
PAIRS = ", ".join(f"('{name}', '{code}')" for code, names in NAMES.items() for name in names)
# The owner sees no rows of a table whose row security is forced; it is lifted for this transaction.
FILL = [
    "ALTER TABLE registry_trainingattendance NO FORCE ROW LEVEL SECURITY",
    f"UPDATE registry_trainingattendance a SET topic_code = n.code FROM (VALUES {PAIRS}) AS n(name, code) WHERE lower(a.topic) = n.name",
    "ALTER TABLE registry_trainingattendance FORCE ROW LEVEL SECURITY",
]


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0011_buildings'),
    ]

    operations = [
        migrations.AddField(
            model_name='trainingattendance',
            name='arrived_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='trainingattendance',
            name='how',
            field=models.CharField(choices=[('recorded', 'Dicatat'), ('hand', 'Daftar hadir'), ('scan', 'Kode dipindai petugas'), ('own', 'HP peserta')], default='recorded', max_length=8),
        ),
        migrations.AddField(
            model_name='trainingattendance',
            name='topic_code',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.CreateModel(
            name='BudgetLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='tahun anggaran')),
                ('source', models.CharField(choices=[('apbd', 'APBD murni'), ('apbd_p', 'APBD perubahan'), ('dak_nonfisik', 'DAK nonfisik'), ('apbn', 'APBN'), ('apbdes', 'APBDes'), ('csr', 'CSR'), ('other', 'Lainnya')], max_length=12, verbose_name='sumber dana')),
                ('name', models.CharField(max_length=160, verbose_name='nama kegiatan')),
                ('ceiling_rupiah', models.BigIntegerField(verbose_name='pagu (Rp)')),
                ('status', models.CharField(choices=[('planned', 'Menunggu ketok palu'), ('approved', 'Sudah ketok palu'), ('running', 'Berjalan'), ('done', 'Selesai'), ('cancelled', 'Batal')], default='planned', max_length=9, verbose_name='keadaan')),
                ('approved_on', models.DateField(null=True, verbose_name='tanggal ketok palu')),
                ('document', models.CharField(blank=True, max_length=80, verbose_name='nomor dokumen')),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agency')),
            ],
            options={
                'ordering': ['-year', 'source', 'name'],
            },
        ),
        migrations.CreateModel(
            name='TrainingSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=20, verbose_name='topik')),
                ('title', models.CharField(max_length=160, verbose_name='judul')),
                ('state', models.CharField(choices=[('planned', 'Direncanakan'), ('open', 'Dibuka'), ('held', 'Terlaksana'), ('closed', 'Ditutup'), ('cancelled', 'Batal')], default='planned', max_length=9, verbose_name='keadaan')),
                ('planned_on', models.DateField(verbose_name='tanggal')),
                ('until', models.DateField(null=True, verbose_name='sampai')),
                ('place', models.CharField(max_length=160, verbose_name='tempat')),
                ('capacity', models.PositiveIntegerField(verbose_name='kapasitas')),
                ('hours', models.PositiveSmallIntegerField(verbose_name='jam pelajaran')),
                ('speakers', models.CharField(blank=True, max_length=240, verbose_name='narasumber')),
                ('cost_rupiah', models.BigIntegerField(default=0, verbose_name='biaya (Rp)')),
                ('code', models.CharField(max_length=24, unique=True)),
                ('door_number', models.CharField(max_length=4)),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agency')),
                ('budget', registry.models.base.Link(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.budgetline')),
            ],
            options={
                'ordering': ['planned_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('invited_on', models.DateField(null=True)),
                ('walk_in', models.BooleanField(default=False)),
                ('answer', models.CharField(blank=True, choices=[('', 'Belum menjawab'), ('yes', 'Akan hadir'), ('no', 'Tidak dapat hadir')], max_length=3)),
                ('code', models.CharField(max_length=24, unique=True)),
                ('pre_score', models.PositiveSmallIntegerField(null=True, verbose_name='nilai awal')),
                ('post_score', models.PositiveSmallIntegerField(null=True, verbose_name='nilai akhir')),
                ('evaluated', models.BooleanField(default=False)),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agency')),
                ('cooperative', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.cooperative')),
                ('officer', registry.models.base.Link(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.officer')),
                ('session', registry.models.base.Link(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.trainingsession')),
            ],
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=12)),
                ('score', models.PositiveSmallIntegerField()),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agency')),
                ('session', registry.models.base.Link(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.trainingsession')),
            ],
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('serial', models.PositiveIntegerField()),
                ('code', models.CharField(max_length=24, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('post', models.CharField(max_length=40)),
                ('cooperative_name', models.CharField(max_length=200)),
                ('topic', models.CharField(max_length=120)),
                ('title', models.CharField(max_length=160)),
                ('held_on', models.DateField()),
                ('hours', models.PositiveSmallIntegerField()),
                ('score', models.PositiveSmallIntegerField(null=True)),
                ('issued_on', models.DateField()),
                ('rules', models.CharField(max_length=12)),
                ('withdrawn_on', models.DateField(null=True)),
                ('withdrawn_reason', models.CharField(blank=True, max_length=160)),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agency')),
                ('attendance', registry.models.base.OneLink(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.trainingattendance')),
                ('cooperative', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.cooperative')),
                ('session', registry.models.base.Link(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.trainingsession')),
            ],
            options={
                'ordering': ['year', 'serial'],
            },
        ),
        migrations.AddField(
            model_name='trainingattendance',
            name='session',
            field=registry.models.base.Link(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.trainingsession'),
        ),
        migrations.AddIndex(
            model_name='trainingattendance',
            index=models.Index(condition=models.Q(('session__isnull', False)), fields=['agency', 'session'], name='registry_tr_of_session_idx'),
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.UniqueConstraint(fields=('agency', 'year', 'source', 'name'), name='a_budget_line_is_named_once_a_year'),
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.CheckConstraint(condition=models.Q(('ceiling_rupiah__gt', 0)), name='a_ceiling_is_more_than_nothing'),
        ),
        migrations.AddConstraint(
            model_name='budgetline',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['planned', 'cancelled']), models.Q(('approved_on__isnull', False), models.Q(('document', ''), _negated=True)), _connector='OR'), name='an_approved_budget_names_day_and_document'),
        ),
        migrations.AddIndex(
            model_name='trainingsession',
            index=models.Index(fields=['agency', '-planned_on'], name='registry_tr_agency__09d3e3_idx'),
        ),
        migrations.AddIndex(
            model_name='trainingsession',
            index=models.Index(fields=['agency', 'budget'], name='registry_tr_agency__5632a8_idx'),
        ),
        migrations.AddConstraint(
            model_name='trainingsession',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('planned_on')), _connector='OR'), name='a_session_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='trainingsession',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1)), name='a_session_has_room_for_somebody'),
        ),
        migrations.AddConstraint(
            model_name='trainingsession',
            constraint=models.CheckConstraint(condition=models.Q(('cost_rupiah__gte', 0)), name='a_session_costs_nothing_or_more'),
        ),
        migrations.AddIndex(
            model_name='participant',
            index=models.Index(fields=['agency', 'session'], name='registry_pa_agency__91cd91_idx'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(fields=('cooperative', 'session', 'officer'), name='an_officer_is_invited_once_per_session'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('invited_on__isnull', True), ('walk_in', True)), models.Q(('invited_on__isnull', False), ('walk_in', False)), _connector='OR'), name='a_participant_is_invited_or_came_to_the_door'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pre_score__isnull', True), ('pre_score__lte', 100), _connector='OR'), models.Q(('post_score__isnull', True), ('post_score__lte', 100), _connector='OR')), name='a_score_is_at_most_a_hundred'),
        ),
        migrations.AddIndex(
            model_name='evaluation',
            index=models.Index(fields=['agency', 'session'], name='registry_ev_agency__e06f81_idx'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='an_answer_is_one_to_five'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['agency', 'session'], name='registry_ce_agency__7a44dc_idx'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(fields=('agency', 'year', 'serial'), name='a_certificate_number_is_used_once'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_on__isnull', True), models.Q(('withdrawn_reason', ''), _negated=True), _connector='OR'), name='a_withdrawn_certificate_says_why'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
