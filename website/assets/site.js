// The live example: two sliders choose a point of a table that ionqdsl computed when the site was built.
function live(example) {
  const { shape, rows } = JSON.parse(example.querySelector("script").textContent);
  const sliders = [...example.querySelectorAll("input")];
  const cells = [...example.querySelectorAll(".bars i")];
  const shares = [...example.querySelectorAll(".bars b")];
  const keys = [...example.querySelectorAll(".bars span")].map((cell) => cell.textContent);
  const differ = keys.map((key) => [...key].slice(1).filter((bit, place) => bit !== key[place]).length);
  const show = () => {
    const places = sliders.map((slider) => Math.round((slider.value - slider.min) / slider.step));
    const row = rows[places[0] * shape[1] + places[1]];
    const largest = Math.max(...row);
    sliders.forEach((slider) => {
      const text = `${Number(slider.value)}deg`;
      slider.parentElement.querySelector("output").value = text;
      slider.setAttribute("aria-valuetext", text);
      example.querySelector(`[data-name="${slider.name}"]`).textContent = text;
    });
    row.forEach((share, place) => {
      cells[place].style.width = `${(100 * share) / largest}%`;
      shares[place].textContent = `${(share / 10).toFixed(1)}%`;
    });
    const mean = row.reduce((sum, share, place) => sum + share * differ[place], 0) / 1000;
    example.querySelector("strong").textContent = mean.toFixed(2);
  };
  sliders.forEach((slider) => slider.addEventListener("input", show));
}

// Names that the theme leaves out, and the keyboard for everything that is scrolled.
let named = 0;
function name() {
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
  document.querySelectorAll(".md-code__nav:not([aria-label])").forEach((bar) => {
    bar.setAttribute("aria-label", `Code ${(named += 1)}`);
  });
  document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex]), figure:not([tabindex])").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  });
}

// Of a session in a terminal, the button copies the commands, without prompts and output.
function session(block) {
  const lines = block.querySelector("code").textContent.split("\n");
  const isCommand = (line, place) => /^(\$|>>>|\.\.\.) /.test(line) || (place > 0 && /^(\$ ).*\\$/.test(lines[place - 1]));
  block.dataset.copy = lines.filter(isCommand).map((line) => line.replace(/^(\$|>>>|\.\.\.) /, "")).join("\n");
}

document.querySelectorAll(".highlight:has(.gp)").forEach(session);
document.querySelectorAll(".live").forEach(live);
name();
addEventListener("load", name);
addEventListener("resize", name);
new MutationObserver(name).observe(document.querySelector("main"), { childList: true, subtree: true });
