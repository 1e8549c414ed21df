"""A self-signed certificate for one address, so that phones on the same network can use camera and pass."""

import ipaddress
import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from eventweek.kernel.clock import now

LIFE = timedelta(days=90)


def certificate_for(address: str, folder: Path) -> tuple[Path, Path]:
    """Return certificate and key files for a host name or IP address; made anew when they do not fit or end soon."""
    cert, key = folder / "tls_certificate.pem", folder / "tls_key.pem"
    if not (cert.exists() and key.exists() and _fits(cert, address)):
        folder.mkdir(parents=True, exist_ok=True)
        _make(address, cert, key)
    return cert, key


def _fits(path: Path, address: str) -> bool:
    cert = x509.load_pem_x509_certificate(path.read_bytes())
    names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return _name(address) in list(names) and cert.not_valid_after_utc > now() + timedelta(days=2)


def _name(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(address))
    except ValueError:
        return x509.DNSName(address)


def _make(address: str, cert: Path, key: Path) -> None:
    own, start = ec.generate_private_key(ec.SECP256R1()), now() - timedelta(hours=1)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"eventweek {address}"[:64])])
    built = _described(subject, start, own.public_key())
    built = built.add_extension(x509.SubjectAlternativeName([_name(address)]), critical=False)
    signed = built.sign(own, hashes.SHA256())
    private = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(private)
    cert.write_bytes(signed.public_bytes(serialization.Encoding.PEM))


def _described(subject: x509.Name, start: datetime, own: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(own)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(start + LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
