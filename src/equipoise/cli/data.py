"""`equipoise data`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def data(source: str, /, *, sheet: Annotated[Path, Parameter(name="--sheet")] = Path("contact-sheet.png")) -> None:
    """Tell what is in a source of data before you train on it, and draw a contact sheet.

    Args:
        source: A folder of images, a directory of idx files, an .npz or .npy file, or a name (digits, ring-8, ...).
        sheet: Where to write the contact sheet, a .png; with up to twelve classes, a column is a class.
    """
    from equipoise.reports.data import describe_data

    print(describe_data(source, sheet))
