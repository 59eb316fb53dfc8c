// A signature drawn with finger, pen or mouse, sent as a PNG data URL in the hidden field of its name. Who cannot draw
// here signs on paper: the box below says so, where there is one. Strokes stay when the phone is turned. What came with a
// form that was refused is shown and sent again, until somebody draws, or wipes it.

import SignaturePad from "../vendor/signature_pad/signature_pad.min.js";
import { say } from "./sentences.js";

const seen = new WeakSet();

export function upgrade(root) {
  for (const box of root.querySelectorAll("[data-signature]")) {
    if (seen.has(box)) continue;
    seen.add(box);
    begin(box);
  }
}

function begin(box) {
  const frame = box.querySelector("[data-pad]"), canvas = frame.querySelector("canvas");
  const sent = box.querySelector('input[type="hidden"]'), paper = box.querySelector("[data-paper]");
  const pad = new SignaturePad(canvas, { minWidth: 0.9, maxWidth: 2.8, penColor: "#14201c", throttle: 8 });
  const onPaper = () => Boolean(paper?.checked);
  let drawnAt = { width: 0, height: 0 };

  const tell = () => {
    const empty = pad.isEmpty() || onPaper();
    box.querySelector("[data-drawn]")?.remove();
    sent.value = empty ? "" : pad.toDataURL("image/png");
    frame.toggleAttribute("data-inked", !pad.isEmpty());
    box.classList.toggle("on-paper", onPaper());
    box.querySelector("[data-signed]").textContent = say(empty ? "not-signed" : "signed");
    sent.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const fit = () => {
    const { width, height } = canvas.getBoundingClientRect();
    if (!width || !height || (width === drawnAt.width && height === drawnAt.height)) return;
    const strokes = scaled(pad.toData(), drawnAt.width ? width / drawnAt.width : 1, drawnAt.height ? height / drawnAt.height : 1);
    const sharp = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = Math.round(width * sharp);
    canvas.height = Math.round(height * sharp);
    canvas.getContext("2d").scale(sharp, sharp);
    drawnAt = { width, height };
    pad.fromData(strokes);
    if (strokes.length) tell();
  };

  pad.addEventListener("endStroke", tell);
  box.querySelector("[data-clear]").addEventListener("click", () => { pad.clear(); tell(); });
  box.querySelector("[data-undo]").addEventListener("click", () => { pad.fromData(pad.toData().slice(0, -1)); tell(); });
  paper?.addEventListener("change", tell);
  new ResizeObserver(fit).observe(canvas);
  fit();
  box.classList.toggle("on-paper", onPaper());
  if (sent.value) box.querySelector("[data-signed]").textContent = say("signed");
}

/** The strokes in a frame of another size: one factor, so that the hand stays recognisable, and nothing falls outside. */
function scaled(strokes, across, down) {
  const factor = Math.min(across, down);
  if (factor === 1) return strokes;
  return strokes.map((stroke) => ({ ...stroke, points: stroke.points.map((point) => ({ ...point, x: point.x * factor, y: point.y * factor })) }));
}
