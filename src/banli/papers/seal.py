"""The office's seal: a real signature on the PDF (EC P-256), drawn as the round red seal.

Each estate has its own key and a certificate it signed itself, made on first use. The seal is put on only for
whoever did the case's seal step; their name and the time stand in the signature (P1.3). A page shows no seal
but in the appearance of that signature.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache, wraps
from io import BytesIO
from threading import RLock
from typing import ParamSpec, TypeVar

import typst
from asn1crypto import cms as asn1_cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from banli.papers import fonts
from banli.papers.keys import read_or_make
from banli.papers.render import TYPST, SealPlace

FIELD = "seal"
OFFICE = "管理处"
LIFETIME = timedelta(days=3653)
#: Bytes a certificate's common name may have: 21 Chinese characters.
LONGEST_NAME = 64
P = ParamSpec("P")
T = TypeVar("T")
#: asn1crypto, by which signatures are written and read, makes each of its classes ready when it is first used, and
#: whoever uses it in another thread meanwhile sees half of it: a seal failed, or a whole one was called broken.
_SEALING = RLock()


def one_at_a_time(call: Callable[P, T]) -> Callable[P, T]:
    """Let no two threads at the seals at once. It costs little: both would be Python all the time."""

    @wraps(call)
    def alone(*args: P.args, **given: P.kwargs) -> T:
        with _SEALING:
            return call(*args, **given)

    return alone


@dataclass(frozen=True)
class Office:
    """Whose seal it is: the estate's code and the name on the seal."""

    code: str
    name: str


@dataclass(frozen=True)
class Put:
    """Who had the seal put on, when (the case's seal step), and on what."""

    holder: str
    at: datetime
    number: str


@dataclass(frozen=True)
class Verified:
    """What a sealed PDF is worth: ``signer`` as the certificate names it, ``reason`` who sealed it and when.

    A seal that is not this office's is looked at no further.
    """

    sealed: bool
    intact: bool = False
    covers_whole: bool = False
    ours: bool = False
    signer: str = ""
    reason: str = ""

    @property
    def good(self) -> bool:
        """Sealed by this estate's office, unaltered, nothing added afterwards."""
        return self.sealed and self.intact and self.covers_whole and self.ours


@dataclass(frozen=True)
class Standing:
    """The seal in force: the name on it, until when its certificate holds, and the certificate's SHA-256."""

    name: str
    until: datetime
    fingerprint: str


@one_at_a_time
def standing(office: Office) -> Standing:
    """The seal of an office. Its picture is not handed out: it stands on a page only as part of a signature."""
    certificate = _certificate(office)
    return Standing(office.name + OFFICE, certificate.not_valid_after, certificate.sha256.hex())


@one_at_a_time
def put_seal(
    pdf: bytes, *, office: Office, place: SealPlace, put: Put, picture: bytes | None = None
) -> bytes:
    """The PDF with the office's seal on it, as an incremental update signed over the whole file.

    ``picture``: the estate's own, a PNG; without one the seal is drawn.
    """
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page, _ = writer.find_page_for_modification(place.page - 1)
    height = float(page.get_object()["/MediaBox"][3])
    left, top, side = round(place.x), round(height - place.y), round(place.side)
    spec = fields.SigFieldSpec(FIELD, on_page=place.page - 1, box=(left, top - side, left + side, top))
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        name=office.name + OFFICE,
        reason=f"{put.holder} 于 {put.at:%Y-%m-%d %H:%M} 用印，{put.number}",
        location=office.name,
    )
    drawing = _Drawing(_picture(office.name) if picture is None else _own(picture))
    style = StaticStampStyle(background=drawing, border_width=0, background_opacity=1)
    signer = _signer(office)
    signing = signers.PdfSigner(meta, signer=signer, stamp_style=style, new_field_spec=spec)
    room = _room(signer)
    return bytes(_apart(lambda: signing.sign_pdf(writer, bytes_reserved=room)).getvalue())


