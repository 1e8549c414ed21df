// The wall: asks every few seconds whether anything changed (304 costs nobody much), turns its pages every third time,
// and says since when its numbers are old. Without this the link in its foot reads it anew.
const EVERY = 5000;
const TURN = 3;
const old = document.querySelector("[data-old]");
const out = document.querySelector("[data-out]");
let good = Date.now();
let tag = "";
let asked = "";
let round = 0;
const held = new URL(location.href).searchParams.has("part");

const wall = () => document.querySelector('[data-behaviour="wall"]');

function next() {
  const { part, parts } = wall().dataset;
  round += 1;
  const address = new URL(location.href);
  if (held || Number(parts) < 2) return address;
  const turned = round % TURN ? Number(part) : (Number(part) % Number(parts)) + 1;
  address.searchParams.set("part", String(turned));
  return address;
}

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector('[data-behaviour="wall"]');
  out.hidden = Boolean(fresh);
  if (!fresh) return;
  const focused = document.activeElement?.getAttribute("href");
  wall().replaceWith(document.adoptNode(fresh));
  if (focused) fresh.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

async function ask() {
  const address = next().href;
  const answer = await fetch(address, {
    headers: tag && address === asked ? { "If-None-Match": tag } : {},
    signal: AbortSignal.timeout(EVERY),
  });
  if (answer.status !== 304 && !answer.ok) throw new Error(String(answer.status));
  if (answer.status !== 304) {
    show(await answer.text());
    tag = answer.headers.get("ETag") ?? "";
    asked = address;
  }
  good = Date.now();
}

function tell(lost) {
  old.hidden = !lost;
  if (!lost) return;
  const shape = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: wall().dataset.zone };
  old.querySelector("[data-since]").textContent = new Intl.DateTimeFormat("en-GB", shape).format(good);
}

async function again() {
  if (!document.hidden) {
    try {
      await ask();
      tell(false);
    } catch {
      tell(true);
    }
  }
  setTimeout(again, EVERY + Math.random() * 1000);
}

setTimeout(again, EVERY);
