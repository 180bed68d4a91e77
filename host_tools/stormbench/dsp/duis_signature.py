"""How large a DUIS document is with the DCC's signature, which is counted here and not made.

The DCC signs what it sends to Users: an enveloped XML signature, ECDSA on P-256 with SHA-256 over
the document in exclusive canonical form, and the certificate named by its issuer and number. Its
form is that of the signed response in DCC's own parser (SmartDCCInnovation/duis-parser,
test/resources). Every value in it has one length, but the certificate's name and number; so a
signature's size is known without making one, and a run need not make thousands.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape

XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

DIGEST_CHARACTERS = 44
"""A SHA-256 in base64."""
SIGNATURE_CHARACTERS = 88 + len("&#13;\n")
"""r and s, 32 bytes each, in base64, broken into two lines as MIME has it and DCC's sample too."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """How a signature names its certificate: who issued it (RFC 4514), and its number."""

    issuer: str
    serial_number: int


ASSUMED_CERTIFICATE = Certificate("CN=Z1,OU=07", 10**37)
"""As long as in DCC's sample: a name of 11 bytes, and a number of 16 bytes, which has 38 digits.
Assumed of the live system, whose certificates are not public."""


def signed_size_bytes(document: bytes, certificate: Certificate = ASSUMED_CERTIFICATE) -> int:
    """How large an unsigned document, UTF-8, is once it is signed."""
    return len(document) + signature_bytes(certificate)


def signature_bytes(certificate: Certificate) -> int:
    """How many bytes of UTF-8 a signature adds to a document."""
    signature = (
        f'<ds:Signature xmlns:ds="{XMLDSIG}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"/>'
        f'<ds:SignatureMethod Algorithm="{ECDSA_SHA256}"/><ds:Reference URI="">'
        f'<ds:Transforms><ds:Transform Algorithm="{ENVELOPED}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{SHA256}"/>'
        f"<ds:DigestValue>{'=' * DIGEST_CHARACTERS}</ds:DigestValue></ds:Reference>"
        f"</ds:SignedInfo><ds:SignatureValue>{'=' * SIGNATURE_CHARACTERS}</ds:SignatureValue>"
        "<ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial>"
        f"<ds:X509IssuerName>{escape(certificate.issuer)}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{certificate.serial_number}</ds:X509SerialNumber>"
        "</ds:X509IssuerSerial></ds:X509Data></ds:KeyInfo></ds:Signature>"
    )
    return len(signature.encode())
