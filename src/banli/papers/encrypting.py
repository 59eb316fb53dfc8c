"""A paper that leaves the house: its PDF under AES-256, opened by a password that goes another way."""

from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer


def encrypted(pdf: bytes, password: str) -> bytes:
    """The same pages as PDF 2.0 under AES-256 (ISO 32000-2, revision 6): whoever has the password may do all with them.

    A signature in the PDF does not survive; the checker lets no sealed paper be sent.
    """
    writer = copy_into_new_writer(PdfFileReader(BytesIO(pdf)))
    writer.encrypt(owner_pass=password)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
