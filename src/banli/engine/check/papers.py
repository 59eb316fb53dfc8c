"""Papers, books, prices and other cases: what a procedure uses of its pack exists and finds what it prints."""

from collections.abc import Iterator, Mapping

from banli.engine.check.clocks import due, field
from banli.engine.check.subject import Keys, Subject
from banli.engine.faults import Fault
from banli.engine.load import Document, LoadedPack
from banli.engine.pack import Book
from banli.engine.paper import RECEIPTS, PaperDefinition
from banli.engine.procedure import Procedure, Step
from banli.engine.sources import BOOK, PAPER, cell_of, field_of, problem
from banli.engine.text import Text

TABLE = ("table",)
#: What a book may be counted by beside choices and outcomes.
COUNTABLE = ("case.procedure", "case.status", "case.applicant_role", "case.repeated")


def uses(subject: Subject, procedures: Mapping[str, Procedure]) -> Iterator[Fault]:
    """What the steps use: papers and their copies, books, prices, tables, other procedures."""
    pack = subject.pack
    for name, step in subject.flow.steps.items():
        if step.paper is not None and step.paper not in pack.papers:
            yield subject.fault(
                subject.at(name, "paper"), "unknown_paper", name=step.paper, choices=pack.papers
            )
        elif step.paper is not None:
            yield from _copies(subject, name, step, pack.papers[step.paper])
        if step.holds is not None or (step.hours is not None and step.verb == "in_use"):
            yield from _held(subject, name, step)
        if step.hours is not None and step.hours.startswith("setting."):
            yield from _own_hours(subject, name, step.hours)
        if step.book is not None and step.book not in pack.books:
            yield subject.fault(subject.at(name, "book"), "unknown_book", name=step.book, choices=pack.books)
        if step.valid_until is not None:
            yield from due(subject, subject.at(name, "valid_until"), step.valid_until, name)
        if step.items is not None:
            yield from field(subject, subject.at(name, "items"), step.items, TABLE, name)
        for number, price in enumerate(step.prices):
            if price not in pack.prices:
                keys = subject.at(name, "prices", number)
                yield subject.fault(keys, "unknown_price", name=price, choices=pack.prices)
        if step.starts is not None:
            yield from _started(subject, name, step, procedures)
    for name, block in subject.flow.blocks.items():
        if block.kind == "each":
            yield from _each(subject, name, f"form.{block.over}")


def _held(subject: Subject, name: str, step: Step) -> Iterator[Fault]:
    """What is good while the step waits has a code to be scanned; hours are those of such a paper."""
    pack = subject.pack
    if step.holds is None:
        yield subject.fault(subject.at(name, "hours"), "hours_of_nothing")
    elif step.holds not in pack.papers:
        yield subject.fault(subject.at(name, "holds"), "unknown_paper", name=step.holds, choices=pack.papers)
    elif pack.papers[step.holds].qr is None:
        yield subject.fault(subject.at(name, "holds"), "no_code", paper=step.holds)


def _own_hours(subject: Subject, name: str, hours: str) -> Iterator[Fault]:
    setting = subject.pack.settings.get(hours.removeprefix("setting."))
    keys = subject.at(name, "hours")
    if setting is None:
        yield subject.fault(keys, "unknown_setting", name=hours, choices=subject.pack.settings)
    elif setting.type != "hours":
        yield subject.fault(keys, "wrong_type", name=hours, have=setting.type, want="hours")


def _copies(subject: Subject, name: str, step: Step, paper: PaperDefinition) -> Iterator[Fault]:
    for number, copy in enumerate(step.copies or ()):
        if paper.copy_of(copy) is None:
            known = [one.id for one in paper.copies]
            keys = subject.at(name, "copies", number)
            yield subject.fault(keys, "unknown_copy", paper=paper.paper, name=copy, choices=known)


def _each(subject: Subject, name: str, over: str) -> Iterator[Fault]:
    keys = subject.at(name, "each")
    yield from field(subject, keys, over, TABLE, name)
    if any(subject.flow.blocks[b].kind == "each" for b in subject.flow.around(name)):
        yield subject.fault(keys, "nested_each")


def _started(subject: Subject, name: str, step: Step, procedures: Mapping[str, Procedure]) -> Iterator[Fault]:
    other = procedures.get(step.starts or "")
    if other is None:
        keys = subject.at(name, "starts")
        yield subject.fault(keys, "unknown_procedure", name=step.starts, choices=sorted(procedures))
        return
    for to, source in step.gives.items():
        keys = subject.at(name, "gives", to)
        if to not in other.form:
            yield subject.fault(keys, "unknown_field", name=to, choices=other.form)
        elif to in step.told():
            if source not in (known := other.form[to].choices()):
                yield subject.fault(keys, "unknown_value", name=to, value=source, choices=known)
        else:
            yield from field(subject, keys, source, (other.form[to].type,), name, openly=False)
            given = subject.procedure.form.get(source.removeprefix("form."))
            if given is not None and given.private and not other.form[to].private:
                yield subject.fault(keys, "private_given", name=source, field=to)


