// Talking to the server: questions, changes, parts of the page written anew, and what others do meanwhile.
const SECONDS = 4;

/** Return the answer to a question; where it is refused in words, these as `said`; null where there is none. */
export const ask = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  return answer.headers.get("Content-Type")?.startsWith("application/json") ? answer.json() : null;
};

/** Send a change; return what the server says, with `ok` and `status`; a page instead of an answer means: sign in again. */
export const send = async (address, values, token) => {
  const body = new URLSearchParams({ csrf_token: token, ...values });
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  const json = answer.headers.get("Content-Type")?.startsWith("application/json");
  return { ok: answer.ok && json, status: answer.status, ...(json ? await answer.json() : {}) };
};

/** Put the parts of this page that the server writes anew in the place of what stands. */
export const refresh = async () => {
  const address = new URL(location.href);
  address.searchParams.set("part", "1");
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of fresh.querySelectorAll("[data-part]")) document.getElementById(part.id)?.replaceWith(part);
  return true;
};

/** Call `heard` with the sentences of what others did, as soon as they did it. */
export const watch = (address, stamp, heard) => {
  const look = async () => {
    try {
      if (!document.hidden) {
        const answer = await fetch(`${address}?since=${stamp()}`, { headers: { Accept: "application/json" } });
        if (answer.status === 200) await heard((await answer.json()).said);
      }
    } catch {
      // off-line: the next round asks again
    }
    setTimeout(look, SECONDS * 1000);
  };
  setTimeout(look, SECONDS * 1000);
};
