"""An empty installation is filled from the command line."""

import pytest

from banli.estate.command import main
from banli.estate.models import Estate, Unit

pytestmark = pytest.mark.django_db


def test_an_estate_and_a_building_are_added(capsys: pytest.CaptureFixture[str]):
    assert main(["estate", "add", "cuihu", "翠湖花园", "--city", "杭州"]) == 0
    assert (
        main(["estate", "building", "cuihu", "12", "--entrances", "1,3", "--floors", "5", "--homes", "01,02"])
        == 0
    )
    assert Unit.objects.filter(estate__code="cuihu").count() == 20
    assert Unit.objects.filter(key="12-3-502").exists()
    main(["estate", "list"])
    assert "cuihu\t翠湖花园\t20" in capsys.readouterr().out


def test_the_same_building_twice_is_refused_and_changes_nothing(capsys: pytest.CaptureFixture[str]):
    main(["estate", "add", "cuihu", "翠湖花园"])
    assert main(["estate", "building", "cuihu", "1", "--floors", "2", "--homes", "01"]) == 0
    assert main(["estate", "building", "cuihu", "1", "--floors", "9", "--homes", "01"]) == 1
    assert Unit.objects.count() == 2
    assert "nothing was changed" in capsys.readouterr().err


def test_an_unknown_estate_is_named(capsys: pytest.CaptureFixture[str]):
    assert main(["estate", "building", "nowhere", "1", "--floors", "2", "--homes", "01"]) == 1
    assert "nowhere" in capsys.readouterr().err
    assert not Estate.objects.exists()
