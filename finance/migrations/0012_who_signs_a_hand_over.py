from django.db import migrations, models


class Migration(migrations.Migration):
    """The duty in which somebody signs, so that the policy of the table can ask for it."""

    dependencies = [('finance', '0011_leaving_families_businesses')]

    operations = [
        migrations.AddField(
            model_name="handoversign",
            name="duty",
            field=models.CharField(default="officer", max_length=10),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="handoversign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("duty", "supervisor"), ("part", "witness")),
                    models.Q(("duty", "officer"), ("part__in", ["received", "withdrawn"])),
                    _connector="OR",
                ),
                name="the_pengawas_witnesses_and_officers_receive",
            ),
        ),
    ]
