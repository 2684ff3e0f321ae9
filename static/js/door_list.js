// The list of a door's half-days, and what it says of somebody who stands there. Knows no page and no network.
// The half-day at a moment is found as in `attendance/rules/scans.py`, and codes are read as there.
const HOUR = 3600000;
const BEFORE = 3 * HOUR, AFTER = HOUR;
const LONG = /^[0-9a-hjkmnp-tv-z]{17,29}$/;
const SHORT_LENGTH = 6;
const LOOK_ALIKE = { O: "0", I: "1", L: "1", U: "V" };
const OF_THIS_CLASS = ["withdrawn", "replaced", "not_expected"];
const THERE = ["present", "late", "left_early", "disputed"];

export const searchKey = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ/g, "d").replace(/[^a-z0-9]+/g, " ").trim();

// The code in what was read, scanned or typed: the long one of a pass's address, or a short one; "" when there is none.
export function codeOf(text) {
  const found = /\/p\/([0-9a-z]+)\/?\s*$/i.exec(text);
  const whole = (found ? found[1] : text).trim().toLowerCase();
  if (LONG.test(whole)) return whole;
  if (/[:/.]/.test(text)) return "";
  const short = [...text.normalize("NFC").toUpperCase()].filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  const read = short.map((letter) => LOOK_ALIKE[letter] ?? letter).join("");
  return read.length === SHORT_LENGTH && /^[0-9A-Z]+$/.test(read) ? read : "";
}

export const isLong = (code) => LONG.test(code);

async function hashOf(code) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class List {
  // `own` is what this phone took in itself, by person and half-day: it knows that before the server's list says so, and
  // somebody who is marked absent meanwhile stands there all the same.
  constructor(data, own) {
    this.door = data.door;
    this.halfDays = data.half_days.map((half) => ({
      ...half, starts: Date.parse(half.starts_at), ends: Date.parse(half.ends_at), lateAfter: Date.parse(half.late_after),
    })).sort((one, two) => one.starts - two.starts);
    this.people = data.people.map((person) => ({ ...person, words: searchKey(person.name).split(" ") }));
    this.byId = new Map(this.people.map((person) => [person.id, person]));
    this.byCode = new Map();
    for (const turned of data.turned) for (const code of turned.codes) this.byCode.set(code, { turned });
    for (const person of this.people) for (const code of person.codes) this.byCode.set(code, { person });
    this.own = own;
  }

  halfDayAt(moment) {
    const ahead = this.halfDays.filter((half) => moment <= half.ends);
    if (ahead.length && moment >= ahead[0].starts - BEFORE) return ahead[0];
    return this.halfDays.filter((half) => half.ends < moment && moment <= half.ends + AFTER).at(-1) ?? null;
  }

  // The half-day that is next when there is none now, and from when on people are let in there; null after the last.
  next(moment) {
    const half = this.halfDays.find(({ starts }) => moment < starts - BEFORE);
    return half ? { half_day: half.label, from: half.starts - BEFORE } : null;
  }

  known(person, half) {
    const [said, own] = [person.known[half.id], this.own.get(`${person.id}:${half.id}`)];
    return (THERE.includes(said?.state) ? said : own ?? said) ?? null;
  }

  isIn(person, half) {
    return Boolean(half) && THERE.includes(this.known(person, half)?.state);
  }

  counts(half) {
    const expected = this.people.filter((person) => half && person.expected.includes(half.id));
    return { inside: expected.filter((person) => this.isIn(person, half)).length, all: expected.length };
  }

  // Whose name has words that begin with all that was typed, each another, without marks; those first whose given name
  // was meant.
  find(typed, most = 8) {
    const wanted = searchKey(typed).split(" ").filter(Boolean).sort((one, two) => two.length - one.length);
    if (!wanted.length) return [];
    const fits = (words) => {
      const left = [...words];
      return wanted.every((part) => {
        const place = left.findIndex((word) => word.startsWith(part));
        return place >= 0 && left.splice(place, 1);
      });
    };
    const isGiven = (person) => wanted.some((part) => person.words.at(-1).startsWith(part));
    const found = this.people.filter((person) => fits(person.words));
    return [...found.filter(isGiven), ...found.filter((person) => !isGiven(person))].slice(0, most);
  }

  // Who a code is of: {person}, {turned} or null.
  async whose(code) {
    return this.byCode.get(await hashOf(code)) ?? null;
  }

  // What is to be said of what was read: `answer` and `reason` as the server names them.
  judge(found, moment) {
    const half = this.halfDayAt(moment);
    if (found?.turned) {
      const { name, where } = found.turned;
      const reason = !half && OF_THIS_CLASS.includes(found.turned.reason) ? "no_half_day" : found.turned.reason;
      return { answer: "refused", reason, name, where: where[(half ?? this.halfDays[0])?.id], half };
    }
    if (!found) return { answer: "refused", reason: "not_a_pass", half };
    const { person } = found;
    const about = { person, half, name: person.name };
    if (!half) return { ...about, answer: "refused", reason: "no_half_day" };
    if (!person.expected.includes(half.id)) return { ...about, answer: "refused", reason: person.otherwise };
    const known = this.known(person, half);
    if (THERE.includes(known?.state)) return { ...about, answer: "already_in", since: known.since, door: known.door };
    return { ...about, answer: moment > half.lateAfter ? "late" : "on_time" };
  }
}
