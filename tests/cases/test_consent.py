"""How an owner agrees: through a link, on paper, on the telephone; and everything that is no consent."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from banli.cases import actions, attachments, audit, links
from banli.cases.models import Attachment, Case, ConsentLink
from banli.engine.refusals import Refusal
from banli.estate.actions import Particulars, add_person
from banli.estate.models import Occupancy
from banli.estate.moving import move_out
from banli.journal.models import Entry
from banli.messages.models import Notice
from tests.desk.at_the_desk import give_telephone, key, open_goods, picture, signature_url
from tests.office import Office


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refusal, match=f"^{code}:"):
        yield


@pytest.fixture
def case(office: Office) -> Case:
    """A tenant's goods pass that waits for the owner, who is known by number and telephone."""
    give_telephone(office, office.owner)
    return Case.objects.select_related("estate", "unit").get(pk=open_goods(office, office.tenant))


def proof(office: Office) -> str:
    return office.owner.id_number[-4:]


def offer(office: Office, case: Case, **more) -> links.Offered:
    told = {
        "by": office["xiaowang"],
        "case": case,
        "step": "consent",
        "branch": None,
        "owner": office.owner.pk,
    }
    return links.offer(**{**told, "key": key(), **more})


def sign(office: Office, token: str, **more) -> None:
    links.answer(**{
        "token": token, "outcome": "signed", "proof": proof(office), "drawn": attachments.signature(signature_url()),
        **more,
    })  # fmt: skip


def agree(office: Office, case: Case, signature: str, **extra):
    return actions.act(
        by=office["xiaowang"], case_id=case.pk, step="consent", outcome="signed", signature=signature, extra=extra,
        key=key(),
    )  # fmt: skip


def consent_of(case: Case) -> dict:
    entry = Entry.objects.filter(stream=case.stream).latest("seq")
    return next(event for event in entry.body["events"] if event["event"] == "done")


def open_steps(case: Case) -> set[str]:
    case.refresh_from_db()
    return {token["step"] for token in case.standing["tokens"]}


# --- a link ---------------------------------------------------------------------------------------------------


def test_an_owner_signs_through_a_link_and_the_case_goes_on_by_itself(office: Office, case: Case):
    made = offer(office, case)
    sign(office, made.token)
    assert open_steps(case) == {"sign"}
    entry = Entry.objects.filter(stream=case.stream).latest("seq")
    assert (entry.actor_id, entry.post) == (None, "")  # nobody of the office
    told = consent_of(case)
    assert (told["way"], told["person"]) == ("link", office.owner.pk)
    assert Attachment.objects.filter(case=case, sha256=told["signature"]).exists()
    made.link.refresh_from_db()
    assert made.link.state == "signed"
    assert [str(finding) for check in audit.CHECKS.values() for finding in check()] == []


def test_an_owner_refuses_with_a_reason_and_the_case_is_over(office: Office, case: Case):
    made = offer(office, case)
    with refused("note_required"):
        sign(office, made.token, outcome="refused", note=" ")
    sign(office, made.token, outcome="refused", note="家具是我的")
    case.refresh_from_db()
    assert case.status == "rejected"
    assert consent_of(case)["note"] == "家具是我的"
    assert consent_of(case)["person"] == office.owner.pk


def test_a_link_is_used_once(office: Office, case: Case):
    made = offer(office, case)
    sign(office, made.token)
    with refused("link_signed"):
        sign(office, made.token)
    with refused("link_signed"):
        sign(office, made.token, outcome="refused", note="反悔")
    assert (
        case.standing != {} and Entry.objects.filter(stream=case.stream).count() == 3
    )  # opened, link sent, signed


def test_the_token_is_nowhere_in_the_database(office: Office, case: Case):
    made = offer(office, case)
    assert len(made.token) == 32
    told = [str(row) for row in ConsentLink.objects.values_list()]
    told += [str(row) for row in Entry.objects.values_list("body", flat=True)]
    assert not any(made.token in row for row in told)
    assert ConsentLink.objects.get().digest == links.digest_of(made.token)


def test_a_link_runs_out_after_the_time_the_estate_has_set(office: Office, case: Case):
    case.estate.settings = {"consent_link_time": "2h"}
    case.estate.save()
    made = offer(office, case)
    later = timezone.now() + timedelta(hours=2, seconds=1)
    with refused("link_expired"):
        sign(office, made.token, now=later)
    assert open_steps(case) == {"consent"}


def test_a_link_that_was_taken_back_opens_nothing(office: Office, case: Case):
    made = offer(office, case)
    for _ in range(2):
        links.withdraw(by=office["xiaowang"], link=made.link)
    told = Entry.objects.filter(stream=case.stream, kind="link").order_by("seq")
    assert [one.body["events"][0]["event"] for one in told] == ["link_sent", "link_taken_back"]
    assert {(one.actor_id, one.post) for one in told} == {(office["xiaowang"].staff.pk, "front_desk")}
    with refused("link_withdrawn"):
        sign(office, made.token)


