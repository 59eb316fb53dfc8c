"""Where each stream ends, for those whose end no case's row keeps; filled from what is there."""

from django.db import migrations, models

FILL = """
INSERT INTO journal_head (stream, seq, hash)
SELECT DISTINCT ON (stream) stream, seq, hash FROM journal_entry WHERE stream NOT LIKE 'case/%'
 ORDER BY stream, seq DESC;
INSERT INTO journal_head (stream, seq, hash)
SELECT DISTINCT ON (estate_id) 'seals/' || estate_id, count(*) OVER (PARTITION BY estate_id), digest
  FROM journal_dayseal ORDER BY estate_id, day DESC;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                ("stream", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("seq", models.PositiveIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={"verbose_name": "日志末条", "verbose_name_plural": "日志末条"},
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
