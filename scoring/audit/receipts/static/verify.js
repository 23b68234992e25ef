"use strict";
// Checks a receipt against the model's file, as scoring/audit/receipts/commands.py does: nothing is believed that can be computed.

const TEXTS = JSON.parse(document.getElementById("texts").textContent);
const given = { receipt: null, model: null };
let lang = (navigator.language || "").startsWith("fr") ? "fr" : "en";

/* SHA-256 (FIPS 180-4), for the browser's own is not there on a page that is opened as a plain file everywhere. */
const PRIMES = (() => { const found = []; for (let n = 2; found.length < 64; n++) if (found.every((p) => n % p)) found.push(n); return found; })();
const fraction = (x) => Math.floor((x - Math.floor(x)) * 2 ** 32) >>> 0;
const K = PRIMES.map((p) => fraction(Math.cbrt(p)));
const START = PRIMES.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
const turn = (x, n) => (x >>> n) | (x << (32 - n));
function sha256(bytes) {
  const padded = new Uint8Array(((bytes.length + 8) >> 6 << 6) + 64);
  padded.set(bytes);
  padded[bytes.length] = 128;
  const view = new DataView(padded.buffer), w = new Int32Array(64), h = Int32Array.from(START);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
    }
    let [a, b, c, d, e, f, g, o] = h;
    for (let i = 0; i < 64; i++) {
      const one = (o + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [o, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, o].forEach((x, i) => { h[i] += x; });
  }
  return Array.from(h, (x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
}
const utf8 = (text) => new TextEncoder().encode(text);
const fromHex = (hex) => Uint8Array.from(hex.match(/../g) || [], (two) => parseInt(two, 16));
const joined = (a, b) => { const all = new Uint8Array(a.length + b.length); all.set(a); all.set(b, a.length); return all; };

/* JSON, whose numbers keep the digits they were written with: the model's digest is taken over those. */
class Digits { constructor(text) { this.text = text; } }
function parse(text) {
  let at = 0;
  const fail = () => { throw new SyntaxError(`JSON at ${at}`); };
  const token = /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null))/y;
  const next = () => { token.lastIndex = at; const found = token.exec(text) || fail(); at = token.lastIndex; return found; };
  const peek = () => { const before = at, found = next(); at = before; return found[1]; };
  const value = (depth) => {
    if (depth > 100) fail();
    const [, mark, string, number, word] = next();
    if (string) return JSON.parse(string);
    if (number) return new Digits(number);
    if (word) return JSON.parse(word);
    if (mark !== "{" && mark !== "[") fail();
    const list = mark === "[" ? [] : null, object = list ? null : Object.create(null), end = list ? "]" : "}";
    if (peek() === end) { next(); return list || object; }
    for (;;) {
      if (list) list.push(value(depth + 1));
      else { const name = next()[2] || fail(); if (next()[1] !== ":") fail(); object[JSON.parse(name)] = value(depth + 1); }
      const after = next()[1];
      if (after === end) return list || object;
      if (after !== ",") fail();
    }
  };
  const found = value(0);
  if (text.slice(at).trim()) fail();
  return found;
}
function canonical(value, number) {
  if (value instanceof Digits) return number(value.text);
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, number)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name], number)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
const asWritten = (text) => text;
const asNumber = (text) => JSON.stringify(Number(text));
const without = (object, name) => Object.fromEntries(Object.entries(object).filter(([one]) => one !== name));
const digestOf = (document, number) => `sha256:${sha256(utf8(canonical(without(document, "digest"), number)))}`;
function plain(value) {
  if (value instanceof Digits) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  return value;
}
const same = (a, b) => canonical(a, String) === canonical(b, String);

/* The score: one cell of each term, added up in the order of the document. */
function cellOn(axis, value) {
  if (value === null) return 0;
  if (axis.kind === "category") {
    const level = axis.levels.findIndex((codes) => codes.includes(value));
    return level < 0 ? axis.levels.length + 1 : level + 1;
  }
  if (typeof value !== "number") return NaN;
  let low = 0, high = axis.edges.length;
  while (low < high) { const middle = (low + high) >> 1; if (value < axis.edges[middle]) high = middle; else low = middle + 1; }
  return low + 1;
}
const cellsOn = (axis) => (axis.kind === "category" ? axis.levels.length + 2 : axis.edges.length + 3);
function cellOf(term, values) {
  const [first, second] = term.axes.map((axis, i) => cellOn(axis, values[term.features[i]]));
  return second === undefined ? first : first * cellsOn(term.axes[1]) + second;
}
// exp, log and the order of a sum over bags may differ in their last digits between machines; nothing else may.
const close = (a, b) => Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a), Math.abs(b));

