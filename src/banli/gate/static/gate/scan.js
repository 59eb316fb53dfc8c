// Scanning a pass: with the camera where the browser gives it, else from a photograph; the number can always be typed.
// What was read goes into the form, as if it had been typed: the server judges it, never this page.

import { prepareZXingModule, readBarcodes } from "../vendor/zxing-wasm/es/reader/index.js";

const OPTIONS = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 };
const EVERY = 140; // milliseconds between two looks: quick to the eye, easy on the phone
const LONGEST_SIDE = 960;
const seen = new WeakSet();

export function upgrade(root) {
  for (const box of root.querySelectorAll("[data-scan]")) {
    if (seen.has(box)) continue;
    seen.add(box);
    begin(box);
  }
}

function begin(box) {
  const part = (name) => box.querySelector(`[data-scan-${name}]`);
  const frame = part("frame"), video = part("video"), told = part("told");
  const start = part("start"), stop = part("stop"), photo = part("photo"), file = part("file");
  const say = (what) => { told.textContent = what ? box.dataset[what] : ""; };
  let stream = null, looking = 0;

  prepareZXingModule({ overrides: { locateFile: () => box.dataset.wasm }, fireImmediately: true })?.catch?.(() => say("broken"));
  photo.hidden = false;
  start.hidden = !navigator.mediaDevices?.getUserMedia;

  const end = () => {
    clearTimeout(looking);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = video.srcObject = null;
    frame.hidden = stop.hidden = true;
    start.hidden = !navigator.mediaDevices?.getUserMedia;
  };

  const look = async () => {
    if (!stream) return;
    if (!document.hidden && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      try {
        if (take(await readBarcodes(pixels(video, video.videoWidth, video.videoHeight), OPTIONS))) return;
      } catch {
        end();
        say("broken");
        return;
      }
    }
    looking = setTimeout(look, EVERY);
  };

  const take = (found) => {
    const text = found[0]?.text;
    if (!text) return false;
    end();
    say("found");
    navigator.vibrate?.(60);
    const form = document.getElementById("gate-code");
    form.elements.code.value = text.slice(0, 400);
    form.requestSubmit();
    return true;
  };

  start.addEventListener("click", async () => {
    start.hidden = true;
    stop.hidden = false;
    say("starting");
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 } } });
    } catch {
      end();
      say("refused");
      return;
    }
    frame.hidden = false;
    video.srcObject = stream;
    await video.play().catch(() => {});
    say("looking");
    look();
  });
  stop.addEventListener("click", () => { end(); say(""); });
  addEventListener("pagehide", end);

  file.addEventListener("change", async () => {
    const picture = file.files[0];
    file.value = "";
    if (!picture) return;
    end();
    try {
      const bitmap = await createImageBitmap(picture);
      if (!take(await readBarcodes(pixels(bitmap, bitmap.width, bitmap.height, 2 * LONGEST_SIDE), OPTIONS))) say("nothing");
    } catch {
      say("nothing");
    }
  });
}

/** What is seen, no larger than needed: a phone's whole picture would only take longer to read. */
function pixels(source, width, height, longest = LONGEST_SIDE) {
  const factor = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * factor));
  canvas.height = Math.max(1, Math.round(height * factor));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

upgrade(document);
document.addEventListener("banli:load", (event) => upgrade(event.detail.root));
