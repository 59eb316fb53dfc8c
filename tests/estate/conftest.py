import pytest

from tests.estate.home import Home, make
from tests.people.cast import Office, open_office


@pytest.fixture
def office(db: None) -> Office:
    return open_office()


@pytest.fixture
def home(office: Office) -> Home:
    return make(office)
