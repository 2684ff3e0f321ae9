// The table of a class: a digit marks the cell that has the focus (0 clears) and goes down; cells are saved in small
// batches behind the page. A batch keeps its name when it is sent again, so that nothing is written twice.
const box = document.querySelector(".table-box");
const grid = box.querySelector("table");
const words = JSON.parse(document.getElementById("table-words").textContent);
const bar = document.querySelector(".table-bar");
const asks = document.querySelector(".table-asks");
const STATES = ["", "present", "late", "left_early", "excused", "absent"];
const MOST = 100, WAIT = 400, SLOWEST = 30000;
const heads = [...grid.tHead.rows[0].cells].slice(1);
const rows = [...grid.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.firstElementChild.closest("a")));
const pending = new Map(), counts = { saved: 0, proposed: 0, refused: 0 };
const undoForm = document.querySelector("form[data-undo]");
let at = null, batch = null, sending = null, failures = 0, timer = 0, trouble = "", undoing = false, undoName = "", undone = "";

const rowOf = (cell) => cell.closest("tr");
const headOf = (cell) => heads[cell.parentElement.cellIndex - 1];
const idOf = (cell) => `${headOf(cell).dataset.session}:${rowOf(cell).dataset.registration}`;

function paint(cell, state, became) {
  const standing = state === "" && headOf(cell).classList.contains("closed") ? "absent" : state;
  const [label, style] = words.states[standing];
  cell.className = style;
  cell.firstElementChild.textContent = label;
  cell.dataset.became = became;
  let said = cell.querySelector(".visually-hidden");
  if (!said) {
    said = document.createElement("span");
    said.className = "visually-hidden";
    cell.append(said);
  }
  said.textContent = `, ${words.cell[became]}`;
}

// After the frame: the bar moves the page, and a key must not wait for that.
let telling = false;
function tell() {
  if (telling) return;
  telling = true;
  requestAnimationFrame(() => setTimeout(tellNow));
}

function tellNow() {
  telling = false;
  const numbers = [["pending", pending.size], ["saved", counts.saved], ["asked", asks.querySelectorAll("[data-asked]").length], ["proposed", counts.proposed], ["refused", counts.refused]];
  const signs = { pending: "● ", saved: "✓ ", asked: "? ", proposed: "… ", refused: "! " };
  bar.querySelector(".table-now").replaceChildren(...numbers.filter(([, number]) => number).flatMap(([kind, number]) => {
    const part = document.createElement("span");
    part.textContent = signs[kind] + words.count[kind] + number;
    return [part, " "];
  }), trouble || undone);
  asks.hidden = !asks.children.length;
}

function go(cell) {
  if (!cell) return;
  if (at) { at.tabIndex = -1; at.removeAttribute("aria-current"); }
  at = cell;
  at.tabIndex = 0;
  at.setAttribute("aria-current", "true");
  at.focus({ preventScroll: true });
  at.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function step(down, across, from = at) {
  let row = rowOf(from).sectionRowIndex, column = from.parentElement.cellIndex - 1;
  const times = Math.max(Math.abs(down), Math.abs(across));
  let found = null;
  for (let done = 0; done < times;) {
    row += Math.sign(down);
    column += Math.sign(across);
    const cell = rows[row]?.[column];
    if (cell === undefined) break;
    if (cell) { found = cell; done += 1; }
  }
  return found;
}

// Goes on first, while nothing on the page has changed: to focus and to scroll measures it.
function setAndGo(cell, state) {
  if (headOf(cell).hasAttribute("data-early") && state !== "" && state !== "excused") {
    trouble = words.early;
    return tell();
  }
  go(step(1, 0, cell) ?? cell);
  set(cell, state);
}

function set(cell, state) {
  trouble = failures ? trouble : "";
  undone = "";
  drop(cell);
  if (state === cell.dataset.mark && !pending.has(cell) && !inFlight(cell)) return;
  pending.delete(cell);  // the last that was set is the last that is sent, and the first that is taken back
  pending.set(cell, state);
  paint(cell, state, "pending");
  tell();
  later(WAIT);
}

const inFlight = (cell) => Boolean(batch?.cells.has(cell));
function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
}