function check(receipt, model) {
  const r = plain(receipt), m = plain(model), holds = {};
  holds.digest = digestOf(receipt, asNumber) === r.digest;
  const whole = same(Object.keys(r.values).sort(), Object.keys(m.features).sort()) && r.terms.length === m.terms.length;
  holds.model = whole && digestOf(model, asWritten) === m.digest && r.model.digest === m.digest
    && r.model.version === `${m.kind}-${m.digest.slice(7, 19)}`;
  const cells = m.terms.map((term) => cellOf(term, r.values));
  const wrong = r.terms.map((term, i) => !whole || !same(term.features, m.terms[i].features) || term.cell !== cells[i]
    || term.contribution !== m.terms[i].scores[cells[i]]);
  holds.cells = whole && r.terms.every((term, i) => same(term.features, m.terms[i].features) && term.cell === cells[i]);
  holds.contributions = whole && r.terms.every((term, i) => term.contribution === m.terms[i].scores[cells[i]]);
  const sum = r.terms.reduce((total, term) => total + term.contribution, r.intercept);
  holds.sum = r.intercept === m.intercept && sum === r.log_odds;
  const factor = m.points.pdo / Math.log(2), pointsOf = (x) => m.points.base_points - factor * (x + Math.log(m.points.base_odds));
  const pd = 1 / (1 + Math.exp(-r.log_odds));
  holds.probability = close(pd, r.pd) && close(pointsOf(r.log_odds), r.points);
  holds.decision = whole && decisionHolds(r, m, cells);
  holds.reasons = whole && reasonsHold(r, m, factor);
  const link = without(without(without(r.entry, "digest"), "salt"), "recorded");
  const committed = sha256(joined(fromHex(r.entry.salt), utf8(r.entry.recorded))) === r.entry.commitment;
  holds.entry = (committed || r.entry.kind === "batch") && sha256(utf8(canonical(link, String))) === r.entry.digest
    && r.at === r.entry.at && r.decision_id.split(".")[0] === r.entry.decision_id;
  holds.record = recordHolds(r, m);
  return { receipt: r, model: m, holds, wrong, sum, factor };
}
function decisionHolds(r, m, cells) {
  const rule = m.rule, bags = m.bag_intercepts.map((start, bag) => m.terms.reduce((total, term, i) => total + term.bags[bag][cells[i]], start));
  const mean = bags.reduce((a, b) => a + b, 0) / bags.length;
  const spread = bags.length < 2 ? 0 : Math.sqrt(bags.reduce((a, b) => a + (b - mean) ** 2, 0) / (bags.length - 1));
  const because = [];
  if (Math.abs(r.log_odds - Math.log(rule.threshold / (1 - rule.threshold))) < rule.review_k * r.spread) because.push("uncertain");
  const codes = {};
  m.terms.forEach((term) => term.axes.forEach((axis, i) => { if (axis.kind === "category") codes[term.features[i]] = axis.levels.flat(); }));
  const lacked = new Set();  // features that some training client was without: a term's first row, or first column
  m.terms.forEach((term) => term.features.forEach((name, i) => {
    const width = term.axes.length > 1 ? cellsOn(term.axes[1]) : 1;
    if (term.counts.some((count, cell) => count > 0 && (i ? cell % width : Math.floor(cell / width)) === 0)) lacked.add(name);
  }));
  const outside = Object.entries(m.features).some(([name, facts]) => {
    const value = r.values[name];
    if (value === null) return !lacked.has(name);
    return facts.kind === "category" ? !codes[name].includes(value) : !(facts.low !== null && facts.high !== null && facts.low <= value && value <= facts.high);
  });
  if (outside) because.push("outside_training");
  if (r.review_because.includes("history_unknown")) because.push("history_unknown");  // no value: the record alone says so
  const outcome = because.length ? "review" : r.pd > rule.threshold ? "decline" : "accept";
  return close(spread, r.spread) && outcome === r.decision && same(because, r.review_because)
    && ["threshold", "review_k", "cost_fn", "cost_fp"].every((name) => r[name] === rule[name]);
}
// Which feature of a group is told, and which is never told, is the product's; that a reason is the sum's own is checked here.
function reasonsHold(r, m, factor) {
  const effects = {};
  r.terms.forEach((term, i) => term.features.forEach((name) => {
    effects[name] = (effects[name] || 0) + (-factor * (term.contribution - m.reference.contributions[i])) / term.features.length;
  }));
  return r.reasons.every((one) => close(effects[one.feature], one.points) && (one.points < 0) === (one.effect === "against"));
}
function recordHolds(r, m) {
  let kept;
  try { kept = plain(parse(r.entry.recorded)); } catch { return false; }
  if (Array.isArray(kept)) {
    const [client_id, values, pd, log_odds, points, decision, review_because, reasons] = kept;
    const names = Object.keys(m.features);
    kept = { client_id, pd, log_odds, points, decision, review_because, values: Object.fromEntries(names.map((name, i) => [name, values[i]])),
      reasons: reasons.map(([feature, given_]) => ({ feature, points: given_, effect: given_ < 0 ? "against" : "for" })),
      model: r.model, threshold: m.rule.threshold, cost_fn: m.rule.cost_fn, cost_fp: m.rule.cost_fp };
  }
  return ["client_id", "model", "values", "log_odds", "pd", "points", "threshold", "cost_fn", "cost_fp", "decision", "review_because", "reasons"]
    .every((name) => kept[name] !== undefined && same(kept[name], r[name]));
}

