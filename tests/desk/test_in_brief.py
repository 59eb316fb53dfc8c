"""What a case is about, in one line of a list."""

from django.utils import translation

from banli.cases import rules
from banli.cases.models import Case, Task
from banli.desk.matter import in_brief, of_row, of_task
from tests.office import Office


def test_a_choice_in_a_table_is_said_by_its_label(office: Office):
    book = rules.every_current()["worker-card"]
    case = Case(form={"workers": [{"name": "郑宇", "trade": "helper"}, {"name": "陈超", "trade": "mason"}]})
    with translation.override("zh-hans"):
        told = in_brief(case, book)
    assert "郑宇，小工" in told and "mason" not in told
    with translation.override("en"):
        assert "helper" not in in_brief(case, book) or "Helper" in in_brief(case, book)


def test_of_many_cards_each_task_says_its_own_row(office: Office):
    book = rules.every_current()["worker-card"]
    case = Case(form={"workers": [{"name": "郑宇", "trade": "helper"}, {"name": "陈超", "trade": "mason"}]})
    with translation.override("zh-hans"):
        second = Task(case=case, step="stamp", branch=1)
        assert of_task(second, book) == of_row(second, book) and "陈超，泥瓦工" in of_task(second, book)
        assert "郑宇" not in of_task(second, book)
        whole = Task(case=case, step="pay")
        assert of_row(whole, book) == "" and "郑宇" in of_task(whole, book) and "陈超" in of_task(whole, book)
