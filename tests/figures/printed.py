"""What a report says on paper."""

import pypdfium2


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def words_of(pdf: bytes) -> str:
    """The words of all pages, a cell's line breaks taken out."""
    return "".join(pages_of(pdf)).replace("\r", "").replace("\n", "")
