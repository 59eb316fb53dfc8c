from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_contacts_so_far"),
        ("estate", "0020_holds_on_letters_and_cases"),
        ("registers", "0006_letters_kept"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="registerrow",
            index=models.Index(
                fields=["estate", "book", "status", "-entered_at", "-id"], name="register_by_status"
            ),
        ),
    ]
