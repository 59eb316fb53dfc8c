// The pass in a QR code, read as the house reads it (papers/passes.py), and its signature.

const SIGNED = 22, SIGNATURE = 64, VERSION = 1, LONGEST = 600;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LENGTH = Math.ceil((SIGNED + SIGNATURE) * 8 / 5);
const SHAPE = new RegExp(`(?:^|/G/)([A-Z2-7]{${LENGTH}})/?$`);

/** What a scanned text says of itself; null for what is no pass. */
export function read(text) {
  if (text.length > LONGEST) return null;
  const token = SHAPE.exec(text.normalize("NFKC").toUpperCase().replaceAll("、", "/").replace(/\s+/g, ""))?.[1];
  const bytes = token && decode(token);
  if (!bytes || bytes[0] !== VERSION) return null;
  const number = (from, to) => bytes.slice(from, to).reduce((sum, byte) => sum * 256 + byte, 0);
  return {
    token, key: bytes[1], estate: number(2, 6), paper: number(6, 12), until: number(12, 16) * 60,
    signed: bytes.slice(0, SIGNED), signature: bytes.slice(SIGNED),
  };
}

/** `good`, `forged`, `no_key` where the phone has no such key, `unable` where the browser cannot tell. */
export async function verify(claims, keys) {
  const raw = keys[claims.key];
  if (!raw) return "no_key";
  try {
    const bytes = Uint8Array.from(atob(raw), (sign) => sign.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", bytes, { name: "Ed25519" }, false, ["verify"]);
    return (await crypto.subtle.verify({ name: "Ed25519" }, key, claims.signature, claims.signed)) ? "good" : "forged";
  } catch {
    return "unable";
  }
}

/** As the list names a pass, so that nobody can make the pass out of the list. */
export async function fingerprint(token) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
  return btoa(String.fromCharCode(...digest.slice(0, 12))).replaceAll("+", "-").replaceAll("/", "_");
}

/** Base32 without padding; null where the bits that are left over say something: each pass has one spelling. */
function decode(token) {
  const bytes = new Uint8Array(SIGNED + SIGNATURE);
  let bits = 0, held = 0, at = 0;
  for (const letter of token) {
    held = ((held << 5) | LETTERS.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
    held &= (1 << bits) - 1;
  }
  return held === 0 ? bytes : null;
}
