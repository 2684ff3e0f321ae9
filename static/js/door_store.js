// What this phone keeps of a door, so that it survives a closed page and a dead battery: the list, what waits to be
// sent, and what the server would not take. All of it is sealed with a key that only the door's address gives.
const KEPT = { meta: "key", lists: "door", queue: "id", troubles: "id" };
const PROOF_LETTERS = 16;
const NOTICED = 2000, WRONG = 300000;

export function newId() {  // crypto.randomUUID is not there on plain http
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function database() {
  const request = indexedDB.open("door", 1);
  request.onupgradeneeded = () => {
    for (const [name, keyPath] of Object.entries(KEPT)) request.result.createObjectStore(name, { keyPath });
  };
  return asked(request).then((db) => {
    db.onversionchange = () => db.close();
    return db;
  });
}

async function keyFrom(token) {
  if (!crypto.subtle) return null;
  const whole = await crypto.subtle.importKey("raw", new TextEncoder().encode(token), "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: new TextEncoder().encode("door, at rest") };
  return crypto.subtle.deriveKey(how, whole, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function openStore(token) {
  const store = new Store(token.slice(0, -PROOF_LETTERS), await database(), await keyFrom(token));
  await store.load();
  return store;
}

class Store {
  // `queue` and `troubles` are what is on the disk of this door, oldest first; `others` counts what other doors left,
  // `unreadable` what lies there and cannot be unsealed. `clockOff` is by how many milliseconds this phone's clock is
  // ahead of the server's, as last heard; null when that was never.
  constructor(door, db, key) {
    Object.assign(this, { door, db, key, queue: [], troubles: [], others: 0, unreadable: 0, device: "", clockOff: null });
    Object.assign(this, { unreadableTroubles: 0, takenBack: new Set(), isOver: false, clockBegan: Date.now() - performance.now() });
  }

  // The moment by the server's clock, in milliseconds; of a scan, when it was taken.
  moment(scan) {
    const [at, off] = scan ? [Date.parse(scan.at), scan.off] : [Date.now(), null];
    return at - (off ?? this.clockOff ?? 0);
  }

  async load() {
    const known = await this.all("meta");
    this.device = known.find((row) => row.key === "device")?.value ?? newId();
    this.clockOff = known.find((row) => row.key === "clock")?.value ?? null;
    await this.write(["meta"], (meta) => meta.put({ key: "device", value: this.device }));
    await this.write(["lists"], (lists, old) => old.forEach((row) => lists.delete(row.door)),
      (await this.all("lists")).filter((row) => Date.parse(row.until) < this.moment()));
    await this.look();
    const { opened, unreadable } = await this.opened(await this.all("troubles"));
    Object.assign(this, { troubles: opened, unreadableTroubles: unreadable });
  }

  // What waits on the disk now: another page of the same door may have taken something in, or sent it.
  async look() {
    const before = new Set(this.queue.map((scan) => scan.id));
    const rows = await this.all("queue");
    const there = new Set(rows.map((row) => row.id));
    const { opened, unreadable } = await this.opened(rows.filter((row) => !before.has(row.id)));
    const left = this.queue.filter((scan) => !before.has(scan.id) || there.has(scan.id));
    const known = new Set(left.map((scan) => scan.id));
    this.queue = [...left, ...opened.filter((scan) => !known.has(scan.id) && !this.takenBack.has(scan.id))];
    this.others = rows.filter((row) => row.door !== this.door).length;
    this.unreadable = unreadable + this.unreadableTroubles;
  }

  // What can be unsealed of this door's rows, and how many cannot: those stay where they are.
  async opened(rows) {
    const own = rows.filter((row) => row.door === this.door).sort((one, two) => one.order - two.order);
    const all = await Promise.all(own.map((row) => this.unsealed(row).catch(() => null)));
    const opened = all.filter(Boolean);
    return { opened, unreadable: all.length - opened.length };
  }

  // The browser closes the connection when it likes, as when the phone slept: then it is opened anew, once.
  async ask(act) {
    const { db } = this;
    try {
      return await act(db);
    } catch {
      db.close();
      if (this.db === db) this.db = await database();
      return act(this.db);
    }
  }

  all(name) {
    return this.ask((db) => asked(db.transaction(name).objectStore(name).getAll()));
  }

  // Resolves when it is on the disk, and not before: what the screen calls saved outlives a battery.
  write(names, act, ...given) {
    return this.ask((db) => new Promise((resolve, reject) => {
      const transaction = db.transaction(names, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      act(...names.map((name) => transaction.objectStore(name)), ...given);
    }));
  }

  async sealed(value) {
    if (!this.key) return { plain: value };
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, bytes) };
  }

  async unsealed(row) {
    if (row.plain) return row.plain;
    const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, this.key, row.data);
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  async row(value) {
    return { id: value.id, door: this.door, order: Date.now(), ...await this.sealed(value) };
  }

  async keep(scan) {
    const row = await this.row(scan);
    await this.write(["queue"], (queue) => queue.put(row));
    this.queue.push(scan);
  }

  // The server has these: they wait no longer. What a person must see stays as a trouble.
  async settle(ids, troubles) {
    const rows = await Promise.all(troubles.map((trouble) => this.row(trouble)));
    await this.write(["queue", "troubles"], (queue, kept) => {
      ids.forEach((id) => queue.delete(id));
      rows.forEach((row) => kept.put(row));
    });
    this.queue = this.queue.filter((scan) => !ids.includes(scan.id));
    this.troubles.push(...troubles);
  }

  // Waits no longer and is not sent; `instead` is, where something is to be said of it.
  async takeBack(scan, instead) {
    this.takenBack.add(scan.id);  // at once: nobody must send it while it is being taken out
    this.queue = this.queue.filter((one) => one.id !== scan.id);
    const row = instead && await this.row(instead);
    const change = (queue) => {
      queue.delete(scan.id);
      if (row) queue.put(row);
    };
    await this.write(["queue"], change).catch((error) => {
      this.takenBack.delete(scan.id);  // it is still on the disk, and waits again as soon as that is looked at
      throw error;
    });
    if (instead) this.queue.push(instead);
  }

  async dealtWith(id) {
    await this.write(["troubles"], (troubles) => troubles.delete(id));
    this.troubles = this.troubles.filter((trouble) => trouble.id !== id);
  }

  async keepClock(off) {
    Object.assign(this, { clockOff: off, clockBegan: Date.now() - performance.now() });
    await this.write(["meta"], (meta) => meta.put({ key: "clock", value: off }));
  }

  // Somebody set the clock while there was no network. Put back is sure; put forward may be a phone that slept, unless
  // a clock that was wrong is right by it.
  noticeClock() {
    const began = Date.now() - performance.now();
    const by = began - this.clockBegan;
    this.clockBegan = began;
    const isPutRight = Math.abs(this.clockOff) > WRONG && Math.abs(this.clockOff + by) < WRONG;
    if (this.clockOff !== null && (by < -NOTICED || (by > NOTICED && isPutRight))) this.keepClock(this.clockOff + by).catch(() => null);
  }

  keepList(list) {
    return this.keepSealed(this.door, list.door.until, list);
  }

  // Whom this phone has let in, also when the server's list does not say so yet.
  keepOwn(own, until) {
    return this.keepSealed(this.ownKey, until, [...own]);
  }

  // Without a key there is nothing to seal it with: then it lives as long as the page.
  async keepSealed(door, until, value) {
    if (!this.key) return;
    const row = { door, until, ...await this.sealed(value) };
    if (!this.isOver) await this.write(["lists"], (lists) => lists.put(row));
  }

  get ownKey() {
    return `${this.door} own`;
  }

  keptList() {
    return this.kept(this.door);
  }

  async keptOwn() {
    return new Map(await this.kept(this.ownKey));
  }

  // What cannot be unsealed is as if it were not there: the server has it.
  async kept(door) {
    const row = (await this.all("lists")).find((one) => one.door === door);
    return row ? this.unsealed(row).catch(() => null) : null;
  }

  forgetList() {
    this.isOver = true;
    return this.write(["lists"], (lists) => [this.door, this.ownKey].forEach((door) => lists.delete(door)));
  }
}
