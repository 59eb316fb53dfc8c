"""A row that names a unit or a person names one of its own estate: the database holds to it."""

from django.db import migrations

PAIRS = [
    ("estate_unit", "building_id", "estate_building"),
    ("estate_occupancy", "unit_id", "estate_unit"),
    ("estate_occupancy", "person_id", "estate_person"),
    ("estate_authority", "unit_id", "estate_unit"),
    ("estate_authority", "principal_id", "estate_person"),
    ("estate_authority", "delegate_id", "estate_person"),
]


def _together(table: str, column: str, target: str) -> migrations.RunSQL:
    name = f"{table}_{column}_same_estate"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, estate_id)"
        f" REFERENCES {target} (id, estate_id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("estate", "0001_estates")]

    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE {target} ADD CONSTRAINT {target}_id_estate UNIQUE (id, estate_id)",
                f"ALTER TABLE {target} DROP CONSTRAINT {target}_id_estate",
            )
            for target in ("estate_building", "estate_unit", "estate_person")
        ),
        *(_together(*pair) for pair in PAIRS),
    ]
