"""The files of a paper: rendered on the form it was issued on, sealed, kept unchanged once made."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from banli.engine.paper import PaperDefinition
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.estate.own import SettingVersion, in_force
from banli.journal import actions as journal
from banli.journal.vault import VaultError
from banli.papers import passes, render, seal, seal_pictures, snapshot
from banli.papers.models import Paper, PaperFile

declare(
    {
        "not_sealed": Text(
            zh="主任尚未同意盖章，不能出单。",
            en="The keeper of the seal has not allowed it to be put on yet.",
        )
    }
)


def file_for(paper: Paper, copy: str, print_number: int = 1) -> PaperFile:
    """The PDF of one printing of a copy; made now if no job has made it. Of two at once the first stays."""
    known = PaperFile.objects.filter(paper=paper, copy=copy, print_number=print_number)
    found = known.first()
    if not paper.vault_salt:
        raise Refusal("erased")
    if found is None:
        made = _make(paper, copy, print_number)
        found = known.first() or _keep(made, paper)
    return found


@transaction.atomic
def _keep(made: PaperFile, paper: Paper) -> PaperFile:
    """Keep a file, with its digest in the journal; if another was kept meanwhile, that one."""
    Paper.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=paper.pk)
    known = PaperFile.objects.filter(paper=paper, copy=made.copy, print_number=made.print_number).first()
    if known is not None:
        return known
    made.save(force_insert=True)
    journal.append(
        estate_id=paper.estate_id, stream=f"paper/{paper.pk}", kind="file", at=made.made_at,
        body={
            "case": paper.case_id, "number": paper.number, "copy": made.copy, "print": made.print_number,
            "sha256": made.sha256, "sealed": made.sealed, "made_at": made.made_at.isoformat(),
        },
    )  # fmt: skip
    return made


def preview_of(paper: Paper, copy: str) -> list[bytes]:
    """The pages of a copy as pictures for the screen, marked as a preview and without the pass's code.

    Looking is not journalled as printing is, so it shows no whole telephone or identity number.
    """
    shown = snapshot.masked(values_of(paper))
    return render.preview(definition_of(paper), shown, copy, parts=paper.form.library)


def definition_of(paper: Paper) -> PaperDefinition:
    """The definition the paper was issued with."""
    return PaperDefinition.model_validate({**paper.form.definition, "template": paper.form.template})


def values_of(paper: Paper) -> dict[str, Any]:
    """What the paper says, private values opened; what was erased after its retention is blank."""
    try:
        private = json.loads(paper.private) if paper.private else {}
    except VaultError:
        private = {}
    return {**paper.snapshot, **private, "paper.print": 1}


def office_of(estate: Estate) -> seal.Office:
    """Whose seal is put on the papers of this estate; its settings may give the seal another name."""
    own = in_force(estate, timezone.localdate()).get("seal_name")
    return seal.Office(code=estate.code, name=str(own or estate.name))


def _office_at(estate: Estate, at: datetime) -> seal.Office:
    """Whose seal was put on at a moment: the name it had then, also on a later printing."""
    named = SettingVersion.objects.filter(estate=estate, name="seal_name", set_at__lte=at)
    then = named.filter(valid_from__lte=timezone.localdate(at)).order_by("-valid_from", "-pk").first()
    return seal.Office(code=estate.code, name=str((then and then.value) or estate.name))


def _make(paper: Paper, copy: str, print_number: int) -> PaperFile:
    definition, parts = definition_of(paper), paper.form.library
    values = {**values_of(paper), "paper.print": print_number}
    if paper.token:
        values["paper.pass"] = passes.address(paper.token, settings.BANLI_PASS_ORIGIN)
    if definition.seal is None:
        pdf = render.render(definition, values, copy, parts=parts)
    else:
        put = _put(definition.seal.step, values, paper)
        pdf, place = render.render_for_seal(definition, values, copy, parts=parts)
        pdf = seal.put_seal(
            pdf, office=_office_at(paper.estate, put.at), place=place, put=put,
            picture=seal_pictures.picture_at(paper.estate, definition.seal.post, put.at),
        )  # fmt: skip
    return PaperFile(
        paper=paper, copy=copy, print_number=print_number, sha256=sha256(pdf).hexdigest(), pdf=pdf,
        sealed=definition.seal is not None, made_at=timezone.now(),
    )  # fmt: skip


def _put(step: str, values: Mapping[str, Any], paper: Paper) -> seal.Put:
    """The seal step's record. Without it there is no seal, whatever else the case says."""
    holder, at = values.get(f"step.{step}.by"), values.get(f"step.{step}.at")
    if not holder or not at:
        raise Refusal("not_sealed")
    deputy_for = values.get(f"step.{step}.deputy_for")
    told = f"{holder}（代{deputy_for}）" if deputy_for else str(holder)
    then = datetime.fromisoformat(str(at))
    then = then if then.tzinfo else timezone.make_aware(then)
    return seal.Put(holder=told, at=timezone.localtime(then), number=paper.number)
