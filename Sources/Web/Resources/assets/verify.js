// Checks a receipt of the transparency log (C2SP tlog-proof) in the browser, without asking anybody, and says what it
// found in a sentence each. Also shows how far an export has come.
"use strict";

const isFrench = document.documentElement.lang === "fr";
const say = (english, french) => (isFrench ? french : english);
const bytesOf = (text) => new TextEncoder().encode(text);

class Unusable extends Error {}

function decodeBase64(text, what) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw new Unusable(what);
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function decodeNumber(text, what) {
  const number = Number(text);
  if (!/^(?:0|[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(number)) throw new Unusable(what);
  return number;
}

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) { whole.set(part, end); end += part.length; }
  return whole;
}

const equal = (one, other) => one.length === other.length && one.every((byte, index) => byte === other[index]);
const hash = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1);

// RFC 8785: JSON.stringify writes numbers and strings as it wants them, and sort() compares UTF-16 as it does.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

// C2SP signed-note: the text with its last newline, and the lines under it.
function parseNote(note) {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw new Unusable(say("It has no checkpoint.", "Il n'a pas de point de contrôle."));
  const signatures = note.slice(end + 2, -1).split("\n").map((line) => {
    const parts = /^— (\S+) (\S+)$/.exec(line);
    const bytes = decodeBase64(parts?.[2] ?? "*", say("A signature is unreadable.", "Une signature est illisible."));
    return { name: parts[1], id: bytes.slice(0, 4), bytes: bytes.slice(4) };
  });
  const text = note.slice(0, end + 1);
  const [origin, size, root] = text.split("\n");
  const unreadable = say("Its checkpoint is unreadable.", "Son point de contrôle est illisible.");
  return { text, signatures, origin, size: decodeNumber(size, unreadable), root: decodeBase64(root ?? "*", unreadable) };
}

function parseReceipt(text) {
  const lines = text.split("\n");
  const next = () => lines.shift() ?? "";
  if (next() !== "c2sp.org/tlog-proof@v1") {
    throw new Unusable(say("It is no proof of a log.", "Ce n'est pas la preuve d'un journal."));
  }
  const unreadable = say("It is unreadable.", "Il est illisible.");
  let line = next(), extra = null;
  if (line.startsWith("extra ")) {
    extra = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decodeBase64(line.slice(6), unreadable)));
    line = next();
  }
  if (!line.startsWith("index ")) throw new Unusable(unreadable);
  const index = decodeNumber(line.slice(6), unreadable);
  const proof = [];
  for (line = next(); line !== ""; line = next()) {
    if (proof.length === 63) throw new Unusable(unreadable);
    proof.push(decodeBase64(line, unreadable));
  }
  return { extra, index, proof, note: parseNote(lines.join("\n")) };
}

// C2SP signed-note, "Verifier keys": name+id+Base64 of the kind and the key.
async function parseKey(text) {
  const wrong = say(`This is no key: ${text}`, `Ceci n'est pas une clé : ${text}`);
  const parts = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text);
  const content = decodeBase64(parts?.[3] ?? "*", wrong);
  const id = (await hash(bytesOf(`${parts[1]}\n`), content)).slice(0, 4);
  const hex = [...id].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (content.length !== 33 || ![1, 4].includes(content[0]) || hex !== parts[2]) throw new Unusable(wrong);
  const key = await crypto.subtle.importKey("raw", content.slice(1), { name: "Ed25519" }, false, ["verify"]);
  return { text, name: parts[1], id, isWitness: content[0] === 4, key };
}

// RFC 9162, section 2.1.3.2. By division: shifts of JavaScript have 32 bits.
async function isIncluded(leaf, index, proof, size, root) {
  if (index >= size) return false;
  let node = leaf, position = index, last = size - 1;
  const rise = () => { position = Math.floor(position / 2); last = Math.floor(last / 2); };
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      node = await hash(NODE, sibling, node);
      while (position % 2 === 0 && position !== 0) rise();
    } else {
      node = await hash(NODE, node, sibling);
    }
    rise();
  }
  return last === 0 && equal(node, root);
}

async function checkInclusion(receipt, request, tell) {
  const { note, extra, index, proof } = receipt;
  const salt = /^[0-9a-f]{32}$/.test(extra?.salt ?? "") ? extra.salt.match(/../g).map((pair) => parseInt(pair, 16)) : null;
  if (!salt || typeof extra.record !== "object" || extra.record === null) {
    return tell("wrong", say("The record in the receipt can't be read.", "La consignation du reçu est illisible."));
  }
  const commitment = await hash(Uint8Array.from(salt), bytesOf(canonical(extra.record)));
  if (await isIncluded(await hash(LEAF, commitment), index, proof, note.size, note.root)) {
    tell("verified", say(
      `The record's commitment is entry ${index} of the log '${note.origin}', under its checkpoint of ${note.size} entries.`,
      `L'engagement de la consignation est l'entrée ${index} du journal « ${note.origin} », sous son point de contrôle de ${note.size} entrées.`));
  } else {
    tell("wrong", say(
      `The record isn't entry ${index} of the log '${note.origin}': the record, its salt, its index, the proof or the checkpoint was changed. Get the receipt again, and keep this one if that one is good.`,
      `La consignation n'est pas l'entrée ${index} du journal « ${note.origin} » : elle, son sel, son index, la preuve ou le point de contrôle a été changé. Reprenez le reçu, et gardez celui-ci si l'autre est bon.`));
  }
  if (extra.record.id === request) {
    tell("verified", say("The receipt is of the request on this page.", "Le reçu est celui de la requête de cette page."));
  } else {
    tell("wrong", say("The receipt is of another request than this page.", "Le reçu est celui d'une autre requête que cette page."));
  }
}

