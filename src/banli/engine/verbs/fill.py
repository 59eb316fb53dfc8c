"""fill: what the case is about is taken down. Whoever does it can never approve the case."""

from banli.engine.text import Text
from banli.engine.verbs._base import Verb, done

VERB = Verb("fill", Text(zh="登记", en="Fill in"), (done("登记", "File", said="Filed"),), files=True)
