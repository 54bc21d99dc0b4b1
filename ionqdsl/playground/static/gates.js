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

  // The wires as they are drawn, one after the other: a folded picture shows a qubit several times, or not at all in a fold
  // where nothing happens on it.
  wires() {
    return [...this.picture.querySelectorAll("[data-qubit]")].map((one) => {
      const { top, height } = one.getBoundingClientRect();
      return { qubit: Number(one.dataset.qubit), y: top + height / 2 };
    });
  }

  rows() {
    return [...this.picture.querySelectorAll("[data-row]")]
      .map((one) => ({ row: Number(one.dataset.row), box: one.getBoundingClientRect() })).sort((a, b) => a.row - b.row);
  }

  // The qubit whose wire is nearest to the pointer, and the gate to the left of it on the wires that the gate takes.
  // Gates in a fold above count as left.
  place({ clientX, clientY }) {
    const wires = this.wires();
    const distance = ({ y }) => Math.abs(y - clientY);
    const near = wires.reduce((best, one) => (distance(one) < distance(best) ? one : best));
    const fold = foldOf(wires, near);
    const other = this.takesTwo.has(this.dragged) && (fold.find(({ qubit }) => qubit === near.qubit + 1)
      ?? fold.find(({ qubit }) => qubit === near.qubit - 1));
    const [low, high] = [near.y, (other || near).y].sort((a, b) => a - b);
    const [top, bottom] = [fold[0].y - 20, fold.at(-1).y + 20];
    const before = this.rows().filter(({ box }) => {
      const middle = box.left + box.width / 2;
      return box.bottom < top || (middle < clientX && box.top <= high + 4 && box.bottom >= low - 4 && box.top <= bottom);
    });
    return { wire: near.qubit, wireY: near.y, after: before.at(-1)?.row ?? null };
  }

  point(event) {
    this.clear();
    const box = this.picture.getBoundingClientRect();
    const mark = make("div", { className: "drop-mark" });
    mark.style.left = `${event.clientX - box.left + this.picture.scrollLeft - 12}px`;
    mark.style.top = `${this.place(event).wireY - box.top + this.picture.scrollTop - 12}px`;
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

// The wires of one fold: those next to each other without a larger space between them.
function foldOf(wires, one) {
  const gap = (place) => wires[place].y - wires[place - 1].y;
  const step = 1.2 * Math.min(...wires.slice(1).map((_, place) => gap(place + 1)));
  let [from, to] = [wires.indexOf(one), wires.indexOf(one) + 1];
  while (from > 0 && gap(from) <= step) from -= 1;
  while (to < wires.length && gap(to) <= step) to += 1;
  return wires.slice(from, to);
}
