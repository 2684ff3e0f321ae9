// A helper's phone at the door: reads passes, answers from its own list, keeps what it took in until the server has it.
import { Camera, readPhoto } from "./door_camera.js";
import { List, codeOf, isLong } from "./door_list.js";
import { Note } from "./door_note.js";
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
const NOTICED = 2000, LOOK_AGAIN = 15000;
const LET_IN = ["on_time", "late", "already_in", "noted"];
let store, sender, own, list = null, isClosed = false;

const moment = () => { store.noticeClock(); return store.moment(); };
const half = () => list?.halfDayAt(moment()) ?? null;
const isIn = (person) => list.isIn(person, half());

function paint() {
  store.noticeClock();
  screen.waiting(store.queue.length, store, sender?.connected);
  screen.clock(Math.round((store.clockOff ?? 0) / 60000));
  screen.troubles(store.troubles, async (id) => { await store.dealtWith(id); paint(); });
  if (list) screen.head({ door: list.door, half: half(), next: list.next(moment()), counts: list.counts(half()) });
  if (list && Date.parse(list.door.until) < moment()) sender.end();
}

// What is kept of what was read: its own id, when it was by this phone's clock, and by how much that is ahead.
function scanOf(read, said, label) {
  store.noticeClock();
  const off = store.clockOff === null ? null : Math.round(store.clockOff);
  return { ...read, id: newId(), at: new Date().toISOString(), off, said, label };
}

// Somebody is in; the screen may say so at once, and says saved when it is. True when it is.
async function take(scan, said) {
  if (said.person) Object.assign(scan, { person: said.person.id, half: said.half?.id });
  screen.show(said, { id: scan.id, kept: "keeping" });
  try {
    await store.keep(scan);
  } catch {
    screen.show({ answer: "failed", name: said.name });
    return false;
  }
  tookHere(scan);
  if (screen.shown === scan.id) screen.kept("kept");
  paint();
  sender.now();
  return true;
}

const placeOf = (scan) => `${scan.person}:${scan.half}`;
const isFirst = (scan) => ["on_time", "late"].includes(scan.said);

function tookHere(scan) {
  if (isFirst(scan)) own.set(placeOf(scan), { state: "present", since: new Date(store.moment(scan)).toISOString(), door: list?.door.name ?? "" });
}

function keepOwn() {
  return list && store.keepOwn(own, list.door.until).catch(() => null);  // the server's list says so soon
}

// A text read by the camera, a scanner, from a photo, or typed.
async function readText(text) {
  if (isClosed) return;
  const code = codeOf(text);
  if (!code) return screen.show({ answer: "refused", reason: /[^\x20-\x7e]/.test(text) && text.includes("/") ? "typed_marks" : "not_a_pass" });
  if (!list || !crypto.subtle) return take(scanOf({ code }, "asking", words.a_code), { answer: "asking" });
  const found = await list.whose(code);
  const said = list.judge(found, moment());
  // Six characters that are nobody's are a slip of the finger; a whole pass is one that this list does not have yet.
  if (!found && !isLong(code)) return screen.show({ ...said, reason: "unknown_code" });
  return take(scanOf({ code }, said.reason || said.answer, said.name || words.a_code), said);
}

async function pick(person) {
  if (!list) return;
  field.value = "";
  at("found").replaceChildren();
  if (!matchMedia("(pointer: coarse)").matches) field.focus();  // on a phone it would bring up the keyboard
  const said = list.judge({ person }, moment());
  const scan = scanOf({ registration: person.id }, said.reason || said.answer, person.name);
  if (await take(scan, said) && screen.shown === scan.id && LET_IN.includes(said.answer)) screen.canUndo(() => takeBack(scan, person));
}

// The wrong name was tapped. What nobody else can have goes out of what waits; else the server takes it back, or, where
// it cannot any more, tells the organiser.
async function takeBack(scan, person) {
  const isOut = sender.tried.has(scan.id) || !store.queue.some((one) => one.id === scan.id);
  const text = filled(words.tapped_wrongly, { name: person.name, office: person.office });
  const instead = isOut ? scanOf({ words: text, takes_back: scan.id }, "noted", text) : null;
  screen.show({ answer: "taken_back", name: person.name, hint: isOut ? "taken_back_sent" : "taken_back_here" }, { id: instead?.id, kept: instead ? "keeping" : "" });
  try {
    await store.takeBack(scan, instead);
  } catch {
    screen.show({ answer: "failed", name: person.name, hint: "not_taken_back" });
    return;
  }
  if (isFirst(scan)) own.delete(placeOf(scan));
  await keepOwn();
  if (instead && screen.shown === instead.id) screen.kept("kept");
  paint();
  sender.now();
}

function noteWords(text) {
  take(scanOf({ words: text }, "noted", text), { answer: "noted", name: text });
}

// Whether the server says something else than the screen did. Who is let in is not news, unless another door was first
// ("since" is left out of the answer to what was sent twice).
function isNews({ said }, { answer, reason, since }) {
  if (!LET_IN.includes(said) || !LET_IN.includes(answer)) return said !== (reason || answer);
  return answer === "already_in" && Boolean(since) && said !== answer;
}

async function told(pairs) {
  for (const [scan, answer] of pairs) {
    if (store.takenBack.has(scan.id)) continue;
    if (answer.registration && ["on_time", "late", "already_in"].includes(answer.answer)) {
      const before = own.get(`${answer.registration}:${answer.half_day}`);
      own.set(`${answer.registration}:${answer.half_day}`, {
        state: "present", since: answer.since ?? before?.since ?? scan.at, door: answer.since ? answer.door : before?.door ?? "",
      });
    }
    if (answer.answer === "refused") own.delete(placeOf(scan));
    if (answer.answer === "taken_back") own.delete(`${answer.registration}:${answer.half_day}`);
    if (screen.shown !== scan.id) continue;
    if (isNews(scan, answer)) {
      const person = list?.byId.get(answer.registration);
      const { undo } = screen;
      screen.show({ ...answer, person, name: person?.name ?? scan.label, since: answer.since ?? scan.at }, { id: scan.id });
      if (LET_IN.includes(answer.answer)) screen.canUndo(undo);
    }
    screen.kept("sent");
  }
  if (pairs.length) await keepOwn();
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

const camera = new Camera(at("video"), wasm, readText, () => { closeCamera(); noCamera(words.camera_lost); });

function listen() {
  field.addEventListener("input", typing);
  at("entry").addEventListener("submit", (event) => { event.preventDefault(); enter(); });
  at("open-camera").addEventListener("click", openCamera);
  at("close-camera").addEventListener("click", closeCamera);
  at("photo").addEventListener("change", photo);
  new Note(screen, words, { find: (text) => list?.find(text) ?? [], noted: noteWords });
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
    own = await store.keptOwn();
  } catch {
    at("no-store").hidden = false;
    return;
  }
  sender = new Sender(store, {
    heard: (off) => (store.clockOff === null || Math.abs(off - store.clockOff) > NOTICED) && store.keepClock(off).catch(() => null),
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