/* What is seen. Every text that comes from a file is set as text, never as markup. */
const say = (key) => TEXTS[lang][`receipt.${key}`];
const $ = (id) => document.getElementById(id);
function make(tag, content, attributes = {}) {
  const element = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => { if (value) element.setAttribute(name, value); });
  element.append(...[content].flat().filter((one) => one !== ""));
  return element;
}
const number = (value, options) => new Intl.NumberFormat(lang, options).format(value).replace("-", "\u2212");
const written = (value, digits) => number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const full = (value) => number(value, { maximumSignificantDigits: 17 });
const shown = (value) => (value === null ? say("missing") : typeof value === "number" ? full(value) : value);

function draw(message) {
  document.documentElement.lang = lang;
  document.title = say("title");
  document.querySelectorAll("[data-text]").forEach((element) => { element.textContent = say(element.dataset.text); });
  Object.entries(given).forEach(([kind, file]) => {
    const item = $(`file-${kind}`);
    item.className = file ? "given" : "";
    item.querySelector("span").textContent = file ? file.name : say("file.none");
  });
  $("message").textContent = message ? say(message) : "";
  const ready = given.receipt && given.model;
  $("result").hidden = !ready;
  if (ready) {
    try { drawResult(check(given.receipt.document, given.model.document)); } catch { $("result").hidden = true; $("message").textContent = say("file.unknown"); }
  }
}
function drawResult({ receipt, model, holds, wrong, sum, factor }) {
  const all = Object.values(holds).every(Boolean);
  $("verdict").className = all ? "" : "no";
  $("verdict").textContent = say(all ? "holds" : "fails");
  $("facts").replaceChildren(...[["decision", say(`decision.${receipt.decision}`) || ""], ["client", receipt.client_id === null ? "–" : String(receipt.client_id)],
    ["at", receipt.at.slice(0, 19).replace("T", " ")], ["id", receipt.decision_id]].map(([name, value]) => make("div", [make("dt", say(name)), make("dd", value)])));
  $("notes").textContent = [receipt.synthetic ? say("synthetic") : "", receipt.entry.kind === "batch" ? say("batch") : ""].join(" ").trim();
  $("checks").replaceChildren(...Object.entries(holds).map(([claim, yes]) =>
    make("li", [make("b", `${yes ? "✓" : "✗"} ${say(yes ? "yes" : "no")}`), make("span", say(`claim.${claim}`))], { class: yes ? "" : "no", "data-claim": claim })));
  const line = (what, value, cell, contribution, points, bad) => make("tr", [make("th", what, { scope: "row" }), make("td", value), make("td", cell, { class: "n" }),
    make("td", contribution, { class: "n" }), make("td", points, { class: "n" })], { class: bad ? "no" : "" });
  const base = model.points.base_points - factor * Math.log(model.points.base_odds);
  $("lines").replaceChildren(line(say("intercept"), "", "", written(receipt.intercept, 6), written(base - factor * receipt.intercept, 2)),
    ...receipt.terms.map((term, i) => line(term.features.map((name) => (receipt.labels[name] || {})[lang] || name).join(" × "),
      term.features.map((name) => shown(receipt.values[name])).join(" × "), String(term.cell), written(term.contribution, 6), written(-factor * term.contribution, 2), wrong[i])));
  $("totals").replaceChildren(line(say("log_odds"), "", "", full(sum), written(base - factor * sum, 2)),
    line(say("pd"), "", "", `${written(100 * receipt.pd, 4)}${lang === "fr" ? "\u00a0" : ""}%`, ""));
}
const VERSIONS = { receipt: ["1"], model: ["1", "2"] };
async function take(files) {
  let message = "";
  for (const file of files) {
    try {
      const document_ = parse(await file.text());
      const kind = { "clairscore-receipt": "receipt", "clairscore-additive-model": "model" }[document_.format];
      if (!kind || !VERSIONS[kind].includes(document_.version.text)) throw new Error();
      given[kind] = { name: file.name, document: document_ };
    } catch { message = "file.unknown"; }
  }
  draw(message);
}
const drop = $("drop"), input = $("files");
addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
addEventListener("dragleave", () => drop.classList.remove("over"));
addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); take(event.dataTransfer.files); });
$("choose").addEventListener("click", () => input.click());
input.addEventListener("change", () => { take(input.files).then(() => { input.value = ""; }); });
$("language").addEventListener("click", () => { lang = lang === "fr" ? "en" : "fr"; draw(""); });
draw("");
