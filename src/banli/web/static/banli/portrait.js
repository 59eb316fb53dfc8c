// A one-inch photograph: from a file or this machine's camera, moved and enlarged under a frame of 25 x 35 mm, and
// sent as it stands there. Mouse, finger or keyboard: arrows move, + and - enlarge. Without this script the file is
// sent whole and the server cuts it.

import { say } from "./sentences.js";

const WIDTH = 295, HEIGHT = 413, STEP = 8, CLOSER = 1.08, CLOSEST = 5, QUALITY = 0.93, REST = 150;
const PHOTO = /^image\/(jpeg|png|webp)$/;
const seen = new WeakSet();

export function upgrade(root) {
  for (const box of root.querySelectorAll("[data-portrait]")) {
    if (seen.has(box)) continue;
    seen.add(box);
    begin(box);
  }
}

function begin(box) {
  const part = (name) => box.querySelector(`[data-portrait-${name}]`);
  const input = box.querySelector('input[type="file"]'), canvas = part("canvas"), zoom = part("zoom");
  const pen = canvas.getContext("2d"), camera = part("camera"), shoot = part("shoot"), video = part("video");
  let picture = null, place = { x: 0, y: 0, scale: 1 }, least = 1, waiting = 0, stream = null, own = null;

  const draw = () => {
    place.scale = Math.min(Math.max(place.scale, least), least * CLOSEST);
    place.x = Math.min(0, Math.max(place.x, WIDTH - picture.width * place.scale));
    place.y = Math.min(0, Math.max(place.y, HEIGHT - picture.height * place.scale));
    pen.imageSmoothingQuality = "high";
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    pen.drawImage(picture, place.x, place.y, picture.width * place.scale, picture.height * place.scale);
    zoom.value = place.scale / least;
    clearTimeout(waiting);
    box.toggleAttribute("data-busy", true);
    waiting = setTimeout(keep, REST);
  };

  const keep = () => canvas.toBlob((blob) => {
    if (!blob) return;
    own = new File([blob], "portrait.jpg", { type: "image/jpeg" });
    const carrier = new DataTransfer();
    carrier.items.add(own);
    input.files = carrier.files;
    box.removeAttribute("data-busy");
  }, "image/jpeg", QUALITY);

  /** Larger or smaller around the middle of the frame. */
  const enlarge = (scale) => {
    const held = Math.min(Math.max(scale, least), least * CLOSEST), by = held / place.scale;
    place = { scale: held, x: WIDTH / 2 - (WIDTH / 2 - place.x) * by, y: HEIGHT / 2 - (HEIGHT / 2 - place.y) * by };
    draw();
  };

  const show = (found) => {
    picture = found;
    least = Math.max(WIDTH / picture.width, HEIGHT / picture.height);
    place = { scale: least, x: (WIDTH - picture.width * least) / 2, y: (HEIGHT - picture.height * least) / 2 };
    part("crop").hidden = false;
    if (part("stored")) part("stored").hidden = true;
    part("name").textContent = say("portrait-frame");
    draw();
  };

  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file || file === own) return;
    const found = PHOTO.test(file.type) && await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
    if (found) return show(found);
    part("crop").hidden = true;
    part("name").textContent = file.name;
  });

  zoom.addEventListener("input", () => picture && enlarge(least * Number(zoom.value)));
  canvas.addEventListener("keydown", (event) => {
    const [across, down] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] ?? [0, 0];
    if (!picture || !(across || down || "+=-".includes(event.key))) return;
    event.preventDefault();
    if (!across && !down) return enlarge(event.key === "-" ? place.scale / CLOSER : place.scale * CLOSER);
    place = { ...place, x: place.x + across, y: place.y + down };
    draw();
  });
  canvas.addEventListener("pointerdown", (event) => { if (picture) canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!picture || !canvas.hasPointerCapture(event.pointerId)) return;
    const drawn = WIDTH / canvas.getBoundingClientRect().width;
    place = { ...place, x: place.x + event.movementX * drawn, y: place.y + event.movementY * drawn };
    draw();
  });

  const end = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = video.srcObject = null;
    video.hidden = shoot.hidden = true;
    camera.hidden = !navigator.mediaDevices?.getUserMedia;
  };
  camera.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "user", height: { ideal: 1080 } } });
    } catch {
      part("name").textContent = say("no-camera");
      return;
    }
    camera.hidden = true;
    video.hidden = shoot.hidden = false;
    video.srcObject = stream;
    await video.play().catch(() => {});
    shoot.focus();
  });
  shoot.addEventListener("click", async () => {
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const found = await createImageBitmap(video);
    end();
    show(found);
    canvas.focus();
  });
  addEventListener("pagehide", end);
  end();
}
