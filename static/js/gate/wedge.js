/* USB scanners and ID readers type like a very fast person and press Enter. */
const FASTEST_MS = 60;
const SHORTEST = 8;

/* Call `heard` with what a wedge typed outside any field. */
export const listenToWedge = (heard) => {
  let text = "";
  let at = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("input, textarea, select")) return;
    /* When the key was pressed, not when a busy phone comes to it. */
    if (event.timeStamp - at > FASTEST_MS) text = "";
    at = event.timeStamp;
    if (event.key === "Enter" && text.length >= SHORTEST) {
      event.preventDefault();
      heard(text);
      text = "";
    } else if (event.key.length === 1) text += event.key;
  });
};
