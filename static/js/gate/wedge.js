/* USB scanners and ID readers type like a very fast person and press Enter. */
const FASTEST_MS = 60;
const SHORTEST = 8;

/* Call `heard` with what a wedge typed outside any field. */
export const listenToWedge = (heard) => {
  let text = "";
  let at = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("input, textarea, select")) return;
    const now = performance.now();
    if (now - at > FASTEST_MS) text = "";
    at = now;
    if (event.key === "Enter" && text.length >= SHORTEST) {
      event.preventDefault();
      heard(text);
      text = "";
    } else if (event.key.length === 1) text += event.key;
  });
};
