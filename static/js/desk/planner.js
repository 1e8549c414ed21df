/** Keep a page up to date: its `data-live` parts while one has `data-again` (seconds), and once what `data-fetch` names. */
const page = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
};

// Whoever has sent a form waits for its answer: a page that comes anew meanwhile would show what was before it.
let sent = false;
addEventListener("submit", () => (sent = true));
addEventListener("pageshow", () => (sent = false));

const again = () => {
  const own = document.querySelector("[data-again]");
  if (!own) return;
  setTimeout(async () => {
    try {
      const fresh = document.hidden || sent ? null : await page(location.href);
      if (sent) return;
      if (fresh && !fresh.querySelector("[data-again]")) return location.reload();
      for (const part of fresh?.querySelectorAll("[data-live]") ?? []) document.getElementById(part.id)?.replaceWith(part);
    } catch {
      // off-line: the next round asks again
    }
    again();
  }, Number(own.dataset.again) * 1000);
};

const look = async (own) => {
  try {
    const found = (await page(own.dataset.fetch))?.getElementById(own.id);
    if (found) own.replaceWith(found);
  } catch {
    // the link in it leads to the same
  }
};

again();
document.querySelectorAll("[data-fetch]").forEach(look);
