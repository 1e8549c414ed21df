/* The scanner: camera, wedge and typed codes go one at a time to the server; one answer fills the screen. */
import { openCamera } from "./camera.js";
import { play } from "./signal.js";
import { listenToWedge } from "./wedge.js";

const WAIT_MS = 8000;
const YES_MS = 1200;
const GONE_MS = 1500;

const scan = document.querySelector('[data-behaviour="scanner"]');
const main = document.getElementById("main");
const answer = document.getElementById("answer");
const net = document.getElementById("net");
const typed = scan.querySelector("form[data-scan]");
const hint = document.getElementById("hint");

let seq = Number(scan.dataset.seq);
let busy = false;
let inView = { text: "", at: 0 };
let back = 0;

const online = (is) => {
  net.textContent = is ? net.dataset.on : net.dataset.off;
  net.classList.toggle("net--off", !is);
};

/* Send a scan; the same number goes again after a failure, so that nothing is counted twice. */
const send = async (fields) => {
  const stop = AbortSignal.timeout ? AbortSignal.timeout(WAIT_MS) : undefined;
  const body = JSON.stringify({ ...fields, seq, device_time: Date.now() });
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": typed.elements.csrf_token.value };
  const response = await fetch(typed.action, { method: "POST", headers, body, signal: stop, credentials: "same-origin" });
  if (response.status >= 500) throw new Error(String(response.status));
  const said = await response.json();
  online(true);
  if (response.status === 409 && said.next) {
    seq = said.next;
    return send(fields);
  }
  return { ok: response.ok, said };
};

const submit = async (fields) => {
  if (busy) return;
  busy = true;
  clearTimeout(back);
  try {
    const { ok, said } = await send(fields);
    if (ok) show(said);
    else refuse(said.detail);
  } catch {
    online(false);
    play("ask");
    askAgain(fields);
  }
};

const show = (said) => {
  seq = said.seq + 1;
  answer.innerHTML = said.html;
  scan.hidden = true;
  main.classList.add("verdict");
  main.classList.remove("verdict--yes", "verdict--ask", "verdict--no");
  main.classList.add(`verdict--${said.colour}`);
  answer.querySelector(".say").focus();
  play(said.colour);
  for (const name of ["registered", "arrived", "inside"]) document.getElementById(name).textContent = said[name];
  note(said);
  if (said.colour === "yes") back = setTimeout(next, YES_MS);
};

/* The answer of the last scans stays in sight after the screen went back to the finder. */
const note = (said) => {
  const list = document.getElementById("past");
  list.querySelector(".past--none")?.remove();
  const row = document.createElement("li");
  row.className = `past--${said.colour}`;
  const time = document.createElement("b");
  time.className = "num";
  time.textContent = new Date().toTimeString().slice(0, 5);
  const words = document.createElement("span");
  words.textContent = [answer.querySelector(".say__word").textContent, said.name].filter(Boolean).join(" · ");
  const undo = answer.querySelector('input[name="annuls"]')?.form.cloneNode(true);
  row.append(time, words, ...(undo ? [undo] : []));
  list.prepend(row);
  while (list.children.length > 8) list.lastElementChild.remove();
};

const next = () => {
  clearTimeout(back);
  answer.replaceChildren();
  scan.hidden = false;
  main.classList.remove("verdict", "verdict--yes", "verdict--ask", "verdict--no");
  typed.elements.code.value = "";
  busy = false;
};

const refuse = (detail) => ask(detail, []);

const askAgain = (fields) => ask(scan.dataset.offline, [[scan.dataset.retry, () => submit(fields)]]);

const ask = (words, ways) => {
  const box = document.createElement("div");
  box.className = "pend";
  box.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = words;
  const keys = document.createElement("div");
  keys.className = "pend__keys";
  for (const [word, act] of [...ways, [scan.dataset.drop, () => {}]]) {
    const key = document.createElement("button");
    key.type = "button";
    key.className = "key";
    key.textContent = word;
    key.addEventListener("click", () => {
      next();
      act();
    });
    keys.append(key);
  }
  box.append(text, keys);
  answer.replaceChildren(box);
};

const fieldsOf = (form, button) => {
  const fields = Object.fromEntries(new FormData(form, button));
  delete fields.csrf_token;
  delete fields.seq;
  if (fields.annuls) fields.annuls = Number(fields.annuls);
  if (button?.name) fields[button.name] = button.value;
  return fields;
};

const now = () => performance.now();
const mode = () => ({ kind: scan.dataset.kind, rehearsal: scan.dataset.rehearsal });

/* A code that stays in view is one scan, however long it is held there. */
const seen = (texts) => {
  if (texts.length > 1) hint.textContent = scan.dataset.several;
  else hint.textContent = scan.dataset.aim;
  const text = texts.length === 1 ? texts[0] : "";
  const same = text === inView.text && now() - inView.at < GONE_MS;
  if (text) inView = { text, at: now() };
  if (text && !same && !busy) submit({ ...mode(), code: text });
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-scan]")) return;
  event.preventDefault();
  busy = false;
  submit(fieldsOf(event.target, event.submitter));
});
answer.addEventListener("click", (event) => {
  if (!event.target.closest("[data-next]")) return;
  event.preventDefault();
  next();
});
window.addEventListener("online", () => online(true));
window.addEventListener("offline", () => online(false));
listenToWedge((text) => !busy && submit({ ...mode(), code: text }));

setInterval(async () => {
  try {
    const count = await (await fetch(scan.dataset.turnout, { headers: { Accept: "application/json" } })).json();
    for (const name of ["registered", "arrived", "inside"])
      if (name in count) document.getElementById(name).textContent = count[name];
    online(true);
  } catch {
    online(false);
  }
}, 15000);

openCamera({ wasm: scan.dataset.wasm, seen }).catch(() => {
  const told = document.createElement("p");
  told.className = "band band--plain";
  told.setAttribute("role", "status");
  told.textContent = scan.dataset.nocamera;
  scan.prepend(told);
});
