"""A client of the bench, a process of its own: `python -m banli.bench.client NAME`.

For every number of seconds that it reads it runs whole cases that long, and answers with the cases, the seconds, and
the seconds of a processor that it took itself, without PostgreSQL.
"""

import sys
import time

import django


def main(name: str) -> None:
    """Works until its input ends."""
    django.setup()
    from banli.bench.office import Office

    office = Office(name)
    for _ in range(3):  # rulebook, templates and statements are known from then on, as in a server at work
        office.release()
    print("ready", flush=True)
    for line in sys.stdin:
        began, worked, cases, seconds = time.perf_counter(), time.process_time(), 0, float(line)
        while time.perf_counter() - began < seconds:
            office.release()
            cases += 1
        print(cases, time.perf_counter() - began, time.process_time() - worked, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
