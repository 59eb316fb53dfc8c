"""A place that a vehicle was entered with, and was never given for days, is not given to another vehicle (P20).

The engine refuses it; the database too, for whoever comes while the vehicle is being entered. It answers as the place's
own exclusion does, so that the second of two decides again and hears why. What only gets shorter is let through.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION estate_place_is_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM estate_vehicle noted, estate_vehicle given
         WHERE given.id = NEW.vehicle_id AND noted.estate_id = NEW.estate_id AND noted.place = NEW.place
           AND noted.plate <> given.plate
           AND daterange(noted.since, noted.until, '[]') && daterange(NEW.since, NEW.until, '[]')
           AND NOT EXISTS (SELECT FROM estate_heldplace own WHERE own.vehicle_id = noted.id)
    ) THEN
        RAISE EXCEPTION 'the place % is the one another vehicle was entered with', NEW.place
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'place_held_once', TABLE = 'estate_heldplace';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER estate_noted_place_given BEFORE INSERT ON estate_heldplace
    FOR EACH ROW EXECUTE FUNCTION estate_place_is_noted();
CREATE TRIGGER estate_noted_place_taken BEFORE UPDATE ON estate_heldplace FOR EACH ROW
    WHEN (NEW.place <> OLD.place OR NEW.vehicle_id <> OLD.vehicle_id OR NEW.since < OLD.since OR NEW.until > OLD.until)
    EXECUTE FUNCTION estate_place_is_noted();
"""
BACKWARD = """
DROP TRIGGER estate_noted_place_taken ON estate_heldplace;
DROP TRIGGER estate_noted_place_given ON estate_heldplace;
DROP FUNCTION estate_place_is_noted();
"""


class Migration(migrations.Migration):
    dependencies = [("estate", "0012_contracts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
