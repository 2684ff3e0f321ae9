// What is confirmed is done at once; when it is a file, the browser takes it in and stays here. Without this the form
// stands there as if nothing had happened.
const form = document.querySelector("main form");
const afterwards = document.querySelector("[data-afterwards]");

form.addEventListener("submit", () => setTimeout(() => {
  form.hidden = true;
  afterwards.hidden = false;
  afterwards.focus();
}, 1000));
