"""Draws the pictures of the demo people: abstract portraits, made of a ground, shoulders, a head and hair.

The results are committed; this is here so that they can be changed. Needs Pillow: python3 draw.py
"""

from pathlib import Path

from PIL import Image, ImageDraw

SIZE = 256
FINE = 4  # drawn larger and scaled down, for smooth edges


def blend(top, bottom):
    column = Image.new("RGB", (1, SIZE * FINE))
    for y in range(SIZE * FINE):
        part = y / (SIZE * FINE - 1)
        column.putpixel((0, y), tuple(round(a + (b - a) * part) for a, b in zip(top, bottom)))
    return column.resize((SIZE * FINE, SIZE * FINE))


def portrait(ground, sun, clothes, skin, shade, hair, bun):
    image = blend(*ground)
    draw = ImageDraw.Draw(image)

    def disc(x, y, width, height, colour):
        box = [(x - width) * FINE, (y - height) * FINE, (x + width) * FINE, (y + height) * FINE]
        draw.ellipse(box, fill=colour)

    disc(196, 70, 92, 92, sun)
    if bun:
        disc(128, 44, 26, 24, hair)
    disc(128, 108, 62, 66, hair)
    disc(128, 272, 98, 84, clothes)
    draw.rounded_rectangle([108 * FINE, 140 * FINE, 148 * FINE, 212 * FINE], 20 * FINE, fill=shade)
    disc(128, 122, 46, 56, skin)
    if bun:
        draw.chord([82 * FINE, 54 * FINE, 174 * FINE, 134 * FINE], 180, 360, fill=hair)
    else:
        draw.chord([78 * FINE, 50 * FINE, 178 * FINE, 122 * FINE], 170, 350, fill=hair)
        draw.chord([86 * FINE, 124 * FINE, 170 * FINE, 184 * FINE], 0, 180, fill=hair)
    return image.resize((SIZE, SIZE), Image.LANCZOS)


here = Path(__file__).parent
ada = portrait(
    ((246, 205, 160), (226, 122, 96)), (250, 226, 178), (47, 93, 98), (236, 188, 152), (216, 160, 126), (58, 36, 38), True
)
ada.quantize(64).save(here / "ada.png", optimize=True)
benoit = portrait(
    ((174, 210, 214), (70, 122, 140)), (214, 232, 226), (222, 160, 62), (126, 82, 58), (104, 66, 46), (34, 26, 26), False
)
benoit.save(here / "benoit.jpg", quality=86, optimize=True)
