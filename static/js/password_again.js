// What is confirmed is done at once; when it is a file, the browser takes it in and stays here. Without this the form
// stands there as if nothing had happened, and typing the password once more leads nowhere.
const BEFORE = "before-password-again";
const form = document.querySelector("main form");
const afterwards = document.querySelector("[data-afterwards]");

const came = document.referrer;
if (came.startsWith(`${location.origin}/`) && new URL(came).pathname !== location.pathname) sessionStorage.setItem(BEFORE, came);
const before = sessionStorage.getItem(BEFORE);
if (before) afterwards.querySelector("a").href = before;

form.addEventListener("submit", () => setTimeout(() => {
  form.hidden = true;
  afterwards.hidden = false;
  afterwards.focus();
}, 1000));
