"""The director sets what the estate may set: a value, a rest day that moves a clock, a month of a book closed."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.estate.own import OwnDay, SettingVersion
from banli.registers.models import MonthClosing, RegisterRow
from tests.cases.test_calendar import waiting_for_review
from tests.desk.at_the_desk import open_goods
from tests.journeys.conftest import Actor, Site
from tests.registers.test_closing import LAST

pytestmark = pytest.mark.journey


def submit(actor: Actor, path: str) -> None:
    """Press the last button of the form that is sent there, and wait for what comes of it."""
    with actor.sending(path):
        actor.page.locator(f"main form[action*='{path}'][method=post] button[type=submit]").first.click()


def test_the_director_sets_a_value_a_day_and_closes_a_month(site: Site):
    case = waiting_for_review(site.office)
    chen = site("chen")
    page = chen.page
    chen.go("/settings/")
    chen.shot("settings")
    page.fill("[name=q]", "载重")
    expect(page.get_by_text("报修到场")).to_have_count(0)
    page.get_by_role("link", name="电梯每趟载重上限").click()
    page.wait_for_url("**/settings/lift_load/")
    page.fill("[name=count]", "20")
    page.fill("[name=reason]", "2 号梯铭牌")
    submit(chen, "/settings/lift_load/")
    expect(page.get_by_text("不能这样设置：写 50 到 5000 之间的数。")).to_be_visible()
    chen.shot("setting-refused")
    page.fill("[name=count]", "320")
    submit(chen, "/settings/lift_load/")
    expect(page.get_by_text("现行")).to_be_visible()
    chen.shot("setting")
    assert SettingVersion.objects.get().value == 320

    clock = last_day(case)
    chen.go(f"/calendar/?year={clock.year}")
    page.fill("[name=first]", f"{clock:%Y-%m-%d}")
    page.locator("label[for=f-kind-0], label:has(#f-kind-0)").first.click()
    expect(page.locator("[name=kind][value=rest]")).to_be_checked()
    page.fill("[name=reason]", "小区停电检修")
    submit(chen, "/calendar/")
    expect(page.get_by_text("这样改，正在走的时限会顺延")).to_be_visible()
    chen.shot("calendar-moves")
    assert not OwnDay.objects.exists()
    submit(chen, "/calendar/")
    expect(page.get_by_text("小区停电检修")).to_be_visible()
    chen.shot("calendar")
    assert OwnDay.objects.get().kind == "rest"

    chen.go("/forms/")
    chen.shot("paper-forms")

    entered = timezone.make_aware(datetime.combine(LAST, datetime.min.time())) + timedelta(hours=9)
    told = {
        "estate": site.office.estate,
        "book": "goods-release",
        "cells": {"number": "FX-1"},
        "entered_at": entered,
    }
    RegisterRow.objects.create(case_id=open_goods(site.office), **told)
    chen.go("/registers/goods-release/months/")
    page.locator("[name^=reason-]").first.fill("月底对账")
    submit(chen, "/months/")
    expect(page.get_by_text("已封账")).to_be_visible()
    chen.shot("register-months")
    assert MonthClosing.objects.get().rows == 1
    late = RegisterRow.objects.create(case_id=open_goods(site.office), **told)
    late.refresh_from_db()
    assert late.late
    assert site.complaints == []


def last_day(case: int) -> datetime:
    due = Case.objects.get(pk=case).due_at
    assert due is not None
    return timezone.localtime(due - timedelta(minutes=1))
