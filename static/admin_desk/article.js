// The text of a source on the workbench: its paragraphs, sentences and words, and where they are.
"use strict";

// Characters of scripts without spaces: each is a word, as in kb/text/article_text.py.
const UNSPACED = /[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7ff\uff00-\uffef]/u;

// The text of the article. Positions count characters (code points), as on the server.
class Article {
  constructor(element) {
    this.element = element;
    this.paragraphs = [...element.querySelectorAll("p[data-start]")].map((node) => {
      const start = Number(node.dataset.start);
      return { node, start, end: start + [...node.textContent].length };
    });
    this.sentences = this.paragraphs.flatMap(({ node }) => node.dataset.sentences.split(" ")
      .filter(Boolean).map((span) => span.split("-").map(Number)));
    this.words = this.paragraphs.flatMap((paragraph) => this.wordsOf(paragraph));
  }

  wordsOf({ node, start }) {
    const words = [];
    let isOpen = false;
    [...node.textContent].forEach((character, index) => {
      const place = start + index;
      if (/\s/u.test(character)) {
        isOpen = false;
      } else if (UNSPACED.test(character)) {
        words.push([place, place + 1]);
        isOpen = false;
      } else if (isOpen) {
        words.at(-1)[1] = place + 1;
      } else {
        words.push([place, place + 1]);
        isOpen = true;
      }
    });
    return words;
  }

  paragraphAt(place) {
    return this.paragraphs.findLast(({ start }) => start <= place) ?? this.paragraphs[0];
  }

  // The position of a point of the document; undefined outside of the text.
  placeOf(node, offset) {
    const paragraph = this.paragraphs.find((other) => other.node.contains(node));
    if (!paragraph) return undefined;
    const before = document.createRange();
    before.setStart(paragraph.node, 0);
    before.setEnd(node, offset);
    return paragraph.start + [...before.toString()].length;
  }

  // The point of the document at a position: a text node and an offset in it.
  pointAt(place, isEnd) {
    const paragraph = this.paragraphAt(isEnd ? place - 1 : place);
    let remaining = place - paragraph.start;
    const walker = document.createTreeWalker(paragraph.node, NodeFilter.SHOW_TEXT);
    let node = walker.nextNode();
    for (let next = node; next; next = walker.nextNode()) {
      node = next;
      const characters = [...node.data];
      if (remaining < characters.length || (isEnd && remaining === characters.length)) {
        return [node, characters.slice(0, remaining).join("").length];
      }
      remaining -= characters.length;
    }
    return [node, node.length];
  }

  range(start, end) {
    const range = document.createRange();
    range.setStart(...this.pointAt(start, false));
    range.setEnd(...this.pointAt(end, true));
    return range;
  }
}

window.Article = Article; // for workbench.js
