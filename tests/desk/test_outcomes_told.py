"""What an outcome is called: on its button what is to be done, in every sentence what came about."""

from banli.cases import rules
from banli.cases.models import Case
from banli.desk.clock_lines import told
from banli.engine import verbs
from tests.cases.test_actions import do, open_goods
from tests.desk.at_the_desk import at, text
from tests.office import Office


def in_english(office: Office, who: str, path: str) -> str:
    client = at(office, who)
    client.cookies["django_language"] = "en"
    return " ".join(text(client.get(path)).split())


def test_a_button_orders_and_the_history_tells(office: Office) -> None:
    case = open_goods(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    page = in_english(office, "laoli", f"/cases/{case}/")
    assert "Applicant signs · Signed" in page
    for words in ("Approve", "Why “Reject”?"):
        assert words in page, words
    assert told(rules.current("goods-release"), "confirm.approved").en.endswith("”: Approved")


def test_why_a_case_came_to_no_good_end_reads_as_english(office: Office) -> None:
    case = open_goods(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "laoli", case, "confirm", "rejected", note="物品不是他的")
    assert Case.objects.get(pk=case).status == "rejected"
    page = in_english(office, "xiaowang", f"/cases/{case}/")
    assert ": Rejected (物品不是他的)" in page and ": Reject (" not in page


def test_every_order_has_its_word_for_what_came_of_it() -> None:
    """What a button says in the imperative is told in another word; what is told as it is chosen needs none."""
    words = {one.title.en: one.told.en for verb in verbs.every().values() for one in verb.outcomes}
    orders = {title: said for title, said in words.items() if title != said}
    assert orders == {
        "Agree": "Agreed", "Approve": "Approved", "Dispatch": "Sent", "File": "Filed", "Give it back": "Given back",
        "Issue and hand over": "Issued and handed over", "Not finished: come again": "Not finished: to come again",
        "Refuse": "Refused", "Reject": "Rejected", "Release": "Released", "Report it finished": "Reported finished",
        "Return for correction": "Returned for correction", "Seal": "Sealed", "Send again": "Sent again",
        "Sign": "Signed", "Take it": "Taken on", "Write down": "Written down",
    }  # fmt: skip
    assert all(one.told.zh == one.title.zh for verb in verbs.every().values() for one in verb.outcomes)
