// Reads QR codes: from the camera, picture by picture, and from a photo.
const WIDEST = 720, WIDEST_PHOTO = 1800, PAUSE = 90, SAME_AGAIN_AFTER = 4000, MOST_FAILURES = 20;
const HOW = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryInvert: false, tryDownscale: false };
const HOW_PHOTO = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true };

let reader;
function readerAt(wasm) {
  reader ??= import("../vendor/zxing-wasm/es/reader/index.js").then(async (zxing) => {
    await zxing.prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
    return zxing.readBarcodes;
  });
  reader.catch(() => { reader = undefined; });  // asked again when the network is back
  return reader;
}

function pixels(canvas, source, width, height, widest) {
  const scale = Math.min(1, widest / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

// The text of the QR code in a photo, or "".
export async function readPhoto(file, wasm) {
  const read = await readerAt(wasm);
  const picture = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  for (const widest of [WIDEST, WIDEST_PHOTO]) {
    const [found] = await read(pixels(canvas, picture, picture.width, picture.height, widest), HOW_PHOTO);
    if (found?.text) return found.text;
  }
  return "";
}

export class Camera {
  // `found` is told each text once, and again when it was out of sight meanwhile; `lost` that another application has
  // taken the camera, or that it cannot be read any more.
  constructor(video, wasm, found, lost) {
    Object.assign(this, { video, wasm, found, lost, stream: null, text: "", seen: 0, canvas: document.createElement("canvas") });
    document.addEventListener("visibilitychange", () => { if (this.stream && !document.hidden) this.goOn(); });
  }

  static isThere() {
    return Boolean(navigator.mediaDevices?.getUserMedia);
  }

  async open() {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    this.stream = this.video.srcObject = stream;
    for (const track of stream.getTracks()) track.addEventListener("ended", () => { if (this.stream === stream) this.lost(); });
    const [read] = await Promise.all([readerAt(this.wasm), this.video.play()]);
    this.stayAwake();
    this.look(read, stream);
  }

  // Somebody looks at the page again, perhaps after a call.
  goOn() {
    if (this.stream.getTracks().some((track) => track.readyState === "ended")) return this.lost();
    this.video.play().catch(() => null);
    this.stayAwake();
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = this.video.srcObject = null;
    this.awake?.release().catch(() => null);
  }

  async stayAwake() {
    this.awake = await navigator.wakeLock?.request("screen").catch(() => null);
  }

  // A picture that cannot be read is followed by another one; when none of many can be, the camera is lost.
  async look(read, stream) {
    let failures = 0;
    while (this.stream === stream) {
      try {
        const { videoWidth: width, videoHeight: height } = this.video;
        const [code] = width && !document.hidden ? await read(pixels(this.canvas, this.video, width, height, WIDEST), HOW) : [];
        failures = 0;
        if (code?.text && this.stream === stream) this.saw(code.text);
      } catch {
        failures += 1;
        if (failures >= MOST_FAILURES && this.stream === stream) return this.lost();
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  saw(text) {
    const isSame = text === this.text && Date.now() - this.seen < SAME_AGAIN_AFTER;
    Object.assign(this, { text, seen: Date.now() });
    if (!isSame) this.found(text);
  }
}
