// A helper's phone at the door: reads passes, answers from its own list, keeps what it took in until the server has it.
import { Camera, readPhoto } from "./door_camera.js";
import { List, codeOf, isLong } from "./door_list.js";
import { Screen, filled } from "./door_screen.js";
import { Sender } from "./door_send.js";
import { newId, openStore } from "./door_store.js";

const root = document.getElementById("door");
const words = JSON.parse(document.getElementById("door-words").textContent);
const wasm = root.dataset.wasm;
const token = /\/check-in\/([^/]+)\//.exec(location.pathname)?.[1] ?? "";
const screen = new Screen(root, words);
const { at } = screen;
const field = at("field");
const own = new Map();
const NOTICED = 2000, LOOK_AGAIN = 15000;
const LET_IN = ["on_time", "late", "already_in", "noted"];
let store, sender, list = null, isClosed = false;

const moment = () => Date.now() - store.clockOff;
const half = () => list?.halfDayAt(moment()) ?? null;
const isIn = (person) => list.isIn(person, half());

function paint() {
  screen.waiting(store.queue.length, store.others, sender?.connected);
  screen.clock(Math.round(store.clockOff / 60000));
  screen.troubles(store.troubles, async (id) => { await store.dealtWith(id); paint(); });
  if (list) screen.head({ door: list.door, half: half(), counts: list.counts(half()) });
  if (list && Date.parse(list.door.until) < moment()) sender.end();
}

// Somebody is in; the screen may say so at once, and says saved when it is.
async function take(read, said, label) {
  const id = newId();
  const scan = { ...read, id, at: new Date().toISOString(), said: said.reason || said.answer, label };
  if (said.person) Object.assign(scan, { person: said.person.id, half: said.half?.id });
  screen.show(said, { id, kept: "keeping" });
  try {
    await store.keep(scan);
  } catch {
    screen.show({ answer: "failed", name: said.name });
    return;
  }
  tookHere(scan);
  if (screen.shown === id) screen.kept("kept");
  paint();
  sender.now();
}

function tookHere(scan) {
  if (!["on_time", "late"].includes(scan.said)) return;
  const since = new Date(Date.parse(scan.at) - store.clockOff).toISOString();
  own.set(`${scan.person}:${scan.half}`, { state: "present", since, door: list?.door.name ?? "" });
}

// A text read by the camera, a scanner, from a photo, or typed.
async function readText(text) {
  if (isClosed) return;
  const code = codeOf(text);
  if (!code) return screen.show({ answer: "refused", reason: /[^\x20-\x7e]/.test(text) && text.includes("/") ? "typed_marks" : "not_a_pass" });
  if (!list || !crypto.subtle) return take({ code }, { answer: "asking" }, words.a_code);
  const found = await list.whose(code);
  const said = list.judge(found, moment());
  // Six characters that are nobody's are a slip of the finger; a whole pass is one that this list does not have yet.
  if (!found && !isLong(code)) return screen.show({ ...said, reason: "unknown_code" });
  return take({ code }, said, said.name || words.a_code);
}

function pick(person) {
  if (!list) return;
  field.value = "";
  at("found").replaceChildren();
  if (!matchMedia("(pointer: coarse)").matches) field.focus();  // on a phone it would bring up the keyboard
  take({ registration: person.id }, list.judge({ person }, moment()), person.name);
}

function noteWords(text) {
  take({ words: text }, { answer: "noted", name: text }, text);
}

// Whether the server says something else than the screen did. Who is let in is not news, unless another door was first
// ("since" is left out of the answer to what was sent twice).
function isNews({ said }, { answer, reason, since }) {
  if (!LET_IN.includes(said) || !LET_IN.includes(answer)) return said !== (reason || answer);
  return answer === "already_in" && Boolean(since) && said !== answer;
}

function told(pairs) {
  for (const [scan, answer] of pairs) {
    if (answer.registration && ["on_time", "late", "already_in"].includes(answer.answer)) {
      const before = own.get(`${answer.registration}:${answer.half_day}`);
      own.set(`${answer.registration}:${answer.half_day}`, {
        state: "present", since: answer.since ?? before?.since ?? scan.at, door: answer.since ? answer.door : before?.door ?? "",
      });
    }
    if (answer.answer === "refused") own.delete(`${scan.person}:${scan.half}`);
    if (screen.shown !== scan.id) continue;
    if (isNews(scan, answer)) {
      const person = list?.byId.get(answer.registration);
      screen.show({ ...answer, person, name: person?.name ?? scan.label, since: answer.since ?? scan.at }, { id: scan.id });
    }
    screen.kept("sent");
  }
  paint();
}

function listed(data) {
  list = new List(data, own);
  paint();
}

function closed() {
  isClosed = true;
  list = null;
  at("camera").hidden || closeCamera();
  for (const name of ["inputs", "answer", "now"]) at(name).hidden = true;
  at("closed").hidden = false;
  paint();
}

