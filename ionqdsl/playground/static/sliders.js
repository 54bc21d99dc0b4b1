// Sliders: one for each parameter, with a field for the exact value. Takes the place and a function that is called with a
// name, a value, and whether the compiled circuit can be bound to it.

import { make } from "./messages.js";

export const FARTHEST = 1e9; // the limit of ionqdsl for a parameter's value

const rounded = (value) => String(Number(value.toFixed(4)));

export class Sliders {
  constructor({ place, moved }) { Object.assign(this, { place, moved }); }

  // A slider's elements stay while its parameter exists, so that a moving one is never replaced.
  show(parameters) {
    const { place } = this;
    const before = new Map([...place.children].map((row) => [row.dataset.name, row]));
    const rows = parameters.map((one) => {
      const key = JSON.stringify([one.low, one.high, one.step, one.unit, one.binds]);
      const old = before.get(one.name);
      const row = old?.dataset.key === key ? old : this.slider(one, key);
      const [, range, number] = row.children;
      if (document.activeElement !== number) number.value = rounded(one.value);
      if (document.activeElement !== range) range.value = Math.round(one.value / one.step);
      return row;
    });
    const isSame = rows.length === place.children.length && rows.every((row, number) => row === place.children[number]);
    if (!isSame) place.replaceChildren(...rows); // moving an element would take the focus from it
  }

  slider({ name, value, low, high, step, unit, binds }, key) {
    const id = `slider-${name}`;
    const [min, max] = [low, high].map((end) => Math.round(end / step)); // whole steps, so that the ends can be reached
    const range = make("input", { type: "range", id, min, max, value: Math.round(value / step) });
    const number = make("input", { type: "number", step: step === 1 ? 1 : "any", value: rounded(value) });
    number.setAttribute("aria-label", `${name}, value`);
    const set = (given) => {
      const moved = Math.max(-FARTHEST, Math.min(FARTHEST, given));
      range.setAttribute("aria-valuetext", `${rounded(moved)} ${unit}`);
      this.moved(name, moved, binds);
    };
    range.addEventListener("input", () => {
      number.value = rounded(Number(range.value) * step);
      set(Number(range.value) * step);
    });
    number.addEventListener("input", () => {
      if (number.value === "" || !Number.isFinite(number.valueAsNumber)) return;
      range.value = Math.round(number.valueAsNumber / step);
      set(number.valueAsNumber);
    });
    range.setAttribute("aria-valuetext", `${rounded(value)} ${unit}`);
    const label = make("label", { textContent: name, htmlFor: id });
    const row = make("div", { className: "slider" }, label, range, number, make("span", { textContent: unit }));
    Object.assign(row.dataset, { name, key });
    return row;
  }
}
