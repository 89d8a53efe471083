"""Code 128 (set B): a text as the widths of bars and gaps that scanners read."""

WIDTHS = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122
123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323
131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131
213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122
141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112
124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141
411131 211412 211214 211232 2331112
""".split()
START_B, STOP = 104, 106
LONGEST = 48  # more does not fit on a label
QUIET = 10  # modules of white at both ends


def symbols(text: str) -> list[int]:
    """Start, letters, check symbol, stop. Raises ValueError for what set B has no letter for."""
    if not 0 < len(text) <= LONGEST or not all(" " <= letter <= "~" for letter in text):
        raise ValueError(f"{text!r} cannot be written as Code 128")
    letters = [ord(letter) - 32 for letter in text]
    check = (START_B + sum(n * value for n, value in enumerate(letters, 1))) % 103
    return [START_B, *letters, check, STOP]


def bars(text: str) -> tuple[int, list[tuple[int, int]]] | None:
    """How wide the whole is, and where each bar begins and how wide it is; None for what cannot be written."""
    try:
        widths = [int(width) for symbol in symbols(text) for width in WIDTHS[symbol]]
    except ValueError:
        return None
    at, found = QUIET, []
    for n, width in enumerate(widths):
        if n % 2 == 0:
            found.append((at, width))
        at += width
    return at + QUIET, found