def _room(signer: signers.SimpleSigner) -> int:
    """Hexadecimal digits kept free for the signature: it holds the certificate and at most 1 KiB besides.

    Told nothing, pyhanko signs twice, the first time only to see how long a signature is.
    """
    assert signer.signing_cert is not None  # the signer was made with it
    return 2 * (len(signer.signing_cert.dump()) + 1024)


@one_at_a_time
def verify(pdf: bytes, office: Office) -> Verified:
    """Whether the PDF is as the office sealed it. Never raises: what cannot be read is not intact."""
    try:
        found = PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures
        if not found:
            return Verified(sealed=False)
        certificate, theirs = _certificate(office), found[-1].signer_cert
        told = Verified(
            sealed=True,
            ours=theirs.sha256 == certificate.sha256,
            signer=str(theirs.subject.native.get("common_name", "")),
            reason=str(found[-1].sig_object.get("/Reason", "")),
        )
        if not told.ours:
            return told
        trust = ValidationContext(trust_roots=[certificate], allow_fetching=False)
        usage = KeyUsageConstraints(key_usage={"digital_signature"})
        status = _apart(lambda: validate_pdf_signature(found[-1], trust, key_usage_settings=usage))
        whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE and _fills_its_gap(pdf, found[-1])
        return replace(told, intact=bool(status.intact and status.valid), covers_whole=whole)
    except (PdfError, SigningError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError):
        return Verified(sealed=True)


def _apart(call: Callable[[], T]) -> T:
    """Run one of pyhanko's calls in a thread of its own: each starts an event loop, and the caller may be in one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(call).result()


def _fills_its_gap(pdf: bytes, found: EmbeddedPdfSignature) -> bool:
    """Whether the gap that the signature leaves unsigned holds the signature and zeros, nothing else."""
    start, length, behind, _ = found.byte_range
    signature = asn1_cms.ContentInfo.load(found.pkcs7_content).dump().hex().upper().encode()
    return pdf[start + length : behind] == b"<" + signature.ljust(behind - start - length - 2, b"0") + b">"


class _Drawing(PdfContent):
    """The seal's picture, imported as one object into the signature's appearance."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        picture = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        self.resources.xobject["/Seal"] = picture
        _, _, width, height = picture.get_object()["/BBox"]
        self.box = BoxConstraints(width=width, height=height)
        return b"/Seal Do"


@cache
def _picture(name: str) -> bytes:
    told = json.dumps({"ring": fonts.printable(name), "office": OFFICE}, ensure_ascii=False)
    made, _ = typst.compile_with_warnings(
        (TYPST / "seal.typ").read_bytes(),
        font_paths=fonts.load(fonts.folder()),
        ignore_system_fonts=True,
        sys_inputs={"data": told},
        timestamp=0,
    )
    return bytes(made)


@lru_cache(maxsize=8)
def _own(picture: bytes) -> bytes:
    """The estate's own picture as a page."""
    return bytes(
        typst.compile(
            (TYPST / "own-seal.typ").read_bytes(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(list(picture))},
            timestamp=0,
        )
    )


@cache
def _signer_from(secret: bytes) -> signers.SimpleSigner:
    key = serialization.load_pem_private_key(secret, password=None)
    certificate = x509.load_pem_x509_certificate(secret)
    pkcs8 = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(pkcs8),
        cert_registry=SimpleCertificateStore(),
    )


def _signer(office: Office) -> signers.SimpleSigner:
    return _signer_from(read_or_make(f"seal-{office.code}.pem", lambda: _new_key(office)))


def _certificate(office: Office) -> asn1_x509.Certificate:
    certificate = _signer(office).signing_cert
    assert certificate is not None  # the signer was made with it
    return certificate


def _new_key(office: Office) -> bytes:
    """A private key and the certificate it signed for itself, both as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    told = (office.name + OFFICE).encode()[:LONGEST_NAME].decode(errors="ignore")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, told)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_for_signing_only(), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)


def _for_signing_only() -> x509.KeyUsage:
    others = ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign")
    never = dict.fromkeys((*others, "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(digital_signature=True, content_commitment=True, **never)
