"""Which of a customer's pictures a model is shown, and how many of them are paid for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.events import ReplyRequested, TextMedia

PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""What OpenAI's models and those after their pattern take. Others are described in words."""
MOST_PICTURES = 3
MOST_BYTES = 1_500_000
"""Of one. Carriers deliver pictures of about 1 MB; a larger one is described in words, since nothing here resizes it: a
library that decodes pictures would read what a stranger made."""
TOKENS_EACH = 1_100
"""What a picture of a phone takes at the most common models; only used where the server reports no usage."""


@dataclass(frozen=True)
class Picture:
    media_id: str
    content_type: str
    base64: str

    @property
    def data_uri(self) -> str:
        return f"data:{self.content_type};base64,{self.base64}"


def wanted_pictures(request: ReplyRequested) -> tuple[TextMedia, ...]:
    """The newest that can be shown, oldest first."""
    shown = [one for one in request.text_media if one.content_type in PICTURE_TYPES and (one.size or 0) <= MOST_BYTES]
    return tuple(shown[-MOST_PICTURES:])


def is_guesswork(request: ReplyRequested, shown: Sequence[Picture]) -> bool:
    """Whether an answer would be a guess: there are no words to answer, and what came last is not shown."""
    if not request.wordless:
        return False
    newest = request.text_media[-1].id if request.text_media else ""
    return newest not in [picture.media_id for picture in shown]