def issued(subject: Subject, loaded: LoadedPack) -> Iterator[Fault]:
    """What the papers this procedure issues print is found in it."""
    read = {
        one.holds or one.paper for one in subject.flow.steps.values() if one.verb == "check_once" or one.holds
    }
    for at, step in subject.flow.steps.items():
        paper = subject.pack.papers.get(RECEIPTS.get(step.verb) or step.issues() or "")
        if paper is None:
            continue
        document = loaded.documents[("papers", paper.paper)]
        if paper.qr is not None and paper.paper not in read:
            yield subject.fault(subject.at(at, "paper"), "code_unread", paper=paper.paper)
        for number, name in enumerate(paper.prints):
            if name.startswith("setting."):
                known = subject.pack.settings
                setting = known.get(name.removeprefix("setting."))
                if setting is None:
                    yield document.fault(("prints", number), "unknown_setting", name=name, choices=known)
                elif setting.type == "secret":
                    yield document.fault(("prints", number), "secret_printed", name=name)
                continue
            if name.startswith("receipt.") and step.verb not in RECEIPTS:
                yield document.fault(("prints", number), "receipt_source", name=name)
                continue
            if name.startswith("authority."):
                yield document.fault(("prints", number), "letter_source", name=name)
                continue
            why = problem(name, subject.procedure, PAPER) or _rowless(subject, at, name)
            if why:
                yield document.fault(("prints", number), "unknown_source", name=name, why=why)
        on = subject.procedure.form.get((paper.valid_on or "").removeprefix("form."))
        if on is not None and on.type != "date":
            yield document.fault(("valid_on",), "wrong_type", name=paper.valid_on, have=on.type, want="date")
        if paper.seal is not None:
            yield from _seal(subject, document, paper.seal.step, paper.seal.post)


def _rowless(subject: Subject, step: str, name: str) -> Text | None:
    """Why a cell says nothing on a paper: that is not issued for each row of the table."""
    cell, around = cell_of(name), subject.flow.each_around(step)
    if cell is None or (around is not None and subject.flow.blocks[around].over == cell[0]):
        return None
    return Text(zh="这张单据不是表格里每行一张", en="the paper is not issued for each row of that table")


def _seal(subject: Subject, document: Document, step: str, post: str) -> Iterator[Fault]:
    flow = subject.flow
    if step not in flow.steps:
        yield document.fault(("seal", "step"), "unknown_step", name=step, choices=flow.steps)
    elif post not in flow.steps[step].posts():
        yield document.fault(("seal", "post"), "seal_post", step=step, post=post)


def papers(loaded: LoadedPack) -> Iterator[Fault]:
    """The posts papers name exist."""
    posts = loaded.pack.posts
    for name, paper in loaded.pack.papers.items():
        document = loaded.documents[("papers", name)]
        named: list[tuple[Keys, str]] = [(("printed_by", n), post) for n, post in enumerate(paper.printed_by)]
        if paper.seal is not None:
            named.append((("seal", "post"), paper.seal.post))
        for keys, post in named:
            if post not in posts:
                yield document.fault(keys, "unknown_post", name=post, choices=posts)


def superiors(loaded: LoadedPack) -> Iterator[Fault]:
    """The post above a post exists."""
    posts = loaded.pack.posts
    for name, post in posts.items():
        if post.superior is not None and post.superior not in posts:
            keys = (name, "superior")
            yield loaded.documents[("posts", "")].fault(
                keys, "unknown_post", name=post.superior, choices=posts
            )


def receipts(loaded: LoadedPack) -> Iterator[Fault]:
    """Money is taken and given back on a numbered paper of the pack."""
    for name, procedure in loaded.pack.procedures.items():
        document = loaded.documents[("procedures", name)]
        for step, one in procedure.each_step():
            paper = RECEIPTS.get(one.verb)
            if paper is not None and paper not in loaded.pack.papers:
                yield document.fault(("steps", step), "no_receipt", verb=one.verb, paper=paper)


def _counted(
    document: Document, book: Book, number: int, name: str, entering: list[Procedure]
) -> Iterator[Fault]:
    """What is counted by has few answers that are written alike; of anything else every row would be its own."""
    keys = ("counts", number)
    column = book.columns.get(name)
    if column is None:
        yield document.fault(keys, "unknown_column", name=name, choices=book.columns)
        return
    for source in column.source:
        field = field_of(source)
        kinds = [p.form[field].type for p in entering if field in p.form] if field else []
        few = source in COUNTABLE or source.endswith(".outcome")
        if column.private or not (few or (kinds and all(kind in ("choice", "yes_no") for kind in kinds))):
            yield document.fault(keys, "not_countable", name=name)
            return


def books(loaded: LoadedPack) -> Iterator[Fault]:
    """Each column finds what it shows in one of the procedures that enter the book, and hides what is private."""
    for name, book in loaded.pack.books.items():
        document = loaded.documents[("registers", name)]
        entering = [
            p for p in loaded.pack.procedures.values() if any(s.book == name for _, s in p.each_step())
        ]
        for number, counted in enumerate(book.counts):
            yield from _counted(document, book, number, counted, entering)
        for column, shown in book.columns.items():
            for number, source in enumerate(shown.source):
                keys = ("columns", column, "source", *((number,) if len(shown.source) > 1 else ()))
                why = [problem(source, procedure, BOOK) for procedure in entering]
                if why and all(why):
                    yield document.fault(keys, "unknown_source", name=source, why=why[0])
                field_name = field_of(source)
                private = any(field_name in p.private_fields() for p in entering)
                if private and not shown.private:
                    yield document.fault(keys, "private_column", name=source)
