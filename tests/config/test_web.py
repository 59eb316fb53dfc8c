"""The web server before its workers are forked."""

import gc

from django.template import engines

from banli.config.web import load_everything


def test_every_template_can_be_loaded_and_what_is_loaded_is_not_searched_for_rubbish() -> None:
    try:
        load_everything()
        assert gc.get_freeze_count() > 10_000
        kept = engines["django"].engine.template_loaders[0].get_template_cache
        assert {"web/base.html", "desk/case.html", "cotton/table.html"} <= set(kept)
    finally:
        gc.unfreeze()
