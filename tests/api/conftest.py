import pytest

from tests.api.caller import Machines
from tests.office import Office


@pytest.fixture
def machines(office: Office) -> Machines:
    return Machines(office)