async function isSigned(signature, key, text) {
  const body = bytesOf(text);
  if (!key.isWitness) return { isValid: await crypto.subtle.verify("Ed25519", key.key, signature.bytes, body) };
  if (signature.bytes.length !== 72) return { isValid: false };
  const seconds = new DataView(signature.bytes.buffer).getBigUint64(0);
  const message = join(bytesOf(`cosignature/v1\ntime ${seconds}\n`), body);
  return { isValid: await crypto.subtle.verify("Ed25519", key.key, signature.bytes.slice(8), message), seconds };
}

async function checkSignatures(note, keys, tell) {
  let isByLog = false;
  for (const key of keys) {
    const signature = note.signatures.find((one) => one.name === key.name && equal(one.id, key.id));
    if (!signature) continue;
    const { isValid, seconds } = await isSigned(signature, key, note.text);
    if (!isValid) {
      tell("wrong", say(`The signature of '${key.name}' under the checkpoint is wrong.`,
        `La signature de « ${key.name} » sous le point de contrôle est fausse.`));
    } else if (key.isWitness) {
      const time = new Date(Number(seconds) * 1000).toISOString();
      tell("verified", say(
        `The witness '${key.name}' has seen this checkpoint at ${time}, by its own clock, after checking that the log had only grown.`,
        `Le témoin « ${key.name} » a vu ce point de contrôle à ${time}, selon sa propre horloge, après avoir vérifié que le journal n'avait fait que croître.`));
    } else if (key.name === note.origin) {
      isByLog = true;
      tell("verified", say(
        `The log's checkpoint of ${note.size} entries is signed by the key ${key.text}.`,
        `Le point de contrôle du journal, de ${note.size} entrées, est signé par la clé ${key.text}.`));
    }
  }
  if (!isByLog) {
    tell("wrong", say(
      "The log's checkpoint isn't signed by a key of the log that is given here. Ask the operator for the key that the log had at the time of the record.",
      "Le point de contrôle n'est signé par aucune clé du journal donnée ici. Demandez à l'exploitant la clé que le journal avait alors."));
  }
}

async function parseKeys(text, tell) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (lines.length === 0) {
    tell("unchecked", say("Who has signed the log's checkpoint, because no key was given.",
      "Qui a signé le point de contrôle du journal, car aucune clé n'est donnée."));
    return null;
  }
  try {
    return await Promise.all(lines.map(parseKey));
  } catch (error) {
    if (error instanceof Unusable) { tell("wrong", error.message); return null; }
    tell("unchecked", say(
      "Who has signed the log's checkpoint: this browser doesn't know Ed25519. Use the command below.",
      "Qui a signé le point de contrôle du journal : ce navigateur ne connaît pas Ed25519. Utilisez la commande ci-dessous."));
    return null;
  }
}

async function verify(part, tell) {
  if (!crypto.subtle) {
    return tell("unchecked", say(
      "Anything: browsers have cryptography only for pages that came over https or from the machine itself. Use the command below.",
      "Quoi que ce soit : les navigateurs n'ont de cryptographie que pour les pages venues par https ou de la machine même. Utilisez la commande ci-dessous."));
  }
  try {
    const receipt = parseReceipt(part.querySelector("[data-receipt]").value);
    await checkInclusion(receipt, part.dataset.request, tell);
    const keys = await parseKeys(part.querySelector("[data-keys]").value, tell);
    if (keys) await checkSignatures(receipt.note, keys, tell);
  } catch (error) {
    const reason = error instanceof Unusable ? error.message : "";
    tell("wrong", say(`The receipt can't be read. ${reason}`, `Le reçu est illisible. ${reason}`));
  }
}

const BADGES = {
  verified: ["completed", say("verified", "vérifié")], wrong: ["failed", say("WRONG", "FAUX")],
  unchecked: ["cancelled", say("not checked", "non vérifié")],
};

function addVerifier(part) {
  const list = part.querySelector("[data-findings]");
  part.hidden = false;
  part.querySelector("button").addEventListener("click", async () => {
    const items = [];
    await verify(part, (kind, sentence) => {
      const [badge, word] = BADGES[kind], item = document.createElement("li"), mark = document.createElement("span");
      mark.className = `badge ${badge}`;
      mark.textContent = word;
      item.dataset.kind = kind;
      item.append(mark, ` ${sentence}`);
      items.push(item);
    });
    list.replaceChildren(...items);
  });
}

// The file is put together here, so that a long one shows how far it is.
async function saveExport(form, progress) {
  const reply = await fetch(`${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`);
  if (!reply.ok) { form.submit(); return; }
  const parts = [], reader = reply.body.getReader();
  let bytes = 0, lines = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.length;
    for (const byte of value) if (byte === 10) lines += 1;
    progress.textContent = `${lines} ${form.dataset.words} · ${Math.ceil(bytes / 1024)} KiB …`;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "application/x-ndjson" }));
  link.download = /filename="([^"]+)"/.exec(reply.headers.get("content-disposition") ?? "")?.[1] ?? "ledger.ndjson";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  progress.textContent = `${lines} ${form.dataset.words} · ${Math.ceil(bytes / 1024)} KiB`;
}

document.addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll("[data-verify]")) addVerifier(part);
  for (const form of document.querySelectorAll("form[data-export]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const progress = document.querySelector("[data-progress]");
      saveExport(form, progress).catch((error) => { progress.textContent = String(error.message); });
    });
  }
});
