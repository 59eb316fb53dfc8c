"""Numbers have no gaps and no twins, however many desks issue at once."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from banli.papers import numbers, queries
from banli.papers.models import NumberSeries, Paper
from tests.papers.slips import a_case, a_slip, definition
from tests.people.cast import Office, open_office

SLIP = definition("goods-release-slip")


def test_the_number_is_written_as_the_paper_says() -> None:
    assert SLIP.number.write(SLIP.number.period_of(date(2026, 5, 1)), 123) == "FX-2026-000123"
    monthly = SLIP.number.model_copy(update={"period": "month", "digits": 4})
    assert monthly.write(monthly.period_of(date(2026, 5, 1)), 7) == "FX-202605-0007"
    running = SLIP.number.model_copy(update={"period": "none"})
    assert running.write(running.period_of(date(2026, 5, 1)), 1) == "FX-000001"


def test_each_estate_kind_and_period_counts_for_itself(office: Office) -> None:
    def last(estate: int, kind: str, period: str) -> int:
        return numbers.take(estate_id=estate, kind=kind, period=period).ordinal

    cuihu, songfeng = office.cuihu.pk, office.songfeng.pk
    assert [last(cuihu, "slip", "2026") for _ in range(3)] == [1, 2, 3]
    assert last(songfeng, "slip", "2026") == 1
    assert last(cuihu, "order", "2026") == 1
    assert last(cuihu, "slip", "2027") == 1


def test_a_number_taken_in_vain_is_given_again(office: Office) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        numbers.take(estate_id=office.cuihu.pk, kind="slip", period="2026")
        raise ZeroDivisionError
    assert numbers.take(estate_id=office.cuihu.pk, kind="slip", period="2026").ordinal == 1


@pytest.mark.django_db(transaction=True)
def test_eight_desks_at_once_leave_no_gap() -> None:
    office = open_office()
    case = a_case(office.cuihu, office.staff["xiaowang"])
    given: list[str] = []

    def desk(number: int) -> None:
        try:
            for turn in range(5):
                try:
                    with transaction.atomic():
                        paper = a_slip(office.cuihu, office.staff["xiaowang"], case=case)
                        if (number + turn) % 3 == 0:
                            raise ZeroDivisionError
                    given.append(paper.number)
                except ZeroDivisionError:
                    pass
        finally:
            connection.close()

    desks = [threading.Thread(target=desk, args=(n,)) for n in range(8)]
    for one in desks:
        one.start()
    for one in desks:
        one.join()
    assert sorted(given) == [f"FX-2026-{n:06d}" for n in range(1, len(given) + 1)]
    assert len(given) > 20
    assert queries.gaps(office.cuihu.pk) == []


def test_a_missing_number_is_named(office: Office) -> None:
    papers = [a_slip(office.cuihu, office.staff["xiaowang"]) for _ in range(3)]
    assert queries.gaps() == []
    Paper.objects.filter(pk=papers[1].pk).delete()
    assert queries.gaps(office.cuihu.pk) == [queries.Gap(office.cuihu.pk, SLIP.paper, "2026", 2, "missing")]
    assert queries.gaps(office.songfeng.pk) == []


def test_a_paper_that_no_series_gave_out_is_named(office: Office) -> None:
    a_slip(office.cuihu, office.staff["xiaowang"])
    NumberSeries.objects.update(last=0)
    assert queries.gaps() == [queries.Gap(office.cuihu.pk, SLIP.paper, "2026", 1, "stray")]
