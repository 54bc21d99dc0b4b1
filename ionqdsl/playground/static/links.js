// Links: the text and the choices in the address, `#code=...&target=forte`, and in the browser for the next visit. Every
// part but `code` may be missing, so that other pages can link to a program.

const KEPT = "ionqdsl playground";
const LONGEST = 16000; // characters of an address that every browser takes

// Keeps `{code, ...choices}`, all of them texts; empty ones are left out.
export function keep(found) {
  const words = new URLSearchParams(Object.entries(found).filter(([, value]) => value)).toString();
  try { history.replaceState(null, "", words.length < LONGEST ? `#${words}` : location.pathname); } catch { /* called too often */ }
  try { localStorage.setItem(KEPT, words); } catch { /* a private window: the address has it */ }
}

// The program in the address, else `first`, else the kept one, else nothing.
export function kept(first) {
  const read = (words) => {
    const found = new URLSearchParams(words);
    return found.has("code") ? Object.fromEntries(found) : null;
  };
  let last = null;
  try { last = read(localStorage.getItem(KEPT) ?? ""); } catch { /* a private window */ }
  return read(location.hash.slice(1)) ?? first ?? last;
}

export function save(link, text) {
  link.href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
