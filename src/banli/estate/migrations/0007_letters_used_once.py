"""A letter for one use is used once, whatever the code does; why one was revoked stands beside when."""

from django.db import migrations, models

#: What was revoked before has its reason in the journal.
REASONS = """
    UPDATE estate_authority letter SET revoked_reason = entry.body ->> 'reason'
      FROM journal_entry entry
     WHERE entry.kind = 'authority_revoked' AND letter.revoked_at IS NOT NULL
       AND entry.estate_id = letter.estate_id AND entry.body -> 'authority' = to_jsonb(letter.id)
"""
ONCE = """
    UPDATE estate_authorityuse used SET once = letter.once
      FROM estate_authority letter WHERE letter.id = used.authority_id
"""
TOGETHER = """
    ALTER TABLE estate_authority ADD CONSTRAINT estate_authority_id_once UNIQUE (id, once);
    ALTER TABLE estate_authorityuse ADD CONSTRAINT estate_authorityuse_once_as_the_letter
        FOREIGN KEY (authority_id, once) REFERENCES estate_authority (id, once) DEFERRABLE INITIALLY DEFERRED
"""
APART = """
    ALTER TABLE estate_authorityuse DROP CONSTRAINT estate_authorityuse_once_as_the_letter;
    ALTER TABLE estate_authority DROP CONSTRAINT estate_authority_id_once
"""


class Migration(migrations.Migration):
    dependencies = [("estate", "0006_own_settings_and_calendar"), ("journal", "__first__")]

    operations = [
        migrations.AddField(
            model_name="authority",
            name="revoked_reason",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="撤销原因"
            ),
        ),
        migrations.AddField(
            model_name="authorityuse",
            name="once",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(REASONS, migrations.RunSQL.noop),
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
        migrations.RunSQL(
            "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop
        ),
        migrations.RunSQL(TOGETHER, APART),
        migrations.AddConstraint(
            model_name="authorityuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("once", True)), fields=("authority",), name="authority_for_one_use"
            ),
        ),
    ]
