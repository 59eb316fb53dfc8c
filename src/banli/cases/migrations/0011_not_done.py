"""A case may end as not carried out: a repair whose price was declined, a cleaning nobody could be sent for (P7, P8)."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_contacts_so_far")]

    operations = [
        migrations.RemoveConstraint(model_name="case", name="case_status_known"),
        migrations.AlterField(
            model_name="case",
            name="status",
            field=models.CharField(
                choices=[
                    ("open", "办理中"),
                    ("done", "已办结"),
                    ("rejected", "未通过"),
                    ("not_done", "未办成"),
                    ("withdrawn", "已撤回"),
                    ("expired", "已过期"),
                ],
                default="open",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                name="case_status_known",
                condition=Q(status__in=["open", "done", "rejected", "not_done", "withdrawn", "expired"]),
            ),
        ),
    ]