def test_a_new_link_takes_the_old_one_back(office: Office, case: Case):
    first, second = offer(office, case), offer(office, case)
    with refused("link_withdrawn"):
        sign(office, first.token)
    sign(office, second.token)
    assert open_steps(case) == {"sign"}


def test_a_case_that_changed_is_not_what_the_owner_was_asked(office: Office, case: Case):
    made = offer(office, case)
    Case.objects.filter(pk=case.pk).update(form={**case.form, "plate": "浙A00001"})
    with refused("link_changed"):
        sign(office, made.token)


def test_a_case_that_waits_no_more_is_told_so(office: Office, case: Case):
    made = offer(office, case)
    agree(office, case, "paper", reference="一号柜")
    with refused("link_over"):
        sign(office, made.token)


def test_a_former_owner_signs_nothing(office: Office, case: Case):
    made = offer(office, case)
    lives = Occupancy.objects.get(person=office.owner)
    move_out(by=office["xiaowang"], occupancy=lives, until=timezone.localdate() - timedelta(days=1))
    with refused("link_over"):
        sign(office, made.token)


def test_a_word_that_is_no_token_opens_nothing(office: Office, case: Case):
    made = offer(office, case)
    for word in (
        "",
        "x",
        made.token[:-1],
        made.token + "A",
        made.token.swapcase(),
        links.digest_of(made.token),
    ):
        with refused("not_found"):
            sign(office, word)


def test_whoever_cannot_say_the_number_on_file_signs_nothing_and_five_tries_are_all(
    office: Office, case: Case
):
    made = offer(office, case)
    for left in (4, 3, 2, 1):
        with pytest.raises(Refusal) as why:
            sign(office, made.token, proof="0000")
        assert why.value.fields["proof"].params == {"left": left}
    with refused("link_locked"):
        sign(office, made.token, proof="0000")
    with refused("link_locked"):
        sign(office, made.token)
    assert open_steps(case) == {"consent"}
    last = Entry.objects.filter(stream=case.stream).latest("seq")
    assert (last.kind, last.actor_id) == ("link", None)
    assert list(Notice.objects.values_list("case", "post", "code", "about")) == [
        (case.pk, "front_desk", "link_locked", "consent")
    ]
    sign(office, offer(office, case).token)  # a new one works
    assert open_steps(case) == {"sign"}


def test_an_owner_of_whom_nothing_is_on_file_gets_no_link(office: Office):
    case = Case.objects.get(pk=open_goods(office, office.tenant))
    with refused("owner_unproved"):
        offer(office, case)


def test_a_link_is_for_an_owner_only(office: Office, case: Case):
    give = office.tenant
    with refused("consent_owner"):
        offer(office, case, owner=give.pk)


def test_a_link_is_offered_only_where_the_estate_takes_one(office: Office, case: Case):
    case.estate.settings = {"consent_link": "no"}
    case.estate.save()
    with refused("consent_way"):
        offer(office, case)


def test_a_link_sent_before_the_estate_stopped_taking_them_is_dead(office: Office, case: Case):
    made = offer(office, case)
    case.estate.settings = {"consent_link": "no"}
    case.estate.save()
    with refused("link_withdrawn"):
        sign(office, made.token)


def test_another_post_offers_no_link(office: Office, case: Case):
    with refused("wrong_post"):
        offer(office, case, by=office["laoli"])


def test_a_link_is_offered_for_the_owners_step_only(office: Office, case: Case):
    for step, code in (("sign", "task_not_open"), ("fill", "task_not_open"), ("nothing", "unknown_step")):
        with refused(code):
            offer(office, case, step=step)


def test_the_same_key_makes_no_second_link(office: Office, case: Case):
    once = key()
    offer(office, case, key=once)
    with refused("link_shown_once"):
        offer(office, case, key=once)
    assert ConsentLink.objects.count() == 1


def test_the_database_keeps_one_waiting_link_for_a_step(office: Office, case: Case):
    link = offer(office, case).link
    with pytest.raises(IntegrityError, match="one_waiting_link_per_step"), transaction.atomic():
        ConsentLink.objects.create(
            estate=case.estate, case=case, step="consent", branch=None, owner=office.owner, digest="0" * 64,
            shown=link.shown, created_at=link.created_at, created_by=link.created_by, expires_at=link.expires_at,
        )  # fmt: skip


def test_a_staff_member_cannot_claim_that_a_link_was_used(office: Office, case: Case):
    with refused("signature_required"):
        agree(office, case, "link", owner=office.owner.pk)


# --- on paper -------------------------------------------------------------------------------------------------


