"""Pictures people send: read with a limit, drawn anew without what the phone wrote into them, small enough to keep.

Only what Pillow drew is stored: no metadata (where and when it was taken), nothing behind the end of the picture.
"""

from io import BytesIO

from PIL import Image, ImageOps

LARGEST_UPLOAD = 12 * 1024 * 1024  # bytes; a phone's photo has 3 to 6 MB
MOST_PIXELS = 60_000_000  # of a JPEG, which is read at an eighth of its size when that is enough
MOST_PIXELS_WHOLE = 20_000_000  # of kinds that are read whole
EDGE = 1600  # pixels of the longer side as kept: handwriting stays readable
KINDS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPE = "image/jpeg"


class NotAPicture(Exception):
    """The upload cannot be kept. `sentence` says why, in Indonesian."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def drawn_anew(content: bytes) -> bytes:
    """Return the picture as a JPEG of at most 1600 pixels, upright and without metadata. Raises `NotAPicture`."""
    if len(content) > LARGEST_UPLOAD:
        raise NotAPicture("Foto terlalu besar, paling banyak 12 MB. Kecilkan dulu, atau foto ulang.")
    try:
        with Image.open(BytesIO(content), formats=KINDS) as opened:
            _check_size(opened)
            opened.draft("RGB", (EDGE, EDGE))
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((EDGE, EDGE))
            out = BytesIO()
            _on_white(picture).save(out, "JPEG", quality=75, optimize=True)
    except NotAPicture:
        raise
    except Exception as error:  # Pillow raises many kinds for damaged files; none of them may reach a person as a 500
        raise NotAPicture("Berkas ini tidak terbaca sebagai foto. Pakai JPG, PNG, atau WebP.") from error
    return out.getvalue()


def _check_size(picture: Image.Image) -> None:
    most = MOST_PIXELS if picture.format == "JPEG" else MOST_PIXELS_WHOLE
    if picture.width * picture.height > most:
        raise NotAPicture("Foto terlalu besar ukurannya. Kecilkan dulu, atau foto ulang.")


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGB", "L"):
        return picture
    colours = picture.convert("RGBA")
    paper = Image.new("RGB", colours.size, "white")
    paper.paste(colours, mask=colours.getchannel("A"))
    return paper
