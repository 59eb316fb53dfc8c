"""What a case is about, in one line of a list."""

from django.utils import translation

from banli.cases import rules
from banli.cases.models import Case
from banli.desk.matter import in_brief
from tests.office import Office


def test_a_choice_in_a_table_is_said_by_its_label(office: Office):
    book = rules.every_current()["worker-card"]
    case = Case(form={"workers": [{"name": "郑宇", "trade": "helper"}, {"name": "陈超", "trade": "mason"}]})
    with translation.override("zh-hans"):
        told = in_brief(case, book)
    assert "郑宇，小工" in told and "mason" not in told
    with translation.override("en"):
        assert "helper" not in in_brief(case, book) or "Helper" in in_brief(case, book)
