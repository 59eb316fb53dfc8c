"""What a campaign opens for many residents at once can be opened so: a list, somebody to call, and the call."""

from collections.abc import Iterator

from banli.engine.check.clocks import field
from banli.engine.check.subject import Subject
from banli.engine.faults import Fault

#: The first steps of what a campaign opens: it does the first two itself.
VERBS = ["fill", "dispatch", "follow_up"]


def campaigns(subject: Subject) -> Iterator[Fault]:
    """Everything that is wrong with ``campaign``."""
    rule, flow, form = subject.procedure.campaign, subject.flow, subject.procedure.form
    if rule is None:
        return
    first = [name for name in flow.root.items[:3] if name in flow.steps]
    if [flow.steps[name].verb for name in first] != VERBS or flow.steps[first[2]].assigned_by() != first[1]:
        yield subject.fault(("campaign",), "campaign_steps")
        return
    for key, types in (("name", ("text",)), ("occasion", ("choice",))):
        yield from field(subject, ("campaign", key), getattr(rule, key), types, first[1])
    told = {rule.name, rule.occasion}
    for name in flow.steps[first[0]].asks:
        asked = form[name]
        known = f"form.{name}" in told or asked.known == "applicant.phone" or asked.default is not None
        if asked.required and asked.when is None and not known:
            yield subject.fault(subject.at(first[0], "asks"), "campaign_asks", name=name)
