"""The picture of a session as a template takes it; one that is gone or broken leaves its paper as it is without."""

import logging
from base64 import b64encode

from eventweek.kernel import files
from eventweek.kernel.errors import Refusal
from eventweek.kernel.images import LARGEST, for_paper
from eventweek.printing.layout import Shown
from eventweek.printing.scene import Facts

_log = logging.getLogger(__name__)
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    '<image width="{width}" height="{height}" href="data:image/jpeg;base64,{data}"/></svg>'
)


def show_picture(picture: Facts) -> Shown | None:
    """Return the largest size of a picture as an SVG, because values reach a template as text, with its pixels."""
    digest = str(picture["sizes"][-1]["file"]) if picture["sizes"] else ""
    try:
        if not files.is_kept(digest) or files.path_of(digest).stat().st_size > LARGEST:
            raise Refusal("file.not_found")
        made = for_paper(files.read(digest))
    except (Refusal, OSError) as error:
        _log.warning("picture %s is left out of a paper", digest, extra={"cause": str(error) or type(error).__name__})
        return None
    data = b64encode(made.content).decode()
    return Shown(_SVG.format(width=made.width, height=made.height, data=data), made.width, made.height)
