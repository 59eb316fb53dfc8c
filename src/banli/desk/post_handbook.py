"""A post as a page of the staff handbook, made from the pack: duties, routines, its steps of every procedure."""

from dataclasses import dataclass

from django.http import Http404

from banli.cases import rules
from banli.cases.facts import settings_of
from banli.engine.pack import PostDefinition
from banli.engine.rota import said
from banli.engine.routine import Routine
from banli.engine.text import Text
from banli.people.access import Desk
from banli.people.titles import post_definitions
from banli.routines import queries

from .handbook import StepLine, step_line
from .sentences import Sentences


@dataclass(frozen=True)
class Work:
    """A procedure, and the steps of it that are the post's."""

    name: str
    title: Text
    steps: list[StepLine]


@dataclass(frozen=True)
class Daily:
    """A routine of the post: when it falls due, in words."""

    routine: Routine
    when: Text


@dataclass(frozen=True)
class Page:
    """Everything a post's page says."""

    definition: PostDefinition
    routines: list[Daily]
    works: list[Work]


def page(desk: Desk, post: str) -> Page:
    """The page of a post, with the times this estate has set; 404 where there is none of this name."""
    definition = post_definitions().get(post)
    if definition is None:
        raise Http404
    routines = [Daily(one, said(one.when)) for one in queries.current() if one.post == post]
    return Page(definition, routines, [work for work in _works(desk, post) if work.steps])


def _works(desk: Desk, post: str) -> list[Work]:
    told = []
    for name, book in rules.every_current().items():
        words = Sentences(book, settings_of(book, desk.estate))
        steps = [
            step_line(book, words, number, step)
            for number, step in enumerate(book.flow.steps, 1)
            if post in book.flow.steps[step].posts()
        ]
        told.append(Work(name, book.procedure.title, steps))
    return told
