// The editor: a text area over a coloured copy of its text, with line numbers. Takes texts and marks, and passes on the
// text area's input events; page.js knows what the marks mean.

const TOKEN =
  /(#[^\n]*)|("(?:\\.|[^"\\\n])*"?)|((?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?(?:turn|deg|rad)?\b)|([A-Za-z_]\w*)/g;
const MOST_COLOURED = 40000;

export class Editor {
  constructor({ text, overlay, gutter, keywords, gates }) {
    Object.assign(this, { text, overlay, gutter });
    this.keywords = new Set(keywords);
    this.gates = new Set(gates);
    this.marks = [];
    text.addEventListener("input", () => this.mark([]));
    text.addEventListener("scroll", () => this.follow());
    new ResizeObserver(() => this.follow()).observe(text);
  }

  get value() { return this.text.value; }

  set value(value) {
    this.text.value = value;
    this.text.setSelectionRange(0, 0);
    this.text.scrollTop = 0;
    this.mark([]);
  }

  // Shows marks: `{start, end, line, kind}`, offsets into the text, `kind` "error" or "warning".
  mark(marks) {
    this.marks = marks;
    this.paint();
  }

  select(start, end) {
    this.text.focus();
    this.text.setSelectionRange(start, end);
    const line = this.value.slice(0, start).split("\n").length - 1;
    const top = line * 20;
    if (top < this.text.scrollTop || top > this.text.scrollTop + this.text.clientHeight - 40) {
      this.text.scrollTop = Math.max(0, top - this.text.clientHeight / 2);
    }
    this.follow();
  }

  // Replaces part of the text, as if typed: the browser's own undo reverts it.
  write(start, end, text) {
    this.text.focus();
    this.text.setSelectionRange(start, end);
    const isDone = document.execCommand(text ? "insertText" : "delete", false, text);
    if (isDone || (start === end && !text)) return;
    this.text.setRangeText(text, start, end, "end");
    this.text.dispatchEvent(new InputEvent("input", { inputType: "insertReplacementText" }));
  }

  // The position of a character in the window.
  whereabouts(offset) {
    const walk = document.createTreeWalker(this.overlay, NodeFilter.SHOW_TEXT);
    let [node, rest] = [walk.nextNode(), offset];
    while (node && rest >= node.length) { // the place after a newline is on the next line
      rest -= node.length;
      node = walk.nextNode();
    }
    const range = document.createRange();
    range.setStart(node ?? this.overlay, node ? rest : 0);
    range.collapse(true);
    const found = range.getClientRects()[0] ?? range.getBoundingClientRect();
    return found.height ? found : this.text.getBoundingClientRect();
  }

  follow() {
    this.overlay.style.transform = `translate(${-this.text.scrollLeft}px, ${-this.text.scrollTop}px)`;
    this.gutter.scrollTop = this.text.scrollTop;
  }

  paint() {
    const value = this.value;
    const pieces = document.createDocumentFragment();
    const edges = [...new Set(this.marks.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
    const put = (start, end, kind) => {
      let from = start;
      for (const edge of [...edges.filter((edge) => edge > start && edge < end), end]) {
        const mark = this.marks.find((mark) => mark.start <= from && edge <= mark.end);
        const names = [kind, mark && (mark.kind === "error" ? "wrong" : "doubtful")].filter(Boolean);
        if (names.length) {
          const span = document.createElement("span");
          span.className = names.join(" ");
          span.textContent = value.slice(from, edge);
          pieces.append(span);
        } else {
          pieces.append(value.slice(from, edge));
        }
        from = edge;
      }
    };
    let last = 0;
    if (value.length <= MOST_COLOURED) {
      for (const found of value.matchAll(TOKEN)) {
        if (found.index > last) put(last, found.index, "");
        last = found.index + found[0].length;
        put(found.index, last, this.kind(found));
      }
    }
    if (last < value.length) put(last, value.length, "");
    pieces.append("\n ");
    this.overlay.replaceChildren(pieces);
    this.number(value.split("\n").length);
    this.follow();
  }

  kind([word, comment, string, number, name]) {
    if (comment) return "comment";
    if (string) return "string";
    if (number) return "number";
    return name && this.keywords.has(word) ? "keyword" : this.gates.has(word) ? "gate-name" : "";
  }

  number(count) {
    const kinds = new Map();
    for (const { line, kind } of this.marks) if (kinds.get(line) !== "error") kinds.set(line, kind);
    const lines = document.createDocumentFragment();
    for (let line = 1; line <= count; line++) {
      const span = document.createElement("span");
      span.className = kinds.get(line) ?? "";
      span.textContent = `${line}\n`;
      lines.append(span);
    }
    lines.append("\n\n");
    this.gutter.replaceChildren(lines);
  }
}
