"""Pictures people send: read with a limit, drawn anew without what the phone wrote into them, small enough to keep.

Only what Pillow drew is stored: no metadata (where and when it was taken), nothing behind the end of the picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import ExifTags, Image, ImageOps

LARGEST_UPLOAD = 12 * 1024 * 1024  # bytes; a phone's photo has 3 to 6 MB
MOST_PIXELS = 60_000_000  # of a JPEG, which is read at an eighth of its size when that is enough
MOST_PIXELS_WHOLE = 20_000_000  # of kinds that are read whole
EDGE = 1600  # pixels of the longer side as kept: handwriting stays readable
KINDS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPE = "image/jpeg"
SMALL = 360  # pixels of the longer side in a list
TOO_MANY_PIXELS = "Foto terlalu besar ukurannya. Kecilkan dulu, atau foto ulang."
# What stands in no photo and in every page or program: such a file means to be read as something else, too.
SCRIPTS = (b"<script", b"<!doctype html", b"<?php ", b"javascript:")


class NotAPicture(Exception):
    """The upload cannot be kept. `sentence` says why, in Indonesian."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Photo:
    """A photo drawn anew, and what the camera wrote into the original: when (its own clock) and where (degrees)."""

    content: bytes
    taken_at: datetime | None = None
    spot: tuple[float, float] | None = None


def read_photo(content: bytes) -> Photo:
    """Return the photo drawn anew, with the camera's time and place if it wrote them. Raises `NotAPicture`.

    Refused are files that carry a script: drawn anew they would be harmless, but nobody sends such a file by accident.
    """
    drawn = drawn_anew(content)
    lower = content.lower()
    if any(sign in lower for sign in SCRIPTS):
        raise NotAPicture("Berkas ini memuat naskah program, bukan foto saja. Ambil foto baru dengan kamera.")
    try:
        with Image.open(BytesIO(content), formats=KINDS) as opened:
            noted = opened.getexif()
            return Photo(drawn, _taken_at(noted), _spot(noted.get_ifd(ExifTags.IFD.GPSInfo)))
    except Exception:  # what a camera wrote wrongly is as good as not written
        return Photo(drawn)


def small(content: bytes) -> bytes:
    """Return a kept picture as a small JPEG for a list."""
    with Image.open(BytesIO(content), formats=("JPEG",)) as opened:
        opened.draft("RGB", (SMALL, SMALL))
        opened.thumbnail((SMALL, SMALL))
        out = BytesIO()
        opened.save(out, "JPEG", quality=70, optimize=True)
    return out.getvalue()


def _taken_at(noted: Image.Exif) -> datetime | None:
    """When the picture was taken, by the camera's clock; when it was last changed where that is all there is."""
    for text in (
        noted.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal),
        noted.get(ExifTags.Base.DateTime),
    ):
        try:
            return datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  no zone is written
        except ValueError:
            continue
    return None


def _spot(gps: Mapping) -> tuple[float, float] | None:
    """Degrees north and east, or None; what is not on earth was not written by a satellite."""
    try:
        north, east = (
            sum(float(part) / 60**power for power, part in enumerate(gps[tag]))
            * (-1 if gps[tag - 1] in ("S", "W") else 1)
            for tag in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude)
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    on_earth = -90 <= north <= 90 and -180 <= east <= 180 and (north, east) != (0, 0)  # false for "not a number"
    return (north, east) if on_earth else None


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
    except Image.DecompressionBombError as error:
        raise NotAPicture(TOO_MANY_PIXELS) from error
    except Exception as error:  # Pillow raises many kinds for damaged files; none of them may reach a person as a 500
        raise NotAPicture("Berkas ini tidak terbaca sebagai foto. Pakai JPG, PNG, atau WebP.") from error
    return out.getvalue()


def _check_size(picture: Image.Image) -> None:
    most = MOST_PIXELS if picture.format == "JPEG" else MOST_PIXELS_WHOLE
    if picture.width * picture.height > most:
        raise NotAPicture(TOO_MANY_PIXELS)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGB", "L"):
        return picture
    colours = picture.convert("RGBA")
    paper = Image.new("RGB", colours.size, "white")
    paper.paste(colours, mask=colours.getchannel("A"))
    return paper
