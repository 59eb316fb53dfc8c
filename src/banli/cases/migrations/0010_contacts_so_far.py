"""The calls and papers of cases that there are already, from their journals: in the order in which they happened."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import migrations

_SO_FAR = """
    INSERT INTO cases_contact (estate_id, unit_id, person_id, case_id, kind, step, branch, outcome, number, at, by_id)
    SELECT told.estate_id, told.unit_id, told.applicant_id, told.id,
           CASE WHEN told.said->>'event' = 'paper_issued' THEN 'paper' ELSE 'call' END,
           told.said->>'step', (told.said->>'branch')::int,
           CASE WHEN told.said->>'event' = 'paper_issued' THEN '' ELSE told.said->>'outcome' END,
           CASE WHEN told.said->>'event' = 'paper_issued' THEN told.said->>'number' ELSE '' END,
           coalesce((told.back->>'at')::timestamptz, told.at),
           CASE WHEN told.said->>'event' = 'paper_issued' THEN paper.issued_by_id ELSE (told.said->>'by')::bigint END
      FROM (SELECT cases_case.*, entry.seq AS entry_seq, entry.at, one.said, one.place,
                   jsonb_path_query_first(entry.body, '$.events[*] ? (@.event == "back_entered")') AS back
              FROM cases_case JOIN journal_entry entry ON entry.stream = 'case/' || cases_case.id
             CROSS JOIN LATERAL jsonb_array_elements(entry.body->'events') WITH ORDINALITY AS one(said, place)
             WHERE cases_case.version_id = %(version)s
               AND (cases_case.unit_id IS NOT NULL OR cases_case.applicant_id IS NOT NULL)
               AND ((one.said->>'event' IN ('done', 'attempted') AND one.said->>'by' IS NOT NULL
                     AND one.said->>'step' = ANY(%(calls)s))
                    OR (one.said->>'event' = 'paper_issued' AND one.said->>'step' <> ALL(%(sends)s)))) told
      LEFT JOIN papers_paper paper ON paper.case_id = told.id AND told.said->>'event' = 'paper_issued'
           AND paper.kind = told.said->>'paper' AND paper.number = told.said->>'number'
     ORDER BY told.id, told.entry_seq, told.place
"""


def so_far(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, procedure, compiled FROM cases_procedureversion ORDER BY id")
        for version, procedure, compiled in cursor.fetchall():
            steps = dict(_steps(json.loads(compiled)["procedures"][procedure]["steps"]))
            asked = {
                "version": version,
                "calls": [name for name, step in steps.items() if step["verb"] in ("call", "follow_up")],
                "sends": [name for name, step in steps.items() if step.get("sends")],
            }
            cursor.execute(_SO_FAR, asked)


def _steps(items: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, item in items.items():
        if "verb" in item:
            yield name, item
        else:
            yield from _steps(item.get("together") or item["steps"])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_contacts"),
        ("journal", "0002_append_only"),
        ("papers", "0003_seal_pictures"),
    ]

    operations = [migrations.RunPython(so_far, migrations.RunPython.noop)]
