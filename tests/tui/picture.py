#!/usr/bin/env python3
"""What a terminal shows, as a PNG.

    tmux capture-pane -e -p | tests/tui/picture.py FILE.png [COLS ROWS]

Needs python3-pil, fonts-dejavu-core and, for Chinese, fonts-noto-cjk.
"""
import re
import sys
import unicodedata

from PIL import Image, ImageDraw, ImageFont

CELL_W, CELL_H, EDGE = 9, 19, 8
GROUND, INK = (0x1a, 0x1b, 0x20), (0xd0, 0xd0, 0xd0)
SIXTEEN = ("000000 cd5c5c 7fc97f c9b458 6a9fd8 b48ead 56b6c2 c8c8c8 "
           "6b6b6b ff6b6b 98e098 f0dc82 8fbfff d7aef0 7fdfe8 ffffff").split()
FONTS = {False: "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
         True: "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf"}
WIDE = {False: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        True: "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"}
LINES = {"─": "lr", "│": "ud", "╭": "dr", "╮": "dl", "╰": "ur", "╯": "ul", "├": "udr", "┤": "udl"}


def color(number):
    """The colours of xterm's 256."""
    if number < 16:
        return tuple(bytes.fromhex(SIXTEEN[number]))
    if number < 232:
        number -= 16
        return tuple(0 if level == 0 else 55 + 40 * level
                     for level in (number // 36, number // 6 % 6, number % 6))
    return (8 + 10 * (number - 232),) * 3


class Pen:
    def __init__(self):
        self.reset()

    def reset(self):
        self.ink, self.ground = None, None
        self.bold = self.dim = self.reverse = self.underline = False

    def take(self, codes):
        codes = [int(code or 0) for code in codes.split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[code], True)
            elif code == 22:
                self.bold = self.dim = False
            elif code in (24, 27):
                setattr(self, {24: "underline", 27: "reverse"}[code], False)
            elif code in (38, 48) and codes[:1] == [5]:
                setattr(self, "ink" if code == 38 else "ground", color(codes[1]))
                del codes[:2]
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self.ink = color(code - 30 if code < 90 else code - 82)
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.ground = color(code - 40 if code < 100 else code - 92)
            elif code == 39:
                self.ink = None
            elif code == 49:
                self.ground = None

    def colors(self):
        ink, ground = self.ink or INK, self.ground or GROUND
        if self.reverse:
            ink, ground = ground, ink
        if self.dim:
            ink = tuple((i + g) // 2 for i, g in zip(ink, ground))
        return ink, ground


def cells(text):
    """(row, column, character, columns, its pen) of all that is shown."""
    pen = Pen()
    for row, line in enumerate(text.split("\n")):
        column = 0
        for piece in re.split("(\033\\[[0-9;]*m|[\016\017])", line):
            if piece.startswith("\033["):
                pen.take(piece[2:-1])
                continue
            for character in piece.replace("\016", "").replace("\017", ""):
                width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
                yield row, column, character, width, pen
                column += width


def block(draw, box, character, ink):
    """Blocks fill their cell, whatever the font thinks."""
    left, top, right, bottom = box
    code = ord(character)
    if 0x2581 <= code <= 0x2588:
        draw.rectangle((left, bottom - (code - 0x2580) * CELL_H // 8 + 1, right, bottom), ink)
    elif character == "▌":
        draw.rectangle((left, top, left + CELL_W // 2, bottom), ink)
    elif character in LINES:
        x, y = left + CELL_W // 2, top + CELL_H // 2
        ends = {"u": (x, top), "d": (x, bottom), "l": (left, y), "r": (right, y)}
        for direction in LINES[character]:
            draw.line(((x, y), ends[direction]), ink)
    else:
        return False
    return True


def main():
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    text = sys.stdin.read().rstrip("\n")
    cols, rows = (int(n) for n in sys.argv[2:]) if len(sys.argv) == 4 else (0, 0)
    for row, column, _, width, _ in cells(text):
        cols, rows = max(cols, column + width), max(rows, row + 1)
    image = Image.new("RGB", (cols * CELL_W + 2 * EDGE, rows * CELL_H + 2 * EDGE), GROUND)
    draw = ImageDraw.Draw(image)
    fonts = {bold: ImageFont.truetype(path, 15) for bold, path in FONTS.items()}
    wide = {bold: ImageFont.truetype(path, 15, index=2) for bold, path in WIDE.items()}
    for row, column, character, width, pen in cells(text):
        ink, ground = pen.colors()
        left, top = EDGE + column * CELL_W, EDGE + row * CELL_H
        box = (left, top, left + width * CELL_W - 1, top + CELL_H - 1)
        if ground != GROUND:
            draw.rectangle(box, ground)
        if character == " " or block(draw, box, character, ink):
            continue
        if width == 2:
            draw.text((left + 1, top - 3), character, ink, wide[pen.bold])
        else:
            draw.text((left, top), character, ink, fonts[pen.bold])
        if pen.underline:
            draw.line((left, box[3], box[2], box[3]), ink)
    image.save(sys.argv[1], optimize=True)


if __name__ == "__main__":
    main()
