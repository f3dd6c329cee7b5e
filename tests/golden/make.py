"""Writes the golden files of a new format version; never touches those of an old one.

`python tests/golden/make.py VERSION` from the root of the project, once for each version, or
`... VERSION CASE` for what a version that is not yet released has learned. Tours are greedy ones:
which tour a writer takes is its own affair and may change.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

CASES = {
    1: {
        "keep-iid": ("acn", "keep", "iid", "ans"),
        "keep-tour": ("acn", "keep", "tour", "ans"),
        "any-tour": ("acn", "any", "tour", "ans"),
        "any-set": ("acn", "any", "set", "ans"),
    },
    2: {
        "keep-iid-labels": ("acn", "keep", "iid", "ans"),
        "any-urn": ("acn", "any", "urn", "ans"),
        "any-set-pixelcnn": ("pixelcnn", "any", "set", "ans"),
        "any-set-vae": ("vae", "any", "set", "ans"),
        "keep-iid-pixelvae": ("pixelvae", "keep", "iid", "ans"),
        "any-set-torchac": ("acn", "any", "set", "torchac"),
        "keep-tour-torchac": ("acn", "keep", "tour", "torchac"),
    },
    3: {
        "keep-iid-mixed": ("mixed", "keep", "iid", "ans"),
        "any-set-mixed": ("mixed", "any", "set", "ans"),
        "any-set-shapes": ("shapes", "any", "set", "ans"),
        "keep-none-stored": ("stored", "keep", "auto", "ans"),
        "keep-iid-grey-labels": ("grey", "keep", "iid", "ans"),
        "any-set-rgb": ("rgb", "any", "set", "ans"),
        "keep-iid-deep": ("deep", "keep", "iid", "ans"),
        "any-set-la": ("la", "any", "set", "ans"),
        "keep-iid-rgba": ("rgba", "keep", "iid", "ans"),
        "any-set-equal": ("equal", "any", "set", "ans"),
        "any-set-two": ("two", "any", "set", "ans"),
        "any-set-grey-torchac": ("grey", "any", "set", "torchac"),
        "any-set-latents": ("latents", "any", "set", "ans"),
        "keep-tour-latents": ("latents", "keep", "tour", "ans"),
        "keep-tour-encoded": ("encoded", "keep", "tour", "ans"),
        "any-set-mixed-torchac": ("mixed", "any", "set", "torchac"),
        "any-none-stored": ("stored", "any", "auto", "ans"),
        "keep-iid-shards": ("shards", "keep", "iid", "ans"),
        "keep-iid-splits": ("splits", "keep", "iid", "ans"),
        "any-set-floats": ("floats", "any", "set", "ans"),
        "keep-iid-integers": ("integers", "keep", "iid", "ans"),
        "any-set-table": ("table", "any", "set", "ans"),
        "keep-iid-rows": ("rows", "keep", "iid", "ans"),
    },
    4: {
        "keep-iid-grey": ("grey", "keep", "iid", "ans"),
        "any-set-rgb": ("rgb", "any", "set", "ans"),
        "any-urn-acn": ("acn", "any", "urn", "ans"),
        "any-urn-latents": ("latents", "any", "urn", "ans"),
        "keep-iid-mixed": ("mixed", "keep", "iid", "ans"),
        "any-set-shapes": ("shapes", "any", "set", "ans"),
        "any-set-gated": ("gated", "any", "set", "ans"),
    },
    5: {
        "keep-none-sprites": ("sprites", "keep", "auto", "ans"),
        "any-none-sprites": ("sprites", "any", "auto", "ans"),
        "keep-iid-patches": ("patches", "keep", "iid", "ans"),
        "any-set-patches": ("patches", "any", "set", "ans"),
        "keep-iid-maps": ("maps", "keep", "iid", "ans"),
        "any-set-tinted": ("tinted", "any", "set", "ans"),
        "keep-tour-quantised": ("quantised", "keep", "tour", "ans"),
    },
    6: {
        "any-none-families": ("families", "any", "auto", "ans"),
        "any-set-relatives": ("relatives", "any", "set", "ans"),
        "keep-none-tables": ("tables", "keep", "auto", "ans"),
        "any-none-tables": ("tables", "any", "auto", "ans"),
    },
    7: {
        "any-set-rgb": ("rgb", "any", "set", "ans"),
        "keep-iid-grey": ("grey", "keep", "iid", "ans"),
    },
}
"""By version and name: the kind of model (from version 3 on of images, with arrays of its own),
the order, the ordering, the coder. Files of version 4 carry their models; that of the kind `mixed`
one of two, and the other is `model-1` of version 3. Those of version 5, whose stored images lie by
pixels, need the models of version 3; `maps`, `tinted` and `quantised` are binary, colour and binary
images by models with a codebook, which the files carry. Those of version 6 have
stored images in no order that is given back, of which one needs the models of version 3, or, of the
kind `tables`, with palettes. Those of version 7 carry models that are told places."""


def arrays(version: int) -> dict[str, np.ndarray]:
    """What the files of a version were made of: images with repeats, labels, names."""
    from tiny import blobs

    images = blobs(60 if version == 1 else 200, seed=7)[:, 0]
    images = np.concatenate([images, images[[3, 3, 9]]])
    # From version 2 on labels follow the images, so that they are coded given them.
    sums = images.sum((1, 2))
    labels = np.arange(len(images)) % 10 if version == 1 else sums // 16
    return {"x": images, "y": labels.astype(np.uint8), "names": np.array(["golden", "file"])}


def write_mixed(folder: Path, version: int, names: list[str]) -> None:
    """Arrays of mixed sets, and one archive a case; their models are those of `write_levels`."""
    import mixed_sets

    from acncodec.codec import CompressOptions
    from acncodec.codec.compress_mixed import code_assigned
    from acncodec.images import save_npz
    from acncodec.models.frozen import FrozenModel

    for name in names:
        kind, order, ordering, coder = CASES[version][name]
        if kind not in mixed_sets.ASSIGNED:
            continue
        data = mixed_sets.SETS[kind](4 + version)
        models = mixed_sets.models(kind)
        if version > 3:
            files = [HERE / "v3" / f"model-{channels}.safetensors" for channels in (1, 3)]
            models = [FrozenModel.load(file) for file in files]
        if not (path := folder / f"arrays-{kind}.npz").exists():
            with path.open("wb") as file:
                save_npz(file, data)
        options = CompressOptions(
            order, ordering, solver="greedy", coder=coder, shard_size=mixed_sets.SHARDS.get(kind),
            embed=version == 4, at_hand=mixed_sets.at_hand(kind, models),
        )  # fmt: skip
        made = code_assigned(data, mixed_sets.ASSIGNED[kind], models, options)
        (folder / f"{name}.acn").write_bytes(made.data)


def write_forms(folder: Path, names: list[str]) -> None:
    """Arrays of other types, of rows and of splits, and what the command makes of them."""
    import form_sets

    for name in names:
        kind, order, ordering, _ = CASES[3][name]
        if kind in form_sets.ARRAYS:
            source = folder / f"arrays-{kind}.npz"
            np.savez_compressed(source, **form_sets.ARRAYS[kind]())
            model = folder / "model-1.safetensors"
            form_sets.compress(source, folder / f"{name}.acn", model, order, ordering)


def write_levels(folder: Path, names: list[str]) -> None:
    """Arrays of each kind of images, models by their channels, and one archive a case. (The kind
    `latents` is grey images of a model with latents.)"""
    import form_sets
    import mixed_sets
    from level_sets import KINDS, level_array, model_of

    from acncodec.codec import CompressOptions, compress_dataset
    from acncodec.images import load_dataset

    for name in names:
        kind, order, ordering, coder = CASES[3][name]
        if kind in mixed_sets.ASSIGNED or kind in form_sets.ARRAYS:
            continue
        latents = kind == "latents"
        shown = "grey" if latents else kind
        images = level_array(shown, 120 if shown == "grey" else 30, seed=7)
        images = np.concatenate([images, images[[3, 3, 9]]])
        means = images.reshape(len(images), -1).mean(1)
        labels = (means * 5 // (float(means.max()) + 1)).astype(np.uint8)
        arrays = {"x": images, "y": labels, "names": np.array(["golden", kind])}
        source = folder / f"arrays-{kind}.npz"
        if not source.exists():
            np.savez_compressed(source, **arrays)
        data = load_dataset(source, layout="nhw" if images.ndim == 3 else "nhwc")
        model = model_of(shown, seed=7, latents=latents)
        stem = "model-latents" if latents else f"model-{KINDS[kind]}"
        if not (path := folder / f"{stem}.safetensors").exists():
            path.write_bytes(model.to_bytes())
        file = io.BytesIO()
        options = CompressOptions(order, ordering, solver="greedy", coder=coder)
        compress_dataset(data, model, options, file)
        (folder / f"{name}.acn").write_bytes(file.getvalue())


def write_embedded(folder: Path, names: list[str]) -> None:
    """Arrays of each kind, and an archive of them that carries its model. (The kind `gated` is
    colour images of a gated model of any levels.)"""
    import mixed_sets
    from level_sets import level_array, model_of, tiny_gated
    from tiny import blobs, frozen

    from acncodec.codec import CompressOptions, compress_dataset
    from acncodec.images import load_dataset

    for name in names:
        kind, order, ordering, coder = CASES[4][name]
        if kind in mixed_sets.ASSIGNED:
            continue
        binary, latents, gated = kind == "acn", kind == "latents", kind == "gated"
        shown = "grey" if latents else "rgb" if gated else kind
        images = blobs(60, seed=8)[:, 0] if binary else level_array(shown, 30, seed=8)
        images = np.concatenate([images, images[[3, 3, 9]]])
        labels = images.reshape(len(images), -1).astype(np.float64).mean(1).argsort() // 7
        given = {"x": images, "y": labels.astype(np.uint8), "names": np.array(["embedded", kind])}
        np.savez_compressed(folder / f"arrays-{kind}.npz", **given)
        layout = "nhw" if images.ndim == 3 else "nhwc"
        data = load_dataset(folder / f"arrays-{kind}.npz", layout=layout)
        model = frozen(seed=8) if binary else model_of(shown, seed=8, latents=latents)
        model = tiny_gated(3, seed=8) if gated else model
        options = CompressOptions(order, ordering, coder=coder, embed=True)
        file = io.BytesIO()
        compress_dataset(data, model, options, file)
        (folder / f"{name}.acn").write_bytes(file.getvalue())


def write_placed(folder: Path, names: list[str]) -> None:
    """Arrays of each kind, and an archive of them that carries a model which is told places."""
    from level_sets import KINDS, level_set, tiny_placed

    from acncodec.codec import CompressOptions, compress_dataset
    from acncodec.images import save_npz

    for name in names:
        kind, order, ordering, coder = CASES[7][name]
        data = level_set(kind, 30, seed=10)
        with (folder / f"arrays-{kind}.npz").open("wb") as file:
            save_npz(file, data)
        options = CompressOptions(order, ordering, coder=coder, embed=True)
        packed = io.BytesIO()
        compress_dataset(data, tiny_placed(KINDS[kind], seed=10), options, packed)
        (folder / f"{name}.acn").write_bytes(packed.getvalue())


def write_codes(folder: Path, names: list[str]) -> None:
    """Binary and colour images with labels, and archives of them that carry a model with a
    codebook."""
    from level_sets import level_array
    from tiny import blobs, frozen
    from tiny_codes import tiny_vqvae

    from acncodec.codec import CompressOptions, compress_dataset
    from acncodec.images import load_dataset

    for name in names:
        kind, order, ordering, coder = CASES[5][name]
        if kind not in ("maps", "tinted", "quantised"):
            continue
        acn, binary = kind == "quantised", kind != "tinted"
        size = (8, 8) if acn else (6, 5)
        images = blobs(40, 9, *size)[:, 0] if binary else level_array("rgb", 30, seed=9)
        images = np.concatenate([images, images[[3, 3, 9]]])
        labels = images.reshape(len(images), -1).astype(np.float64).mean(1).argsort() // 7
        given = {"x": images, "y": labels.astype(np.uint8), "names": np.array(["codebook", kind])}
        np.savez_compressed(folder / f"arrays-{kind}.npz", **given)
        layout = "nhw" if binary else "nhwc"
        data = load_dataset(folder / f"arrays-{kind}.npz", layout=layout)
        model = tiny_vqvae(1 if binary else 3, seed=9, binary=binary)
        model = frozen(9, "acn-vq") if acn else model
        options = CompressOptions(order, ordering, solver="greedy", coder=coder, embed=True)
        file = io.BytesIO()
        compress_dataset(data, model, options, file)
        (folder / f"{name}.acn").write_bytes(file.getvalue())


def main() -> None:
    """Write models, arrays and one archive a case."""
    from tiny import frozen

    from acncodec.codec import CompressOptions, compress_dataset
    from acncodec.images import load_dataset

    version, names = int(sys.argv[1]), sys.argv[2:]
    folder = HERE / f"v{version}"
    folder.mkdir(exist_ok=bool(names))
    there = [name for name in names if (folder / f"{name}.acn").exists()]
    if there:
        raise SystemExit(f"{there[0]} of version {version} is written, and stays")
    if version >= 3:
        names = names or list(CASES[version])
        if version <= 4:
            (write_levels if version == 3 else write_embedded)(folder, names)
        write_mixed(folder, version, names)
        if version == 5:
            write_codes(folder, names)
        if version == 7:
            write_placed(folder, names)
            return
        if version == 3:
            write_forms(folder, names)
        return
    np.savez_compressed(folder / "arrays.npz", **arrays(version))
    data = load_dataset(folder / "arrays.npz")
    for name, (kind, order, ordering, coder) in CASES[version].items():
        model = frozen(seed=7, kind=kind)
        stem = "model" if kind == "acn" else f"model-{kind}"
        (folder / f"{stem}.safetensors").write_bytes(model.to_bytes())
        file = io.BytesIO()
        options = CompressOptions(order, ordering, solver="greedy", coder=coder)
        compress_dataset(data, model, options, file)
        (folder / f"{name}.acn").write_bytes(file.getvalue())


if __name__ == "__main__":
    main()
