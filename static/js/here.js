// Gives this phone a name of its own, where its browser keeps anything: it tells two people on one phone, and the right
// got for a code is good on that phone alone. So a name that is not kept must not be given.
const KEY = "here-device";
let device = "";
try {
  const name = localStorage.getItem(KEY) || [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  localStorage.setItem(KEY, name);
  device = localStorage.getItem(KEY);
} catch {
  // The browser inside another app may keep nothing: then the phone has no name, and nothing is said of it.
}
for (const field of document.querySelectorAll("input[name=device]")) field.value = device;
