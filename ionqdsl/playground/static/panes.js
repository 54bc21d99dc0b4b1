// The two halves of the page: the line between them moves by pointer and by the arrow keys, and its place is kept.

const KEPT = "ionqdsl split";
const [LEAST, MOST, USUAL] = [25, 75, 45];

export function splits(main, line) {
  const set = (share) => {
    const now = Math.round(Math.min(MOST, Math.max(LEAST, share)));
    main.style.setProperty("--split", `${now}fr`);
    main.style.setProperty("--rest", `${100 - now}fr`);
    line.setAttribute("aria-valuenow", now);
    try { localStorage.setItem(KEPT, now); } catch { /* a private window */ }
  };
  const at = (event) => {
    const { left, width } = main.getBoundingClientRect();
    set(100 * (event.clientX - left) / width);
  };
  line.addEventListener("pointerdown", (event) => { event.preventDefault(); line.setPointerCapture(event.pointerId); line.focus(); });
  line.addEventListener("pointermove", (event) => { if (line.hasPointerCapture(event.pointerId)) at(event); });
  line.addEventListener("dblclick", () => set(USUAL));
  line.addEventListener("keydown", (event) => {
    const now = Number(line.getAttribute("aria-valuenow"));
    const next = { ArrowLeft: now - 5, ArrowRight: now + 5, Home: LEAST, End: MOST }[event.key];
    if (next !== undefined) { event.preventDefault(); set(next); }
  });
  let kept = USUAL;
  try { kept = Number(localStorage.getItem(KEPT)) || USUAL; } catch { /* a private window */ }
  set(kept);
}