def test_a_signed_paper_has_its_place_or_its_picture(office: Office, case: Case):
    with refused("consent_paper"):
        agree(office, case, "paper")
    with refused("form_invalid"):
        agree(office, case, "paper", scan="0" * 64)  # a picture nobody sent
    agree(office, case, "paper", reference="一号柜 2026-017", owner=office.owner.pk)
    told = consent_of(case)
    assert (told["way"], told["reference"]) == ("paper", "一号柜 2026-017")


def test_the_picture_of_a_signed_paper_is_for_the_desk_alone(office: Office, case: Case):
    from banli.cases.access import attachment_for
    from banli.people.access import Denied

    scan = attachments.photo(picture("white", (640, 900)))
    actions.act(
        by=office["xiaowang"], case_id=case.pk, step="consent", outcome="signed", signature="paper",
        extra={"scan": scan.sha256}, uploads=[scan], key=key(),
    )  # fmt: skip
    assert attachment_for(office["xiaowang"], case.pk, scan.sha256)[1].sha256 == scan.sha256
    with pytest.raises(Denied):
        attachment_for(office["zhou"], case.pk, scan.sha256)


# --- on the telephone -----------------------------------------------------------------------------------------


def test_an_owner_on_the_telephone_answers_what_is_on_file(office: Office, case: Case):
    said = {"id_tail": proof(office), "since": "2020年1月", "other": ""}
    agree(office, case, "call", owner=office.owner.pk, identity=said)
    told = consent_of(case)
    assert (told["way"], told["person"], told["asked"]) == ("call", office.owner.pk, ["id_tail", "since"])
    assert proof(office) not in str(told)


def test_a_wrong_answer_is_marked_and_kept_in_mind(office: Office, case: Case):
    said = {"id_tail": "0000", "since": "2020-01", "other": "租户刘先生"}
    with pytest.raises(Refusal) as why:
        agree(office, case, "call", owner=office.owner.pk, identity=said)
    assert set(why.value.fields) == {"ask-id_tail"}
    kept = Entry.objects.get(kind="identity_not_confirmed")
    assert kept.body == {"case": case.pk, "person": office.owner.pk, "questions": ["id_tail"]}
    assert open_steps(case) == {"consent"}


def test_too_few_answers_are_no_consent(office: Office, case: Case):
    with refused("consent_questions"):
        agree(office, case, "call", owner=office.owner.pk, identity={"since": "2020-01"})
    case.estate.settings = {"consent_call_questions": 1}
    case.estate.save()
    agree(office, case, "call", owner=office.owner.pk, identity={"since": "2020-01"})


def test_without_a_telephone_on_file_nobody_agrees_by_telephone(office: Office):
    case = Case.objects.get(pk=open_goods(office, office.tenant))
    with refused("no_phone_on_file"):
        agree(
            office, case, "call", owner=office.owner.pk, identity={"since": "2020-01", "other": "租户刘先生"}
        )


def test_what_is_not_on_file_proves_nothing(office: Office, case: Case):
    with pytest.raises(Refusal) as why:
        agree(office, case, "call", owner=office.owner.pk, identity={"area": "90", "since": "2020-01"})
    assert why.value.fields["ask-area"].code == "identity_not_on_file"


def test_a_tenant_on_the_telephone_is_no_owner(office: Office, case: Case):
    give_telephone_to = office.tenant
    with refused("consent_owner"):
        agree(office, case, "call", owner=give_telephone_to.pk, identity={"since": "2020-01"})


def test_an_estate_that_takes_no_calls_refuses_one(office: Office, case: Case):
    case.estate.settings = {"consent_call": "no"}
    case.estate.save()
    with pytest.raises(Refusal) as why:
        agree(
            office,
            case,
            "call",
            owner=office.owner.pk,
            identity={"since": "2020-01", "id_tail": proof(office)},
        )
    assert why.value.code == "consent_way"
    assert "电话" not in "".join(way.zh for way in why.value.params["ways"])


def test_a_co_owner_who_agreed_is_named_on_the_paper(office: Office, case: Case):
    told = Particulars("共有人陈先生", "13800571501")
    co_owner = add_person(
        by=office["xiaowang"], unit=office.unit, particulars=told, role="co_owner", since=date(2021, 1, 1)
    ).person
    made = offer(office, case, owner=co_owner.pk)
    sign(office, made.token, proof="1501")
    for who, step, outcome, signature in (
        ("xiaowang", "sign", "signed", "paper"), ("laoli", "confirm", "approved", "paper"),
        ("chen", "seal", "sealed", ""), ("xiaowang", "issue", "issued", ""),
    ):  # fmt: skip
        actions.act(
            by=office[who], case_id=case.pk, step=step, outcome=outcome, signature=signature, key=key()
        )
    paper = case.papers.get()
    assert paper.snapshot["step.consent.by"] == "共有人陈先生"
