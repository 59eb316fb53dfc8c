// A chosen photograph is shown before it is sent, and made smaller where a phone's camera makes it needlessly large.

import { say } from "./sentences.js";

const LARGE = 1.5e6, LONGEST = 2000, QUALITY = 0.86;
const PHOTO = /^image\/(jpeg|png|webp)$/;

export function upgrade() {}

export function start() {
  document.addEventListener("change", (event) => {
    const box = event.target.closest?.("[data-upload]");
    if (box && event.target.type === "file") show(box, event.target);
  });
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => event.target.closest?.("[data-upload]")?.classList.toggle("over", over));
  }
}

async function show(box, input) {
  const preview = box.querySelector("[data-preview]"), name = box.querySelector("[data-upload-name]");
  const chosen = [...input.files], first = chosen[0];
  if (preview.src.startsWith("blob:")) URL.revokeObjectURL(preview.src);
  preview.hidden = !first || !PHOTO.test(first.type);
  if (!first) return;
  const named = (files) => files.map((file) => file.name).join("、");
  name.textContent = named(chosen);
  if (!PHOTO.test(first.type)) return;
  const smaller = [];
  for (const file of chosen) smaller.push(await lighter(file));
  if (input.files[0] !== first) return;
  if (smaller.some((file, place) => file !== chosen[place])) {
    const carrier = new DataTransfer();
    for (const file of smaller) carrier.items.add(file);
    input.files = carrier.files;
    const size = smaller.reduce((sum, file) => sum + file.size, 0);
    name.textContent = `${named(smaller)} · ${say("shrunk", { size: `${(size / 1e6).toFixed(1)} MB` })}`;
  }
  preview.src = URL.createObjectURL(smaller[0]);
}

/** The file, or a smaller copy of a photograph that is needlessly large. */
async function lighter(file) {
  if (!PHOTO.test(file.type) || file.size <= LARGE) return file;
  const smaller = await shrink(file);
  return smaller && smaller.size < file.size ? smaller : file;
}

/** The photograph with its longer side at most LONGEST, as JPEG; null where the browser cannot read it. */
async function shrink(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const factor = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * factor);
    canvas.height = Math.round(picture.height * factor);
    const paper = canvas.getContext("2d");
    paper.fillStyle = "white"; // what is transparent would be black as JPEG
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob && new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return null;
  }
}
