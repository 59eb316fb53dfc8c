import django.contrib.postgres.indexes
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models

import banli.estate.letters

# PostgreSQL cannot estimate how many rows say some letters: what it takes from a sample misleads it into reading all.
UNSAMPLED = "ALTER TABLE registers_registerrow ALTER COLUMN letters SET STATISTICS 0"
SAMPLED = "ALTER TABLE registers_registerrow ALTER COLUMN letters SET STATISTICS DEFAULT"


class Migration(migrations.Migration):
    dependencies = [("registers", "0005_entered_afterwards")]

    operations = [
        BtreeGinExtension(),
        migrations.RemoveIndex(model_name="registerrow", name="register_letters"),
        migrations.AddField(
            model_name="registerrow",
            name="letters",
            field=models.GeneratedField(
                db_persist=True,
                expression=banli.estate.letters.Apart("found"),
                output_field=models.TextField(),
            ),
        ),
        migrations.RunSQL(UNSAMPLED, SAMPLED),
        migrations.AddIndex(
            model_name="registerrow",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("estate"),
                models.F("book"),
                django.contrib.postgres.indexes.OpClass("letters", name="gin_trgm_ops"),
                name="register_letters",
            ),
        ),
    ]
