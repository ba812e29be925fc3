"""The model's file: a head, weights of one byte each, and a digest of it all. Nothing in it is ever run.

`train/` writes it, the guard reads it. Little-endian: magic, version, number of heads, channels, weights; of each head its bias,
its thresholds, the scale of each channel and the weights; SHA-256 of everything before.
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
VERSION = 1
LEVELS = ("low", "medium", "high")
"""At 3 %, 1 % and 0.1 % false alarms, on families that the model was not made from."""
HEADS = ("trusted", "untrusted")
MOST = 8 * 1024 * 1024
_HEAD = struct.Struct("<8sIIII")
_NUMBERS = struct.Struct(f"<d{len(LEVELS)}d{len(CHANNELS)}f")
PATH = Path(__file__).with_name("model.bin")

Weights = npt.NDArray[np.int8]
Worth = npt.NDArray[np.float32]


class Broken(ValueError):
    """The file is not what `train/` wrote."""


@dataclass(frozen=True, slots=True)
class Head:
    """What one provenance is scored with: whole numbers, and of each channel what one of them is worth."""

    weights: Weights
    worth: Worth
    bias: float
    thresholds: tuple[float, ...]


def read(path: Path = PATH) -> dict[str, Head]:
    data = path.read_bytes() if path.stat().st_size <= MOST else b""
    size = _HEAD.size + len(HEADS) * (_NUMBERS.size + SIZE)
    if len(data) != size + 32:
        raise Broken("the injection model has another size than this version's")
    if hashlib.sha256(data[:size]).digest() != data[size:]:
        raise Broken("the injection model is not what was installed")
    if _HEAD.unpack_from(data) != (MAGIC, VERSION, len(HEADS), len(CHANNELS), SIZE):
        raise Broken("the injection model is of another version")
    heads: dict[str, Head] = {}
    at = _HEAD.size
    for name in HEADS:
        bias, *rest = _NUMBERS.unpack_from(data, at)
        thresholds, scales = rest[: len(LEVELS)], np.array(rest[len(LEVELS) :], dtype=np.float32)
        if not np.isfinite([bias, *rest]).all():
            raise Broken("the injection model holds what is no number")
        whole = np.frombuffer(data, np.int8, SIZE, at + _NUMBERS.size)
        heads[name] = Head(whole, scales, bias, tuple(thresholds))
        at += _NUMBERS.size + SIZE
    return heads


def written(heads: Sequence[tuple[npt.NDArray[np.float64], float, Sequence[float]]]) -> bytes:
    """Heads in their order: weights, bias and thresholds."""
    parts = [_HEAD.pack(MAGIC, VERSION, len(HEADS), len(CHANNELS), SIZE)]
    for weights, bias, thresholds in heads:
        whole, scales = quantised(weights)
        parts += [_NUMBERS.pack(bias, *thresholds, *scales), whole.tobytes()]
    body = b"".join(parts)
    return body + hashlib.sha256(body).digest()


def quantised(weights: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int8], list[float]]:
    """Each channel in steps of its own."""
    scales: list[float] = []
    out = np.zeros(SIZE, dtype=np.int8)
    for start, end in zip(OFFSETS[:-1].tolist(), OFFSETS[1:].tolist(), strict=True):
        scale = float(np.float32(max(float(np.abs(weights[start:end]).max(initial=0.0)), 1e-9) / 127))
        scales.append(scale)
        out[start:end] = np.clip(np.rint(weights[start:end] / scale), -127, 127)
    return out, scales
