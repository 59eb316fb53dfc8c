"""What was sent to owners so far is told about the home of its case."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("messages", "0006_deliveries_of_a_home")]

    operations = [
        migrations.RunSQL(
            """
            UPDATE messages_delivery SET unit_id = cases_case.unit_id
              FROM cases_case
             WHERE cases_case.id = messages_delivery.case_id AND messages_delivery.person_id IS NOT NULL
            """,
            migrations.RunSQL.noop,
        )
    ]
