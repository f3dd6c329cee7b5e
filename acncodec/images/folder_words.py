"""What a user should hear of a folder: what of it is left out, and what does not come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from acncodec.images.folder_picture import FolderPicture, lossy_files
from acncodec.images.formats.pictures import SUFFIXES
from acncodec.images.picture_file import file_name
from acncodec.images.plain_names import find_unplain
from acncodec.images.tree import Tree


def nothing_found(tree: Tree) -> str:
    """Why a folder is no data set."""
    message = f"the folder holds no image ({', '.join(SUFFIXES)})"
    if tree.links:
        message += f"; the {len(tree.links)} links in it are not followed"
    if any(name.endswith(".bin") for name in tree.files):
        message += "; files of CIFAR's binary form are given one by one"
    return message


def left_behind(
    pictures: Sequence[FolderPicture], rest: Sequence[str], links: Sequence[str]
) -> tuple[str, ...]:
    """Warnings about pictures, and about other entries and links beside them."""
    found = []
    if rest:
        found.append(
            f"{len(rest)} other entries of the folder are no images and are left out"
            f" (the first: {min(rest)!r})"
        )
    if links:
        found.append(
            f"{len(links)} links in the folder are not followed, and left out (the first:"
            f" {links[0]!r})"
        )
    files, nbytes = lossy_files(pictures)
    if files:
        samples = sum(one.picture.nbytes for one in pictures if one.picture.lossy)
        found.append(
            f"of {files:,} lossy files ({nbytes:,} bytes) the pixels alone are"
            f" kept ({samples:,} bytes unpacked), as this machine decodes them; the files do not"
            " come back"
        )
    lost = Counter(text for one in pictures for text in one.picture.lost)
    found += [f"{count} images have {text}, which is not kept" for text, count in lost.items()]
    if (unplain := find_unplain([file_name(one.side) for one in pictures])) is not None:
        name, cause = unplain
        found.append(f"{name!r} {cause}: the pictures can come back as arrays, but not as a folder")
    return tuple(found)
