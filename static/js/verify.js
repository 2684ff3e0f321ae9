// Checks a file without sending it: only what is computed of its bytes goes to the server. Where the browser cannot
// compute it (plain http), the form posts the file as it does without this script.
const form = document.getElementById("by-file");
if (form && globalThis.crypto?.subtle) {
  form.querySelector("[data-stays]").hidden = false;
  form.addEventListener("submit", async (event) => {
    const [file] = form.elements.file.files;
    if (!file || file.size > Number(form.dataset.most)) return;
    event.preventDefault();
    let digest;
    try {
      digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    } catch {
      form.submit();
      return;
    }
    const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    location.assign(`${form.action}?sha256=${hex}`);
  });
}
