// Completions: a list below the cursor, navigated with the arrow keys. Takes the editor and a function that asks the
// server, and inserts the text of the accepted item.
//
// The list opens by itself after two letters of a word; no item is selected then, and every key except the arrows and
// Escape works as usual. Ctrl+Space opens it with the first item selected; Enter and Tab accept the selected item.

const PAUSE = 60; // milliseconds after the last key
const WORD = /[A-Za-z_]\w*$/;

export class Offers {
  constructor({ editor, list, count, ask }) {
    Object.assign(this, { editor, list, count, ask, items: [], chosen: -1, timer: 0, number: 0 });
    const text = editor.text;
    text.addEventListener("input", (event) => this.typed(event));
    text.addEventListener("keydown", (event) => this.key(event));
    text.addEventListener("blur", () => this.close());
    text.addEventListener("scroll", () => this.close());
    text.addEventListener("click", () => this.close());
    list.addEventListener("mousedown", (event) => event.preventDefault()); // so that the text keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(this.items[Number(option.dataset.number)]);
    });
  }

  get isOpen() { return !this.list.hidden; }

  typed(event) {
    this.close();
    if (event.isComposing || !(event.inputType ?? "").startsWith("insertText")) return;
    const line = this.before().split("\n").pop();
    const word = WORD.exec(line)?.[0] ?? "";
    if (line.includes("#") || !(word.length >= 2 || /include\s*"[^"]*$/.test(line))) return;
    this.timer = setTimeout(() => this.open(false), PAUSE);
  }

  before() { return this.editor.value.slice(0, this.editor.text.selectionStart); }

  async open(chooses) {
    const number = ++this.number;
    const [text, at] = [this.editor.value, this.editor.text.selectionStart];
    const items = await this.ask(text, at);
    const isSame = number === this.number && this.editor.value === text && this.editor.text.selectionStart === at;
    if (!isSame || document.activeElement !== this.editor.text) return;
    const written = WORD.exec(this.before())?.[0];
    if (!chooses && items.length === 1 && items[0].label === written) return; // already written
    this.show(items, chooses);
  }

  show(items, chooses) {
    if (!items.length) return this.close();
    this.items = items;
    this.list.replaceChildren(...items.map(({ label, detail }, number) => {
      const option = document.createElement("li");
      Object.assign(option, { id: `offer-${number}`, role: "option" });
      option.setAttribute("aria-selected", "false");
      option.dataset.number = number;
      option.append(label);
      if (detail && detail !== label) {
        const more = document.createElement("span");
        more.textContent = detail;
        option.append(" ", more);
      }
      return option;
    }));
    this.list.hidden = false;
    this.list.scrollTop = 0;
    this.place(items[0].before);
    this.choose(chooses ? 0 : -1);
    this.count.textContent = `${items.length} suggestion${items.length > 1 ? "s" : ""}`;
  }

  // Below the word, or above it if there is more room.
  place(before) {
    const { left, top, bottom } = this.editor.whereabouts(this.editor.text.selectionStart - before);
    const { innerWidth, innerHeight } = window;
    const { offsetWidth: wide, offsetHeight: tall } = this.list;
    const isBelow = bottom + tall + 4 < innerHeight || top < innerHeight - bottom;
    this.list.style.left = `${Math.max(4, Math.min(left, innerWidth - wide - 4))}px`;
    this.list.style.top = `${isBelow ? bottom + 2 : Math.max(4, top - tall - 2)}px`;
  }

  choose(number) {
    this.list.children[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = number;
    const option = this.list.children[number];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.editor.text.setAttribute("aria-activedescendant", option.id);
    else this.editor.text.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.number += 1; // an answer on its way is outdated
    if (!this.isOpen) return;
    this.list.hidden = true;
    this.choose(-1);
    this.count.textContent = "";
  }

  key(event) {
    const { key } = event;
    if (key === " " && event.ctrlKey) {
      event.preventDefault();
      this.open(true);
    } else if (!this.isOpen || event.isComposing) {
      return;
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      const step = key === "ArrowDown" ? 1 : -1;
      this.choose((Math.max(this.chosen, step < 0 ? 0 : -1) + step + this.items.length) % this.items.length);
    } else if (key === "Escape") {
      event.preventDefault();
      this.close();
    } else if ((key === "Enter" || key === "Tab") && this.chosen >= 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.take(this.items[this.chosen]);
    } else if (["ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown", "Enter"].includes(key)) {
      this.close();
    }
  }

  take({ text, select, before, behind }) {
    this.close();
    const at = this.editor.text.selectionStart;
    this.editor.write(at - before, at + behind, text);
    this.editor.text.setSelectionRange(at - before + select[0], at - before + select[1]);
    this.close();
  }
}
