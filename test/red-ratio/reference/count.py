"""Counts red in the pictures of examples/images by other means than the module's: decoded by Pillow, and decided from
the definition of HSV in fractions, colour by colour. Run from the root of the repository with Debian's python3-pil:

    /usr/bin/python3 test/red-ratio/reference/count.py > test/red-ratio/reference/counts.json
"""

import json
import os
import sys
from collections import Counter
from fractions import Fraction

import PIL
from PIL import Image, features

FOLDER = "examples/images"
LIMITS = {
    "area/1:h20,s50,v20": (20, Fraction(50, 100), Fraction(20, 100)),
    "area/1:h15,s50,v20": (15, Fraction(50, 100), Fraction(20, 100)),
    "area/1:h30,s40,v0": (30, Fraction(40, 100), Fraction(0)),
}


def hue_saturation_value(red, green, blue):
    high, low = max(red, green, blue), min(red, green, blue)
    if high == low:
        return None, Fraction(0), Fraction(high, 255)
    spread = high - low
    if high == red:
        hue = Fraction(60 * (green - blue), spread) % 360
    elif high == green:
        hue = Fraction(60 * (blue - red), spread) + 120
    else:
        hue = Fraction(60 * (red - green), spread) + 240
    return hue, Fraction(spread, high), Fraction(high, 255)


def is_red(colour, limits):
    most_hue, least_saturation, least_value = limits
    hue, saturation, value = hue_saturation_value(*colour)
    if hue is None:
        return False
    return min(hue, 360 - hue) <= most_hue and saturation >= least_saturation and value >= least_value


def sums(colours):
    result = {
        id: sum(count for colour, count in colours.items() if is_red(colour, limits)) for id, limits in LIMITS.items()
    }
    result["excess/1"] = sum(count * max(0, r - max(g, b)) for (r, g, b), count in colours.items())
    result["share/1"] = result["mean/1"] = sum(count * r for (r, _, _), count in colours.items())
    return result


counts = {}
for name in sorted(os.listdir(FOLDER)):
    if name.endswith((".jpg", ".png", ".webp")):
        with Image.open(os.path.join(FOLDER, name)) as image:
            pixels = image.convert("RGB")
        counts[name] = {"pixels": pixels.width * pixels.height, "red": sums(Counter(pixels.getdata()))}
json.dump(
    {"made_with": f"Pillow {PIL.__version__}, libjpeg-turbo {features.version('libjpeg_turbo')}", "counts": counts},
    sys.stdout,
    indent=2,
)
print()
