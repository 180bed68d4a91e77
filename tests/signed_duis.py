"""Really signed DUIS documents, by signxml: what our formula of their size is held to."""

from functools import cache
from pathlib import Path

from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, XMLSigner

from stormbench.dsp.duis_signature import XMLDSIG, Certificate
from stormbench.signing.made_up_keys import signing_key

DCC = bytes.fromhex("90B3D51F30000001")
"""Stands for the DCC among the published test identities."""

_LINE = 76
"""Characters of base64 (RFC 2045)."""

_SIGNER = XMLSigner(
    signature_algorithm=SignatureMethod.ECDSA_SHA256,
    digest_algorithm=DigestAlgorithm.SHA256,
    c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
)


def sign(document: bytes, certificate: Certificate) -> bytes:
    """The document with a signature of the made-up DCC, UTF-8."""
    signed = _SIGNER.sign(
        etree.fromstring(document),
        key=signing_key(DCC),
        key_info=_key_info(certificate),
        exclude_c14n_transform_element=True,  # DCC's has but one transform
    )
    value = signed.find("{*}Signature/{*}SignatureValue")
    assert value is not None and value.text
    # As DCC's signer does; what is signed does not change, as white space in base64 says nothing.
    value.text = f"{value.text[:_LINE]}\r\n{value.text[_LINE:]}"
    return etree.tostring(signed, xml_declaration=True, encoding="UTF-8")


def _key_info(certificate: Certificate) -> etree._Element:
    key_info = etree.Element(f"{{{XMLDSIG}}}KeyInfo", nsmap={"ds": XMLDSIG})
    data = etree.SubElement(key_info, f"{{{XMLDSIG}}}X509Data")
    issuer_serial = etree.SubElement(data, f"{{{XMLDSIG}}}X509IssuerSerial")
    for name, text in (
        ("X509IssuerName", certificate.issuer),
        ("X509SerialNumber", str(certificate.serial_number)),
    ):
        etree.SubElement(issuer_serial, f"{{{XMLDSIG}}}{name}").text = text
    return key_info


@cache
def our_schema() -> etree.XMLSchema:
    """The part of DUIS that we write, in a schema of our own words: for where DUIS's is not."""
    folder = Path(__file__).parent / "schemas"
    return etree.XMLSchema(etree.parse(str(folder / "duis_part.xsd")))
