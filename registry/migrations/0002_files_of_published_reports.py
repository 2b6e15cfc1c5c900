"""The head of region reads the files of published reports, and no others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_imports")]

    operations = [
        migrations.AddField(model_name="file", name="published", field=models.BooleanField(default=False)),
    ]
