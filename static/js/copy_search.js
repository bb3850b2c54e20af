// The search of a copy of the site: reads the pieces of the index that the words need.
const MAX_SHOWN = 100;
const MAX_PIECES = 12;
// Chinese, Japanese and Korean have pairs of characters in the index, as the site does.
const WITHOUT_SPACES = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]+/gu;
const GROUPED_FROM = 0x3000;
const part = document.getElementById("copy-search");
const siteRoot = new URL(part.dataset.siteRoot, location);
const languageRoot = new URL(part.dataset.languageRoot, location);

async function read(root, path) {
  const response = await fetch(new URL(`search/${path}.json`, root));
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}

function pairsOf(run) {
  const characters = [...run];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, place) => characters[place] + character);
}

// The words of a query; the last one may be the beginning of a word.
function wordsOf(query) {
  const plain = query.normalize("NFKC").toLowerCase().normalize("NFD").replace(/\p{Script=Latin}\p{M}+/gu, (it) => it[0]);
  const spaced = plain.normalize("NFC").replace(WITHOUT_SPACES, (run) => ` ${pairsOf(run).join(" ")} `);
  return [...new Set(spaced.split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean))];
}

// Keys that begin with the same characters; at depth 0 with one of 64, where a script has so many.
function pieceName(key, depth) {
  const codes = [...key].map((character) => character.codePointAt(0));
  if (depth === 0 && codes[0] >= GROUPED_FROM) return `g${(codes[0] >> 6).toString(16)}`;
  const length = Math.max(depth, 1);
  return codes
    .slice(0, length)
    .map((code) => code.toString(16))
    .join("-");
}

// The pieces in which keys that begin with this one can be.
function piecesFor(names, key) {
  const length = [...key].length;
  const chosen = new Set();
  for (let depth = 0; depth <= length; depth += 1) {
    const name = pieceName(key, depth);
    if (names.has(name)) chosen.add(name);
  }
  // Where a piece was split, the key alone is in the first of these.
  const start = `${pieceName(key, length)}-`;
  for (const name of names) if (name.startsWith(start)) chosen.add(name);
  return [...chosen];
}

// The ids of the records that have a word; null for a word that too many have.
async function recordsWith(word, isLast, names) {
  const pieces = piecesFor(names, word);
  if (pieces.length > MAX_PIECES) return null;
  const ids = new Set();
  for (const piece of await Promise.all(pieces.map((name) => read(siteRoot, `words/${name}`)))) {
    for (const [key, [total, listed]] of Object.entries(piece)) {
      if (key !== word && !(isLast && key.startsWith(word))) continue;
      const some = listed.split(" ");
      if (some.length < total) return null;
      for (const id of some) ids.add(id);
    }
  }
  return ids;
}

async function find(words) {
  const names = new Set(await read(siteRoot, "words"));
  const last = words.length - 1;
  const sets = await Promise.all(words.map((word, place) => recordsWith(word, place === last, names)));
  const [first, ...others] = sets.filter(Boolean).sort((one, other) => one.size - other.size);
  if (!first) return null;
  return [...first].filter((id) => others.every((set) => set.has(id)));
}

async function recordsOf(ids) {
  const names = new Set(await read(languageRoot, "records"));
  const pieces = new Set(ids.flatMap((id) => piecesFor(names, id)));
  const loaded = await Promise.all([...pieces].map((name) => read(languageRoot, `records/${name}`)));
  const records = Object.assign({}, ...loaded);
  return ids.map((id) => records[id]).filter(Boolean);
}

function show([title, path, kind, date]) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const words = document.createElement("p");
  link.href = new URL(`${path}index.html`, languageRoot);
  link.textContent = title;
  words.textContent = [kind, date].filter(Boolean).join(" · ");
  item.append(link, words);
  part.querySelector("ol").append(item);
}

async function search(query) {
  const words = wordsOf(query);
  if (!words.length) return;
  document.getElementById("s-q").value = query;
  const status = part.querySelector("h2");
  part.hidden = false;
  try {
    const ids = await find(words);
    if (!ids) {
      status.textContent = part.dataset.common;
      return;
    }
    const records = await recordsOf(ids.slice(0, MAX_SHOWN));
    records.sort((one, other) => (one[4] < other[4] ? 1 : one[4] > other[4] ? -1 : 0));
    records.forEach(show);
    status.textContent = ids.length ? part.dataset.found.replace("{n}", ids.length) : part.dataset.none;
  } catch {
    status.textContent = part.dataset.failed;
  }
}

search(new URLSearchParams(location.search).get("q") ?? "");
