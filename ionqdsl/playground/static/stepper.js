// The stepper: goes through the circuit as written, gate by gate. Takes the elements and a function that asks for the state;
// knows how many gates are done, and shows that in the picture.

const BEAT = 700; // milliseconds from gate to gate

export class Stepper {
  constructor({ root, picture, ask }) {
    Object.assign(this, { root, picture, ask, step: null, steps: 0, timer: 0 });
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    Object.assign(this, { range: part("range"), text: part("text"), play: part("play") });
    part("first").addEventListener("click", () => this.go(0));
    part("back").addEventListener("click", () => this.go(this.now - 1));
    part("on").addEventListener("click", () => this.go(this.now + 1));
    part("last").addEventListener("click", () => this.go(this.steps));
    this.play.addEventListener("click", () => (this.timer ? this.pause() : this.run()));
    this.range.addEventListener("input", () => this.go(Number(this.range.value)));
    picture.addEventListener("click", (event) => {
      const row = event.target.closest?.("[data-row]")?.dataset.row;
      if (row !== undefined && !this.root.hidden) this.go(Number(row) + 1);
    });
  }

  // The gates done; all of them if nobody has moved.
  get now() { return Math.min(this.step ?? this.steps, this.steps); }

  go(step, keeps = false) {
    if (!keeps) this.pause();
    const next = Math.max(0, Math.min(step, this.steps));
    this.step = next === this.steps ? null : next; // at the end it stays there while the program grows
    this.show(null);
    this.ask();
  }

  run() {
    if (this.now === this.steps) this.go(0);
    this.timer = setInterval(() => (this.now < this.steps ? this.go(this.now + 1, true) : this.pause()), BEAT);
    this.play.textContent = "❚❚";
    this.play.setAttribute("aria-label", "Pause");
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.play.textContent = "►";
    this.play.setAttribute("aria-label", "Play");
  }

  // Shows the place; `state` is the answer's, or null before there is one.
  show(state) {
    if (state) this.steps = state.steps;
    this.range.max = this.steps;
    this.range.value = this.now;
    const gate = state?.gate ? `: ${state.gate}` : "";
    this.text.textContent = this.now === 0 ? "before the first gate" : `after gate ${this.now} of ${this.steps}${gate}`;
    this.range.setAttribute("aria-valuetext", this.text.textContent);
    for (const one of this.picture.querySelectorAll("[data-row]")) {
      one.classList.toggle("later", Number(one.dataset.row) >= this.now);
      one.classList.toggle("now", this.step !== null && Number(one.dataset.row) === this.now - 1);
    }
    this.reveal(this.picture.querySelector(".now"));
  }

  // Scrolls the picture, not the page, until the gate is in view.
  reveal(gate) {
    if (!gate) return;
    const [part, whole] = [gate, this.picture].map((one) => one.getBoundingClientRect());
    if (part.top < whole.top || part.bottom > whole.bottom) this.picture.scrollTop += part.top - whole.top - whole.height / 3;
  }
}
