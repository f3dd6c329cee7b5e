"""Whether a strip packed by LZW can be unpacked (TIFF 6.0, section 13).

imagecodecs, which unpacks it, ends the process where a code names a string that is not there yet;
so the codes of each strip are looked at first.
"""

from __future__ import annotations

from acncodec.errors import DataError

_CLEAR, _END, _FIRST = 256, 257, 258
_MIN_BITS, _MAX_BITS = 9, 12


def check_lzw(data: bytes) -> None:
    """Raise `DataError` unless each code of `data` names a string that is there by then."""
    bits, known, fresh = _MIN_BITS, _FIRST, True
    held, there = 0, 0
    if len(data) < 2 or data[0] != _CLEAR >> 1 or data[1] & 0x80:
        raise DataError("LZW that does not begin with a clear code")
    for byte in data:
        held, there = (held << 8 | byte) & 0xFFFFF, there + 8
        if there < bits:
            continue
        there -= bits
        code = held >> there & (1 << bits) - 1
        if code == _END:
            return
        if code == _CLEAR:
            bits, known, fresh = _MIN_BITS, _FIRST, True
        elif fresh:
            if code > _CLEAR:
                raise DataError("LZW with a string that is not there")
            fresh = False
        else:
            if code > known:
                raise DataError("LZW with a string that is not there")
            known += 1
            # One entry before the codes run out, as TIFF has it.
            if known == (1 << bits) - 1 and bits < _MAX_BITS:
                bits += 1
            if known > 1 << _MAX_BITS:
                raise DataError("LZW with more strings than there are codes")
