from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0007_personal_data'),
    ]

    operations = [
        migrations.AlterField(
            model_name='joinrequest',
            name='state',
            field=models.CharField(choices=[('waiting', 'Menunggu jawaban'), ('accepted', 'Diterima'), ('declined', 'Belum dapat diterima'), ('lapsed', 'Tidak dijawab')], default='waiting', max_length=8),
        ),
    ]
