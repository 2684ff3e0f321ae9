// Reads QR codes: from the camera, picture by picture, and from a photo.
const WIDEST = 720, WIDEST_PHOTO = 1800, PAUSE = 90, SAME_AGAIN_AFTER = 4000;
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
  // `found` is told each text once, and again when it was out of sight meanwhile.
  constructor(video, wasm, found) {
    Object.assign(this, { video, wasm, found, stream: null, text: "", seen: 0, canvas: document.createElement("canvas") });
    document.addEventListener("visibilitychange", () => { if (this.stream && !document.hidden) this.stayAwake(); });
  }

  static isThere() {
    return Boolean(navigator.mediaDevices?.getUserMedia);
  }

  async open() {
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    this.video.srcObject = this.stream;
    const [read] = await Promise.all([readerAt(this.wasm), this.video.play()]);
    this.stayAwake();
    this.look(read);
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = this.video.srcObject = null;
    this.awake?.release().catch(() => null);
  }

  async stayAwake() {
    this.awake = await navigator.wakeLock?.request("screen").catch(() => null);
  }

  async look(read) {
    while (this.stream) {
      const { videoWidth: width, videoHeight: height } = this.video;
      if (width && !document.hidden) {
        const [code] = await read(pixels(this.canvas, this.video, width, height, WIDEST), HOW);
        if (code?.text) this.saw(code.text);
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
