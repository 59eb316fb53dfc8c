"""What can never happen in a procedure, whoever asks for it: a sentence each, for the handbook and the screens."""

from collections.abc import Iterator

from banli.engine import verbs
from banli.engine.procedure import Apart, Never, Override, Withdraw
from banli.engine.wording import Wording


def sentences(words: Wording) -> Iterator[str]:
    """What is never done, who keeps away from what, who may take the case back, in the language of ``words``."""
    procedure, flow = words.book.procedure, words.book.flow
    yield from (_never(words, rule) for rule in procedure.never)
    approving = [name for name, step in flow.steps.items() if verbs.find(step.verb).approves]
    if approving:
        steps = _steps(words, approving)
        yield words.both(f"登记这件事的人，不能办{steps}", f"Whoever filed the case never does {steps}")
    yield from (_apart(words, rule) for rule in procedure.apart)
    if procedure.withdraw is not None:
        yield _withdraw(words, procedure.withdraw)
    if procedure.override is not None:
        yield _override(words, procedure.override)


def _never(words: Wording, rule: Never) -> str:
    do, before = words.quoted(words.step(rule.do)), words.quoted(words.step(rule.before))
    told = words.both(f"没有有效的{before}，绝不办{do}", f"{do} is never done unless {before} stands")
    if rule.when is None:
        return told
    when = words.condition(rule.when)
    return words.both(f"{when}时：{told}", f"Where {when}: {told}")


def _apart(words: Wording, rule: Apart) -> str:
    steps = _steps(words, rule.steps)
    if rule.unless == "deputy":
        return words.both(
            f"{steps}不能由同一个人办，有书面代理的除外",
            f"{steps} are never done by one person, except by a deputy named in writing",
        )
    return words.both(f"{steps}不能由同一个人办", f"{steps} are never done by one person")


def _withdraw(words: Wording, rule: Withdraw) -> str:
    posts = words.posts(rule.by)
    if not rule.before:
        return words.both(f"撤回由{posts}办", f"Withdrawn by {posts}")
    step = words.quoted(words.step(rule.before))
    return words.both(
        f"撤回由{posts}办，{step}办过以后不能再撤回",
        f"Withdrawn by {posts}, and no longer once {step} was done",
    )


def _override(words: Wording, rule: Override) -> str:
    posts, back = words.posts(rule.by), _steps(words, rule.to)
    return words.both(
        f"改派、退回重办（退到{back}）和重新打开由{posts}办，须写明原因，全部记入日志",
        f"Reassigning, sending back (to {back}) and reopening are for {posts}, always with a reason and all of it "
        "in the journal",
    )


def _steps(words: Wording, names: list[str] | tuple[str, ...]) -> str:
    return words.listed(words.quoted(words.step(name)) for name in names)
