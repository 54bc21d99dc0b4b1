// Gates to add: a row of buttons. Dragged onto the circuit as written, or pressed, a gate becomes a line of the program.
// Takes the elements and a function that asks where the line belongs.

import { make } from "./messages.js";

export class Gates {
  constructor({ bar, picture, gates, add }) {
    Object.assign(this, { picture, add, dragged: null });
    this.takesTwo = new Set(gates.filter((one) => one.takesTwo).map(({ gate }) => gate));
    bar.append(...gates.map(({ gate, takesTwo }, number) => this.button(gate, takesTwo, number)));
    bar.addEventListener("keydown", (event) => this.move(event, bar));
    picture.addEventListener("dragover", (event) => { if (this.dragged) { event.preventDefault(); this.point(event); } });
    picture.addEventListener("dragleave", () => this.clear());
    picture.addEventListener("drop", (event) => this.drop(event));
  }

  button(gate, takesTwo, number) {
    const name = gate.replace(/\(.*/, "");
    const kind = takesTwo ? "two" : gate !== name ? "turn" : "xyz".includes(gate) ? "pauli" : "fixed";
    const one = make("button", {
      type: "button", draggable: true, textContent: name, className: kind,
      title: `${gate}: drag it onto the circuit, or press to add it`, tabIndex: number ? -1 : 0,
    });
    one.setAttribute("aria-label", `Add ${gate}`);
    one.addEventListener("dragstart", (event) => { this.dragged = gate; event.dataTransfer.setData("text/plain", gate); });
    one.addEventListener("dragend", () => { this.dragged = null; this.clear(); });
    one.addEventListener("click", () => this.add({ gate, wire: 0, after: this.rows().at(-1)?.row ?? null }));
    return one;
  }

  // The arrow keys move within the row, as in any toolbar.
  move(event, bar) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...bar.children];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    for (const one of all) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  }

  wires() {
    return [...this.picture.querySelectorAll("text.name")].map((one) => {
      const { top, height } = one.getBoundingClientRect();
      return top + height / 2;
    });
  }

  rows() {
    return [...this.picture.querySelectorAll("[data-row]")]
      .map((one) => ({ row: Number(one.dataset.row), box: one.getBoundingClientRect() })).sort((a, b) => a.row - b.row);
  }

  // The wire nearest to the pointer, and the gate to the left of it on the wires that the gate takes. A folded picture
  // shows each wire several times: what stands in a line above counts as left.
  place({ clientX, clientY }) {
    const wires = this.wires();
    const near = wires.reduce((best, y, number) => (Math.abs(y - clientY) < Math.abs(wires[best] - clientY) ? number : best), 0);
    const count = new Set([...this.picture.querySelectorAll("text.name")].map(({ textContent }) => textContent)).size || 1;
    const wire = near % count;
    const fold = wires.slice(near - wire, near - wire + count);
    const first = fold[wire];
    const second = this.takesTwo.has(this.dragged) ? fold[wire + 1] ?? fold[wire - 1] ?? first : first;
    const [low, high] = [Math.min(first, second), Math.max(first, second)];
    const height = fold.at(-1) - fold[0];
    const before = this.rows().filter(({ box }) => {
      const middle = box.left + box.width / 2;
      if (box.bottom < fold[0] - 20) return true;
      return middle < clientX && box.top <= high + 4 && box.bottom >= low - 4 && box.top <= fold[0] + height + 20;
    });
    return { wire, wireY: first, after: before.at(-1)?.row ?? null };
  }

  point(event) {
    this.clear();
    const box = this.picture.getBoundingClientRect();
    const mark = make("div", { className: "drop-mark" });
    mark.style.left = `${event.clientX - box.left + this.picture.scrollLeft - 12}px`;
    mark.style.top = `${this.place(event).wireY - box.top - 12}px`;
    this.picture.append(mark);
  }

  clear() { for (const one of this.picture.querySelectorAll(".drop-mark")) one.remove(); }

  drop(event) {
    if (!this.dragged) return;
    event.preventDefault();
    const { wire, after } = this.place(event);
    this.clear();
    this.add({ gate: this.dragged, wire, after });
  }
}