function uuid() {  // crypto.randomUUID is not there on plain http
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function send() {
  if (undoing) return later(WAIT);
  sending ??= sendOne().finally(() => { sending = null; });
}

async function sendOne() {
  if (!batch && !pending.size) return;
  batch ??= { name: uuid(), cells: new Map([...pending].slice(0, MOST).map(([cell, wanted]) => [cell, [cell.dataset.mark, wanted]])) };
  const body = new URLSearchParams({ submission: batch.name, csrfmiddlewaretoken: bar.querySelector("[name=csrfmiddlewaretoken]").value });
  for (const [cell, [shown, wanted]] of batch.cells) body.append("cell", `${idOf(cell)}:${shown}:${wanted}`);
  let wait = 0;
  try {
    const answer = await fetch(box.dataset.marks, { method: "POST", body });
    if (answer.redirected || answer.status === 403) throw new Error(words.signed_out);
    if (!answer.ok && answer.status !== 409) throw new Error(words.offline);
    take(await answer.json());
    failures = 0;
    trouble = "";
  } catch (error) {
    failures += 1;
    trouble = error.message === words.signed_out ? words.signed_out : words.offline;
    if (error.message === words.signed_out) await renew();
    wait = Math.min(SLOWEST, 1000 * 2 ** failures);
  }
  tell();
  if (batch || pending.size) later(wait);
}

// What was set a moment ago is saved first, so that it is what is taken back; a try that failed keeps its name.
async function undo() {
  if (undoing) return;
  undoing = true;
  await sending;
  while (pending.size || batch) {
    await sendOne();
    if (failures) break;
  }
  if (!failures) await askUndo();
  undoing = false;
  tell();
}

async function askUndo() {
  undoName ||= uuid();
  try {
    const answer = await fetch(undoForm.action, { method: "POST", body: new URLSearchParams({ submission: undoName, csrfmiddlewaretoken: bar.querySelector("[name=csrfmiddlewaretoken]").value }) });
    if (answer.redirected || answer.status === 403) { trouble = words.signed_out; return await renew(); }
    if (!answer.ok && answer.status !== 409) throw new Error(words.offline);
    const { said, cells } = await answer.json();
    undoName = "";
    trouble = "";
    undone = said;
    for (const one of cells) {
      const cell = cellOf(one);
      if (!cell) continue;
      cell.dataset.mark = one.state;
      if (pending.has(cell)) continue;
      drop(cell);
      paint(cell, one.state, "undone");
      go(cell);
    }
  } catch { trouble = words.offline; }
}

function cellOf({ session, registration }) {
  const row = grid.querySelector(`tr[data-registration="${registration}"]`);
  return row && (rows[row.sectionRowIndex][heads.findIndex((head) => head.dataset.session === String(session))] ?? null);
}

async function renew() {  // signing in again changes the form's token
  try {
    const page = await fetch(location.href);
    if (page.redirected) return;
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector(".table-bar [name=csrfmiddlewaretoken]");
    if (fresh) bar.querySelector("[name=csrfmiddlewaretoken]").value = fresh.value;
  } catch { /* the next try says it */ }
}

function take(answer) {
  const sent = new Map([...batch.cells].map(([cell, [shown, wanted]]) => [idOf(cell), [cell, shown, wanted]]));
  const told = answer.cells ?? [...sent].map(([id, [, shown]]) => ({ id, became: "refused", state: shown, why: answer.refused }));
  for (const one of told) {
    const [cell, shown, wanted] = sent.get(one.id ?? `${one.session}:${one.registration}`);
    const became = one.became === "unchanged" ? "saved" : one.became;
    const stands = became === "proposed" ? shown : one.state;
    cell.dataset.mark = stands;
    if (became in counts) counts[became] += 1;
    if (pending.get(cell) !== wanted) continue;  // set anew meanwhile: the next batch says so
    pending.delete(cell);
    paint(cell, stands, became);
    if (became === "asked") ask(cell, stands, wanted);
    if (became === "refused") note(cell, one.why);
  }
  batch = null;
}

const named = (cell) => `${rowOf(cell).querySelector("b").textContent}, ${headOf(cell).querySelector("a")?.innerText.replace("\n", " ") ?? ""}`;
function line(cell, text) {
  drop(cell);
  const item = document.createElement("li");
  item.dataset.cell = idOf(cell);
  const said = document.createElement("span");
  said.textContent = `${named(cell)}. ${text}`;
  item.append(said);
  asks.append(item);
  return item;
}
function drop(cell) {
  if (asks.children.length) asks.querySelector(`[data-cell="${idOf(cell)}"]`)?.remove();
}
const note = (cell, why) => line(cell, why);
function ask(cell, stands, wanted) {
  const item = line(cell, `${words.asked}${words.states[stands][0]}. ${words.chosen}${words.states[wanted][0]}.`);
  item.dataset.asked = "";
  for (const [text, act] of [[words.keep, () => { drop(cell); cell.removeAttribute("data-became"); cell.querySelector(".visually-hidden")?.remove(); }], [words.write, () => set(cell, wanted)]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = text;
    button.addEventListener("click", () => { act(); tell(); go(cell); });
    item.append(button);
  }
}

const MOVES = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageDown: [10, 0], PageUp: [-10, 0], Home: [0, -1e3], End: [0, 1e3] };
grid.addEventListener("keydown", (event) => {
  const cell = event.target.closest("td a");
  if (!cell || event.metaKey || event.altKey) return;
  const move = MOVES[event.key];
  if (move) {
    event.preventDefault();
    go(event.ctrlKey ? step(move[0] * 1e4, move[1] * 1e4) ?? at : step(...move));
  } else if (/^[0-5]$/.test(event.key) && !event.ctrlKey) {
    event.preventDefault();
    setAndGo(cell, STATES[event.key]);
  }
});
grid.addEventListener("click", (event) => {
  const cell = event.target.closest("td a");
  // Enter is a click without a place: it opens the half-day, as the link says.
  if (!cell || event.ctrlKey || event.metaKey || event.detail === 0) return;
  event.preventDefault();
  go(cell);
});
bar.addEventListener("click", (event) => {
  const button = event.target.closest("[data-state]");
  if (button && at) setAndGo(at, button.dataset.state);
});
bar.addEventListener("submit", (event) => event.preventDefault());
undoForm.addEventListener("submit", (event) => { event.preventDefault(); undo(); });
addEventListener("online", () => later(0));
document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
addEventListener("beforeunload", (event) => {
  if (pending.size || batch) event.preventDefault();
});

grid.setAttribute("role", "grid");
for (const row of rows) for (const cell of row) if (cell) cell.tabIndex = -1;
at = rows.flat().find((cell) => cell) ?? null;
if (at) { at.tabIndex = 0; at.setAttribute("aria-current", "true"); }
for (const item of document.querySelectorAll(".with-script, .table-bar")) item.hidden = false;
