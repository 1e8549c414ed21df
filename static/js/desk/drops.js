// Filter menus: one open at a time; Escape and a click elsewhere close it. Without this they are plain <details>.
const drops = [...document.querySelectorAll('[data-behaviour="drop"]')];

function closeAll(but) {
  for (const drop of drops) if (drop !== but) drop.open = false;
}

for (const drop of drops) {
  drop.addEventListener("toggle", () => drop.open && closeAll(drop));
  drop.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    drop.open = false;
    drop.querySelector("summary").focus();
  });
}
document.addEventListener("click", (event) => {
  if (!event.target.closest('[data-behaviour="drop"]')) closeAll(null);
});
