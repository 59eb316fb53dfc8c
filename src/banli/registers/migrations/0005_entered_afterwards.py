from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0004_months_closed"),
    ]

    operations = [
        migrations.AddField(
            model_name="registerrow",
            name="back_entered_at",
            field=models.DateTimeField(null=True),
        ),
    ]
