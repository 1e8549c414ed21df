/** Draw the seats of each `data-seats` anew every 20 to 30 seconds while the page is seen. Without script they are as old as the page. */
const places = [...document.querySelectorAll("[data-seats]")];
const codes = [...new Set(places.map((place) => place.dataset.seats))];
const { from } = document.querySelector("[data-from]")?.dataset ?? {};
const draw = async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(`${from}?${new URLSearchParams(codes.map((code) => ["s", code]))}`);
    const drawn = answer.ok ? await answer.json() : {};
    for (const place of places) {
      const now = drawn[place.dataset.seats];
      if (!now || now === place.dataset.drawn) continue;
      place.replaceChildren(...new DOMParser().parseFromString(now, "text/html").body.childNodes);
      place.dataset.drawn = now;
    }
  } catch {
    // off-line: the next round asks again
  }
};
if (from) {
  setInterval(draw, 20_000 + Math.random() * 10_000);
  document.addEventListener("visibilitychange", draw);
}
