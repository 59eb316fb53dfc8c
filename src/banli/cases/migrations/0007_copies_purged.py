"""Copies of identity papers are known as such, those that are kept already too, and say when and why they went."""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import migrations, models

from banli.cases.private import context
from banli.journal import vault


def mark_copies(apps: Any, editor: Any) -> None:
    """Mark what was ever answered to a question for the copy of an identity paper."""
    entries, pictures = apps.get_model("journal", "Entry"), apps.get_model("cases", "Attachment")
    for version in apps.get_model("cases", "ProcedureVersion").objects.iterator():
        form = json.loads(version.compiled)["procedures"][version.procedure]["form"]
        asked = {name for name, field in form.items() if field["type"] == "id_copy"}
        for case in version.cases.only("vault_salt").iterator() if asked else ():
            told = entries.objects.filter(stream=f"case/{case.pk}").values_list("body", flat=True)
            copies = set(_answered(told.iterator(), asked, bytes(case.vault_salt)))
            pictures.objects.filter(case_id=case.pk, sha256__in=copies).update(identity_copy=True)


def _answered(bodies: Iterator[dict[str, Any]], asked: set[str], salt: bytes) -> Iterator[str]:
    for body in bodies:
        for event in body.get("events", ()):
            for name in asked & set(event.get("values", ())):
                try:
                    yield json.loads(vault.open_sealed(event["values"][name] or "", context(name), salt=salt))
                except vault.VaultError:
                    continue  # nothing was answered, or the case was erased


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_indexes_for_figures"),
        ("journal", "0004_indexes_that_do_not_grow"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="identity_copy",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="attachment",
            name="kept_for",
            field=models.CharField(db_default="", default="", max_length=20),
        ),
        migrations.AddField(model_name="attachment", name="purged_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="attachment", name="purpose_ended_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("identity_copy", True), ("purged_at__isnull", True)),
                fields=["case"],
                name="attachment_to_purge",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kept_for", ""),
                        ("purged_at__isnull", True),
                        ("purpose_ended_at__isnull", True),
                        ("size__gt", 0),
                        models.Q(("sealed", ""), _negated=True),
                    ),
                    models.Q(
                        ("identity_copy", True),
                        ("purged_at__isnull", False),
                        ("purpose_ended_at__isnull", False),
                        ("purged_at__gte", models.F("purpose_ended_at")),
                        ("sealed", ""),
                        ("size", 0),
                        models.Q(("kept_for", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="attachment_is_there_or_says_why_not",
            ),
        ),
        migrations.RunPython(mark_copies, migrations.RunPython.noop, elidable=True),
    ]
