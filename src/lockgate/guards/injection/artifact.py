"""The model's file: weights of one byte each, thresholds, and a digest of it all. Nothing in it is ever run.

`train/` writes it, the guard reads it. Little-endian: magic, version, channels, weights; the bias, thresholds of wide and of narrow
windows, the scale of each channel, and the weights; SHA-256 of everything before.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lockgate.guards.injection.features import CHANNELS, OFFSETS, SIZE

MAGIC = b"LGINJECT"
VERSION = 2
LEVELS = ("low", "medium", "high")
"""At 3 %, 1 % and 0.1 % false alarms, on families that the model was not made from."""
MOST = 8 * 1024 * 1024
_HEAD = struct.Struct("<8sIII")
_NUMBERS = struct.Struct(f"<d{2 * len(LEVELS)}d{len(CHANNELS)}f")
PATH = Path(__file__).with_name("model.bin")

Weights = npt.NDArray[np.int8]
Worth = npt.NDArray[np.float32]


class Broken(ValueError):
    """The file is not what `train/` wrote."""


@dataclass(frozen=True, slots=True)
class Model:
    """Whole numbers, and of each channel what one of them is worth; thresholds of each level."""

    weights: Weights
    worth: Worth
    bias: float
    wide: tuple[float, ...]
    narrow: tuple[float, ...]


def read(path: Path = PATH) -> Model:
    data = path.read_bytes() if path.stat().st_size <= MOST else b""
    size = _HEAD.size + _NUMBERS.size + SIZE
    if len(data) != size + 32:
        raise Broken("the injection model has another size than this version's")
    if hashlib.sha256(data[:size]).digest() != data[size:]:
        raise Broken("the injection model is not what was installed")
    if _HEAD.unpack_from(data) != (MAGIC, VERSION, len(CHANNELS), SIZE):
        raise Broken("the injection model is of another version")
    bias, *rest = _NUMBERS.unpack_from(data, _HEAD.size)
    if not np.isfinite([bias, *rest]).all():
        raise Broken("the injection model holds what is no number")
    levels = len(LEVELS)
    worth = np.array(rest[2 * levels :], dtype=np.float32)
    weights = np.frombuffer(data, np.int8, SIZE, _HEAD.size + _NUMBERS.size)
    return Model(weights, worth, bias, tuple(rest[:levels]), tuple(rest[levels : 2 * levels]))


def written(weights: npt.NDArray[np.float64], bias: float, wide: Sequence[float], narrow: Sequence[float]) -> bytes:
    whole, scales = quantised(weights)
    head = _HEAD.pack(MAGIC, VERSION, len(CHANNELS), SIZE)
    body = head + _NUMBERS.pack(bias, *wide, *narrow, *scales) + whole.tobytes()
    return body + hashlib.sha256(body).digest()


def quantised(weights: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int8], list[float]]:
    """Each channel in steps of its own; one without a part of the table looks into that of the channel before it."""
    scales: list[float] = []
    out = np.zeros(SIZE, dtype=np.int8)
    for start, end in zip(OFFSETS[:-1].tolist(), OFFSETS[1:].tolist(), strict=True):
        if start == end:
            scales.append(scales[-1])
            continue
        scale = float(np.float32(max(float(np.abs(weights[start:end]).max(initial=0.0)), 1e-9) / 127))
        scales.append(scale)
        out[start:end] = np.clip(np.rint(weights[start:end] / scale), -127, 127)
    return out, scales
