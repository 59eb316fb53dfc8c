"""A case that began before its pack was changed goes on by the procedure it began with; new cases take the new one."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from banli.cases import packs
from banli.cases.audit.several import alone
from banli.cases.models import Case, Task
from banli.engine.load import LoadedPack, load
from banli.engine.refusals import Refusal
from banli.papers.models import Paper
from tests.cases.test_actions import do
from tests.cases.test_network import SENT, asked, consented, paid
from tests.office import Office

#: The new law of P9: whoever applies is told the tariff, and signs that they were.
TOLD = """  told:
    verb: sign
    by: applicant
    at: front_desk
    title: {zh: 已告知资费, en: Told the tariff}
  pay:
"""


def changed(folder: Path) -> LoadedPack:
    """The pack with one step more in P9, and a paper that says something else."""
    shutil.copytree(Path(settings.PACKS) / "property", folder / "property")
    file = folder / "property" / "procedures" / "network-opening.yaml"
    text = file.read_text("utf-8")
    assert text.count("  pay:\n") == 1
    file.write_text(text.replace("  pay:\n", TOLD), "utf-8")
    paper = folder / "property" / "papers" / "network-form.typ"
    paper.write_text(paper.read_text("utf-8").replace("仅用于开户和装机", "仅用于开户、装机和维修"), "utf-8")
    return load(folder / "property")


def open_steps(case: int) -> list[str]:
    return list(Task.objects.filter(case_id=case, state="open").values_list("step", flat=True))


def test_a_case_from_before_the_change_is_asked_nothing_new_and_ends_as_it_began(
    office: Office, tmp_path: Path
) -> None:
    began = asked(office, plan="monthly", install_fee=30000)
    packs.keep(changed(tmp_path))
    later = consented(office, asked(office, plan="monthly", install_fee=30000))
    assert open_steps(later) == ["told"]
    with pytest.raises(Refusal, match="unknown_step"):
        do(office, "xiaowang", began, "told", "signed", signature="paper")
    consented(office, began)
    assert open_steps(began) == ["pay"]
    paid(office, began, 30000)
    do(office, "xiaowang", began, "issue", "issued")
    do(office, "xiaowang", began, "mail", "by_hand", note="邮箱停用", answers=SENT)
    assert Case.objects.get(pk=began).status == "done"


def test_its_papers_are_the_old_ones_too_and_the_audit_reads_both(office: Office, tmp_path: Path) -> None:
    began = asked(office, plan="monthly", install_fee=30000)
    packs.keep(changed(tmp_path))
    later = consented(office, asked(office, plan="monthly", install_fee=30000))
    do(office, "xiaowang", later, "told", "signed", signature="paper")
    paid(office, consented(office, began), 30000)
    do(office, "sun", later, "pay", "paid", extra={"fen": 30000, "method": "cash"})
    for case in (began, later):
        do(office, "xiaowang", case, "issue", "issued")
    told = [Paper.objects.get(case_id=case, kind="network-form").form.template for case in (began, later)]
    assert ["装机和维修" in template for template in told] == [False, True]
    assert [str(one) for part, _ in alone() for one in part.first] == []
    kept = [Case.objects.get(pk=case).version for case in (began, later)]
    assert [version.current for version in kept] == [False, True]
