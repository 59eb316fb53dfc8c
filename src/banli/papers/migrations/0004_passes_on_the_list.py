from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_contacts_so_far"),
        ("estate", "0020_holds_on_letters_and_cases"),
        ("papers", "0003_seal_pictures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(
                condition=models.Q(
                    ("state", "valid"), ("token__isnull", False), ("valid_until__isnull", True)
                ),
                fields=["estate", "-id"],
                name="papers_passes_endless",
            ),
        ),
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(
                condition=models.Q(("state", "expired"), ("token__isnull", False)),
                fields=["estate", "valid_until"],
                name="papers_passes_expired",
            ),
        ),
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(
                condition=models.Q(("state", "void"), ("token__isnull", False)),
                fields=["estate", "voided_at"],
                name="papers_passes_void",
            ),
        ),
    ]
