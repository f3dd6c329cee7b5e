#!/usr/bin/env bash
# constriction 0.5.0: `Uniform(size)` is not uniform for large sizes, and refuses size 1 by a panic.
#
# Seen: probabilities are multiples of 2**-24, floor(2**24 / size) each, and the last symbol gets all
#   that remains. Of 65,537 symbols the last costs 8 bits instead of 16; of 9,000,000 every symbol
#   but the last costs 24 bits instead of 23.1, and the last 1.1. Symbols do come back. `Uniform(1)`,
#   the distribution of the one item that is left, raises a PanicException, which is no `Exception`.
# Why it matters: codecs of sets and permutations draw "one of n that remain" for n down to 1; above
#   65,536 items the cost is no longer log2 n, and bits-back draws by it (decoding random bits) give
#   the last item far too often.
# Way out: split large indices into two draws of at most 2**12 ... 2**16, and code nothing for n = 1.
# Fails (exit 1) if what is printed is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 constriction==0.5.0
cat > "$folder/seen.py" <<'PY'
import math

import constriction
import numpy as np

Uniform = constriction.stream.model.Uniform


def bits(symbol: int, size: int) -> float:
    """Bits that one of many equal symbols takes, on a stack that holds some already."""
    coder = constriction.stream.stack.AnsCoder()
    coder.encode_reverse(np.arange(100, dtype=np.int32), Uniform(1000))
    before = coder.num_bits()
    symbols = np.full(20_000, symbol, np.int32)
    coder.encode_reverse(symbols, Uniform(size))
    taken = (coder.num_bits() - before) / len(symbols)
    assert np.array_equal(coder.decode(Uniform(size), len(symbols)), symbols)
    return taken


for size in (1000, 65_536, 65_537, 9_000_000):
    middle, last = bits(size // 2, size), bits(size - 1, size)
    print(f"{size:,}: log2 {math.log2(size):.1f}, middle {middle:.1f}, last {last:.1f}")
try:
    Uniform(1)
except Exception:
    print("1: Exception")
except BaseException as error:
    print(f"1: {type(error).__name__}")
PY
cat > "$folder/expected" <<'TXT'
1,000: log2 10.0, middle 10.0, last 9.9
65,536: log2 16.0, middle 16.0, last 16.0
65,537: log2 16.0, middle 16.0, last 8.0
9,000,000: log2 23.1, middle 24.0, last 1.1
1: PanicException
TXT
"$folder/venv/bin/python" "$folder/seen.py" 2> "$folder/errors" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen"