// The field: a code goes in by itself when it is somebody's, or with Enter; a name shows who is meant.
async function typing() {
  const text = field.value;
  const code = codeOf(text);
  screen.people(at("found"), list && !/[:/]/.test(text) ? list.find(text) : [], isIn, pick);
  if (code && !isLong(code) && list && crypto.subtle && await list.whose(code) && field.value === text) enter();
}

function enter() {
  const text = field.value.trim();
  if (!text) return;
  const people = at("found").querySelectorAll("button");
  if (people.length && !/\d/.test(text)) return people[0].focus();
  field.value = "";
  at("found").replaceChildren();
  if (codeOf(text) || /[:/]/.test(text)) return readText(text);
  screen.show({ answer: "refused", reason: "not_on_list", name: text });
}

// A scanner at a computer types: what it types belongs into the field, wherever the focus is.
document.addEventListener("keydown", (event) => {
  const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isText && event.key !== " " && !isClosed && !event.target.closest("input, dialog")) field.focus();
});

// The camera
async function openCamera() {
  at("camera").hidden = false;
  at("open-camera").hidden = at("no-camera").hidden = true;
  try {
    await camera.open();
    at("close-camera").hidden = false;
  } catch (error) {
    closeCamera();
    noCamera(error.name === "NotAllowedError" ? words.camera_refused : words.camera_fails);
  }
}

function noCamera(why) {
  at("no-camera").hidden = false;
  at("no-camera").textContent = why;
}

function closeCamera() {
  camera.close();
  at("camera").hidden = at("close-camera").hidden = true;
  at("open-camera").hidden = false;
}

async function photo(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  const text = await readPhoto(file, wasm).catch(() => "");
  if (text) readText(text);
  else screen.show({ answer: "refused", reason: "no_code_in_photo" });
}

const camera = new Camera(at("video"), wasm, readText);

// Who stands in for somebody, or is not on the list: words for the organiser.
let standsFor = null;
function ask(forSomebody) {
  standsFor = null;
  at("note-title").textContent = forSomebody ? words.whom : words.who_came;
  at("whom").value = at("who-came").value = "";
  at("whom-found").replaceChildren();
  step(forSomebody ? "whom" : "who");
  at("note").showModal();
}

function step(name) {
  at("whom-step").hidden = name !== "whom";
  at("who-step").hidden = at("write").hidden = name !== "who";
  setTimeout(() => at(name === "whom" ? "whom" : "who-came").focus(), 0);
}

function choose(person) {
  standsFor = person;
  at("note-title").textContent = filled(words.stands_for, { name: person.name, office: person.office });
  step("who");
}

function writeDown(event) {
  event.preventDefault();
  if (at("who-step").hidden) return at("whom-found").querySelector("button")?.focus();
  const typed = at("who-came").value.trim();
  if (!typed) return;
  at("note").close();
  noteWords(standsFor ? filled(words.stands_for_words, { name: standsFor.name, office: standsFor.office, words: typed }) : typed);
}

function listen() {
  field.addEventListener("input", typing);
  at("entry").addEventListener("submit", (event) => { event.preventDefault(); enter(); });
  at("open-camera").addEventListener("click", openCamera);
  at("close-camera").addEventListener("click", closeCamera);
  at("photo").addEventListener("change", photo);
  at("stand-in").addEventListener("click", () => ask(true));
  at("walk-in").addEventListener("click", () => ask(false));
  at("whom").addEventListener("input", () => screen.people(at("whom-found"), list?.find(at("whom").value) ?? [], () => false, choose));
  at("note-form").addEventListener("submit", writeDown);
  at("cancel").addEventListener("click", () => at("note").close());
}

async function begin() {
  if (!token) return;
  at("no-token")?.remove();
  at("work").hidden = false;
  at("insecure").hidden = isSecureContext;
  at("open-camera").hidden = !Camera.isThere();
  if (isSecureContext && !Camera.isThere()) noCamera(words.camera_fails);
  try {
    store = await openStore(token);
  } catch {
    at("no-store").hidden = false;
    return;
  }
  sender = new Sender(store, {
    heard: (off) => Math.abs(off - store.clockOff) > NOTICED && store.keepClock(off).catch(() => null),
    listed, told, closed, changed: paint,
  });
  screen.show({ answer: "ready", hint: Camera.isThere() ? "ready" : "ready_to_type" });
  listen();
  const kept = await store.keptList();
  if (kept) listed(kept);
  store.queue.forEach(tookHere);
  paint();
  await sender.now();
  setInterval(paint, LOOK_AGAIN);
  navigator.storage?.persist?.().catch(() => null);
}

navigator.serviceWorker?.register("/sw.js", { scope: "/check-in/" }).catch(() => null);
begin();
