"""Draw a card in the colours of the pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageDraw

from kb.site.cards.card import CARD_HEIGHT, CARD_WIDTH, Card, Foot, Heading, Shape, Words
from kb.site.cards.lines import balanced_lines, cut_line, lines_of
from kb.site.cards.typefaces import Style, font, plain_text, typeface
from kb.site.charts.year_strip import YearStrip, year_strip

LEFT, RIGHT = 64, 1136
TOP, BOTTOM = 150, 484  # of the words or the heading
FOOT_RULE = 506
SMALL = 23  # pixels, the smallest letters
WORDS_SIZES = (50, 41, 36, 32, 28, 25, SMALL)
MAX_LARGE_WORDS = 120  # longer words begin at the second size
TITLE_SIZES = (66, 56, 48, 41, 36, 32, 28, 25)
STRIP_PIXELS = 150
STRIP_SCALE = 2
RULE_WIDTH = 12

# The tokens of static/css/tokens.css, in light.
PAPER, INK, INK_2 = "#fbfbf8", "#14181b", "#3f474c"
RULE, EDGE, SAY, OCHRE, CONTEST = "#d6d9d1", "#7d858a", "#7a2459", "#755000", "#9a3412"
MARKS = {"event": "#35525f", "statement": SAY, "request": "#434b50"}
_TICK = re.compile(r"M([\d.]+) 17\.5V([\d.]+)")


class Text(NamedTuple):
    """Lines in one typeface; ``leading`` is the distance of two lines in pixels."""

    lines: Sequence[str]
    path: str
    size: int
    leading: int
    colour: str

    @property
    def height(self) -> int:
        return len(self.lines) * self.leading


def card_png(card: Card) -> bytes:
    """The card as a PNG file."""
    image = Image.new("RGB", (CARD_WIDTH, CARD_HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, CARD_WIDTH, 11), fill=INK)
    _line(draw, card.site, (LEFT, 96), "serif-bold", 30, INK, 700)
    _line(draw, card.kind, (RIGHT, 96), "sans", SMALL, INK_2, 520)
    if card.words:
        _draw_words(draw, card.words)
    elif card.heading:
        _draw_heading(draw, card.heading, card)
    draw.rectangle((LEFT, FOOT_RULE, RIGHT, FOOT_RULE + 1), fill=RULE)
    _draw_foot(draw, card.foot)
    file = BytesIO()
    # In 64 colours, by the quickest method: the text is grey between two of them.
    method = Image.Quantize.FASTOCTREE
    image.quantize(64, method=method, dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


def _draw_words(draw: ImageDraw.ImageDraw, words: Words) -> None:
    top = TOP
    colour = OCHRE if words.shape == "dotted" else SAY
    if label := _text(words.label, "sans-bold", 24, RIGHT - LEFT - 36, colour, leading=34):
        _draw_arrows(draw, LEFT, top + 6, colour)
        top = _draw_text(draw, label, LEFT + 36, top) + 10
    note = _text(words.note, "sans", SMALL, RIGHT - LEFT, CONTEST, leading=32)
    bottom = BOTTOM - (note.height + 12 if note else 0)
    sizes = WORDS_SIZES if len(words.text) <= MAX_LARGE_WORDS else WORDS_SIZES[1:]
    style: Style = "serif" if words.is_serif else "sans"
    text = _fitting(words.text, style, sizes, RIGHT - LEFT - 49, bottom - top - 12, INK)
    if not text:
        return
    end = _draw_text(draw, text, LEFT + 49, top + 6) + 6
    _draw_rule(draw, words.shape, top, end, colour)
    if note:
        _draw_text(draw, note, LEFT, end + 12)


def _draw_heading(draw: ImageDraw.ImageDraw, heading: Heading, card: Card) -> None:
    strip = year_strip(card.date, STRIP_PIXELS)
    height = BOTTOM - TOP - (64 if strip else 0)
    width = RIGHT - LEFT
    # Whose account it is belongs to the headline: it is never left out to save room.
    for size in TITLE_SIZES:
        small = max(SMALL + 1, round(size * 0.46))
        texts = [
            text
            for text in (
                _text(heading.before, "sans", small, width, INK_2, leading=round(small * 1.4)),
                _text(heading.title, "serif-bold", size, width, INK, leading=round(size * 1.08)),
                _text(heading.after, "sans", small, width, INK_2, leading=round(small * 1.4)),
                _text(heading.summary, "sans", small, width, INK_2, leading=round(small * 1.4)),
            )
            if text
        ]
        if sum(text.height + 12 for text in texts) <= height:
            break
    top = TOP + 8
    for text in texts:
        top = _draw_text(draw, text, LEFT, top) + 12
    if strip:
        _draw_strip(draw, strip, top + 12, MARKS[card.mark])


def _draw_foot(draw: ImageDraw.ImageDraw, foot: Foot) -> None:
    styles: tuple[tuple[Style, str], ...] = (("sans-bold", INK), ("sans", INK_2))
    for place, (style, colour) in enumerate(styles):
        baseline = 551 + 32 * place
        _line(draw, foot.left[place], (LEFT, baseline), style, SMALL, colour, 690)
        _line(draw, foot.right[place], (RIGHT, baseline), style, SMALL, colour, 350)


def _draw_rule(draw: ImageDraw.ImageDraw, shape: Shape, top: int, bottom: int, colour: str) -> None:
    if shape == "double":
        draw.rectangle((LEFT, top, LEFT + 3, bottom), fill=colour)
        draw.rectangle((LEFT + 8, top, LEFT + RULE_WIDTH - 1, bottom), fill=colour)
    elif shape == "solid":
        draw.rectangle((LEFT, top, LEFT + 5, bottom), fill=colour)
    elif shape == "dashed":
        for start in range(top, bottom, 28):
            draw.rectangle((LEFT, start, LEFT + 5, min(start + 17, bottom)), fill=colour)
    else:
        for start in range(top, bottom - 7, 16):
            draw.ellipse((LEFT, start, LEFT + 7, start + 7), fill=colour)


def _draw_arrows(draw: ImageDraw.ImageDraw, x: int, y: int, colour: str) -> None:
    """Two arrows: the sign of words that went through somebody."""
    for start, end, line, wing in ((x, x + 22, y + 6, -6), (x + 24, x + 2, y + 16, 6)):
        draw.line((start, line, end, line), fill=colour, width=3)
        draw.line((end + wing, line - 6, end, line), fill=colour, width=3)
        draw.line((end + wing, line + 6, end, line), fill=colour, width=3)


def _draw_strip(draw: ImageDraw.ImageDraw, strip: YearStrip, top: int, colour: str) -> None:
    """The date on a line of months, twice as large as on a page."""

    def at(x: float) -> float:
        return LEFT + x * STRIP_SCALE

    base = top + 36
    draw.line((at(0), base, at(strip["total"]), base), fill=EDGE, width=2)
    for x, end in _TICK.findall(strip["path"]):
        height = (17.5 - float(end)) * STRIP_SCALE
        draw.line((at(float(x)), base, at(float(x)), base - height), fill=EDGE, width=2)
    if "x" in strip and "right" in strip:
        _draw_span(draw, strip, (at(strip["x"]), top + 6, at(strip["right"]), base - 10), colour)
    if "needle" in strip:
        needle = at(strip["needle"])
        draw.rectangle((needle - 2, top, needle + 3, base), fill=colour)


def _draw_span(
    draw: ImageDraw.ImageDraw,
    strip: YearStrip,
    box: tuple[float, float, float, float],
    colour: str,
) -> None:
    left, top, right, bottom = box
    if strip["mark"] == "block":
        draw.rectangle(box, fill=colour)
        return
    steps = max(1, round(right - left))
    for step in range(steps):
        share = step / steps
        if strip["mark"] == "fade":
            strength = share if strip.get("side") == "left" else 1 - share
        else:
            strength = 1 - abs(2 * share - 1)
        x = left + step
        draw.line((x, top, x, bottom), fill=_mixed(colour, strength * 0.7), width=1)
    if strip["mark"] == "soft":
        for x in (left, right):
            for y in range(round(top) - 4, round(bottom) + 4, 6):
                draw.line((x, y, x, y + 3), fill=colour, width=2)


def _mixed(colour: str, share: float) -> tuple[int, int, int]:
    """The colour over paper."""

    def part(place: int) -> int:
        paper, ink = int(PAPER[place : place + 2], 16), int(colour[place : place + 2], 16)
        return round(paper + (ink - paper) * share)

    return part(1), part(3), part(5)


def _fitting(
    words: str, style: Style, sizes: Sequence[int], width: int, height: int, colour: str
) -> Text | None:
    """The text in the largest size in which it fits, else in the smallest."""
    text = None
    for size in sizes:
        text = _text(words, style, size, width, colour, leading=round(size * 1.32))
        if text is None or text.height <= height:
            break
    return text


def _text(
    words: str, style: Style, size: int, width: int, colour: str, *, leading: int
) -> Text | None:
    """The words in lines; None if there are none, or if no typeface has their letters."""
    words = plain_text(words)
    path = typeface(words, style) if words else None
    if path is None:
        return None
    break_lines = balanced_lines if style == "serif-bold" else lines_of
    lines = break_lines(words, width, font(path, size).getlength)
    return Text(lines, path, size, leading, colour)


def _draw_text(draw: ImageDraw.ImageDraw, text: Text, x: int, top: int) -> int:
    """Draw the lines and return where they end."""
    face = font(text.path, text.size)
    for place, line in enumerate(text.lines):
        baseline = top + place * text.leading + round(text.leading * 0.5 + text.size * 0.36)
        draw.text((x, baseline), line, font=face, fill=text.colour, anchor="ls")
    return top + text.height


def _line(
    draw: ImageDraw.ImageDraw,
    words: str,
    at: tuple[int, int],
    style: Style,
    size: int,
    colour: str,
    width: int,
) -> None:
    """One line on its baseline, from the left edge of the card or up to the right one."""
    words = plain_text(words)
    path = typeface(words, style) if words else None
    if path is None:
        return
    face = font(path, size)
    anchor = "rs" if at[0] == RIGHT else "ls"
    line = cut_line(words, width, face.getlength)
    draw.text(at, line, font=face, fill=colour, anchor=anchor)
