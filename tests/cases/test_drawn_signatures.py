"""A signature drawn on a screen, as it is kept: ink, and nothing behind it."""

import base64
import io

import pytest
from PIL import Image

from banli.cases.attachments import signature
from banli.engine.refusals import Refusal


def sent(background: tuple[int, ...], ink: tuple[int, ...] | None) -> str:
    image = Image.new("RGBA", (120, 60), background)
    if ink is not None:
        image.paste(ink, (30, 20, 70, 24))
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize("background", [(0, 0, 0, 0), (255, 255, 255, 255)])
def test_it_stands_on_coloured_paper_as_ink_alone(background: tuple[int, ...]) -> None:
    drawn = Image.open(io.BytesIO(signature(sent(background, (0, 0, 0, 255))).content)).convert("RGBA")
    assert drawn.size == (40, 4) and set(drawn.get_flattened_data()) == {(0, 0, 0, 255)}


def test_what_is_half_as_dark_lets_half_of_the_paper_through() -> None:
    drawn = Image.open(io.BytesIO(signature(sent((255, 255, 255, 255), (128, 128, 128, 255))).content))
    assert drawn.mode == "LA" and drawn.getpixel((5, 2)) == (0, 127)


@pytest.mark.parametrize("background", [(0, 0, 0, 0), (255, 255, 255, 255)])
def test_an_empty_pad_signs_nothing(background: tuple[int, ...]) -> None:
    with pytest.raises(Refusal) as refused:
        signature(sent(background, None))
    assert refused.value.code == "signature_required"
