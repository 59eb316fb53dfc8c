"""The posted price list: what it says of each line, and in which order (P7, P8)."""

import re

from banli.desk import price_list
from tests.desk.at_the_desk import at, text
from tests.office import Office, today


def test_what_is_agreed_each_time_comes_last_the_rest_in_the_files_order(office: Office):
    told = price_list.price_list(office["sun"], today())
    first_agreed = next(place for place, one in enumerate(told) if one.open)
    assert 0 < first_agreed < len(told)
    assert all(one.open for one in told[first_agreed:]) and not any(one.open for one in told[:first_agreed])
    written = list(price_list.lines())
    for part in (told[:first_agreed], told[first_agreed:]):
        places = [written.index((one.pack, one.name)) for one in part]
        assert places == sorted(places)


def test_screen_and_print_keep_that_order(office: Office):
    titles = [one.line.title.zh for one in price_list.price_list(office["sun"], today())]
    for address, cell in (("/cashier/prices/", r'<th scope="row">(?:<a [^>]*>)?([^<]+)'),
                          ("/cashier/prices/?view=print", r"<tr><td>([^<]+)</td>")):  # fmt: skip
        assert re.findall(cell, text(at(office, "sun").get(address))) == titles


def test_in_english_its_marks_are_english_too(office: Office):
    client = at(office, "sun")
    client.cookies["django_language"] = "en"
    page = text(client.get("/cashier/prices/?view=print"))
    listed = re.sub(r"<[^>]+>", "", page.split("<tbody>")[1].split("</tbody>")[0])
    assert "Everyday cleaning" in listed and "time, at most 150.00" in listed
    assert not re.search("[，：（）、；]", listed)
