"""The QR of a pass: `HTTPS://HOST/T/<TOKEN>` in capitals, level M, with its quiet zone (ISO/IEC 18004).

Capitals keep the alphanumeric mode: version 3 (29 modules) while the host has at most 24 characters, else version 4.
"""

from io import BytesIO

PIXELS_PER_MODULE = 12
QUIET_MODULES = 4


def pass_address(base_url: str, token: str) -> str:
    """Return the address that a pass's QR holds; `base_url` is the configured one, never the request's."""
    return f"{base_url}/T/{token}".upper()


def pass_png(address: str) -> bytes:
    """Return a QR as a black-and-white PNG with whole pixels, 12 a module, 4 modules of white around."""
    from PIL import Image  # heavy

    rows = matrix(address)
    side = len(rows) + 2 * QUIET_MODULES
    image = Image.new("1", (side, side), 1)
    for y, row in enumerate(rows, QUIET_MODULES):
        for x, dark in enumerate(row, QUIET_MODULES):
            if dark:
                image.putpixel((x, y), 0)
    buffer = BytesIO()
    pixels = side * PIXELS_PER_MODULE
    image.resize((pixels, pixels), Image.Resampling.NEAREST).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def svg(address: str) -> str:
    """Return a QR as SVG, one unit a module, 4 modules of white around, for paper."""
    rows = matrix(address)
    side = len(rows) + 2 * QUIET_MODULES
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows, QUIET_MODULES)
        for x, dark in enumerate(row, QUIET_MODULES)
        if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{path}"/></svg>'
    )


def matrix(address: str) -> list[list[bool]]:
    """Return the modules of a QR, level M, without quiet zone; True is dark."""
    import qrcode  # heavy

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(address)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]
