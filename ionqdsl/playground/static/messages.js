// Messages: errors, warnings and notes in plain words, as a list and as marks in the text. The code stands at the end and
// shows the explanation.

const KINDS = { 1: "error", 2: "warning", 3: "note" };
const MOST = 100;

export const make = (name, properties = {}, ...children) => {
  const one = Object.assign(document.createElement(name), properties);
  one.append(...children);
  return one;
};

// "2 errors, 1 warning", "" for none.
export function counted(found) {
  return [1, 2, 3].flatMap((level) => {
    const count = found.filter(({ severity }) => severity === level).length;
    return count ? [`${count} ${KINDS[level]}${count > 1 ? "s" : ""}`] : [];
  }).join(", ");
}

// Messages without those that stand in an earlier list already.
export const once = (more, before) => more.filter(({ code, message }) =>
  !before.some((other) => other.code === code && other.message === message));

export class Messages {
  constructor({ editor, list }) {
    Object.assign(this, { editor, list, judged: null, listed: "" });
  }

  show(found) {
    const listed = found.slice(0, MOST);
    this.judged = this.editor.value;
    this.editor.mark(listed.filter(({ data }) => data.here).map((one) => this.mark(one)));
    const now = JSON.stringify([this.judged, listed]);
    if (now !== this.listed) this.list.replaceChildren(...listed.map((one) => this.item(one))); // otherwise the focus stays
    this.listed = now;
  }

  range({ range }) {
    const [from, to] = [this.editor.offset(range.start), this.editor.offset(range.end)];
    return { from, to: Math.max(from, to) };
  }

  mark(one) {
    const actions = one.data.fixes.map(({ title, edits }) => ({ name: plain(title), apply: () => this.mend(edits) }));
    const message = [one.message, ...one.data.help].map(capital).join("\n");
    return { ...this.range(one), severity: one.severity === 3 ? "info" : KINDS[one.severity], message, source: one.code, actions };
  }

  item(one) {
    const kind = KINDS[one.severity];
    const place = placeOf(one);
    const text = make("button", { type: "button", className: "said" },
      make("span", { className: "unseen", textContent: `${kind}: ` }),
      ...(place ? [make("span", { className: "place", textContent: place })] : []),
      ...prose(capital(one.message)),
      ...one.data.help.map((text) => make("span", { className: "help" }, ...prose(capital(text)))));
    if (one.data.here) text.addEventListener("click", () => { const { from, to } = this.range(one); this.editor.select(from, to); });
    const mends = one.data.fixes.map(({ title, edits }) => {
      const mend = make("button", { type: "button", className: "mend", textContent: `Fix: ${plain(title)}` });
      mend.addEventListener("click", () => this.mend(edits));
      return mend;
    });
    return make("li", { className: kind }, text, make("div", { className: "after" }, ...mends, explained(one)));
  }

  // The edits of a fix; none if the text has changed since they were computed.
  mend(edits) {
    if (this.editor.value !== this.judged) return;
    this.editor.write(edits.map(({ range, newText }) => ({ ...this.range({ range }), insert: newText })));
  }
}

// Messages about a part of the answer, without places.
export function said(place, diagnostics) {
  place.replaceChildren(...diagnostics.map((one) => make("div", { className: `said ${KINDS[one.severity]}` },
    make("p", {}, ...prose([one.message, ...one.data.help].map(capital).join(". "))), explained(one))));
}

function explained({ code, data }) {
  const why = make("details", { className: "why" }, make("summary", { textContent: `Why? ${code}` }));
  if (data.explanation) why.append(make("p", {}, ...prose(data.explanation)));
  return why;
}

const plain = (text) => text.replaceAll("`", "");
const prose = (text) => text.split("`").map((part, number) => (number % 2 ? make("code", { textContent: part }) : part));
const capital = (text) => text.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());

function placeOf({ data, range }) {
  const line = range.start.line + 1;
  if (data.elsewhere) return `In ${data.elsewhere}, included in line ${line}`;
  return data.here ? `Line ${line}` : "";
}
