"""The map of the monthly report, from the drawn sheet of a territory and a letter for each of its areas."""

from collections.abc import Mapping, Sequence

from koperasi.reports.monthly import MapArea, MapClass, MapPicture
from registry.maps import MapSheet

LITTLE_ROOM = 22  # units around the label's point in which two digits of the normal size just fit


def map_picture(
    sheet: MapSheet,
    letters: Mapping[str, str],
    district_names: Mapping[str, str],
    classes: Sequence[MapClass],
    *,
    heading: str,
    legend_heading: str,
    unit: str,
) -> MapPicture:
    """A picture for the snapshot: areas numbered from 1 in the order of their codes.

    `letters`: class letter by area code; an area that is not in it has no data. `district_names`:
    kecamatan by the code before the last dot. `unit`: what the legend counts ("koperasi" where each area
    has one, else "kecamatan").
    """
    shapes = sorted(sheet.shapes, key=lambda shape: shape.code)
    areas = tuple(
        MapArea(
            number=number,
            name=shape.name,
            district=district_names.get(shape.code.rpartition(".")[0], ""),
            letter=letters.get(shape.code, ""),
            path=shape.path,
            x=shape.label_x,
            y=shape.label_y,
            small=shape.room < LITTLE_ROOM,
        )
        for number, shape in enumerate(shapes, start=1)
    )
    notes = ["Garis tebal: batas kecamatan. Angka: nomor di daftar di bawah."]
    notes += [f"{frame.reason}." for frame in sheet.frames]
    if sheet.left_out:
        left_out = "; ".join(reason[:1].lower() + reason[1:] for reason in sheet.left_out)
        notes.append(f"Tidak digambar: {left_out}.")
    return MapPicture(
        heading=heading,
        legend_heading=legend_heading,
        unit=unit,
        width=sheet.width,
        height=sheet.height,
        classes=tuple(classes),
        areas=areas,
        borders="".join(border.path for border in sheet.borders),
        note=" ".join([*notes, sheet.source]),
    )
