// Calls the gateway as a program would, and shows the answer as it comes, and what its headers say of its custody.
"use strict";

const inFrench = document.documentElement.lang === "fr";
const words = (english, french) => (inFrench ? french : english);

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-playground]");
  const answer = document.querySelector("[data-answer]");
  const facts = document.querySelector("[data-facts]");
  const problem = document.querySelector("[data-problem]");
  let stop = null;

  function clear() {
    stop?.abort();
    answer.textContent = "";
    facts.replaceChildren();
    problem.hidden = true;
  }

  function fail(text) {
    problem.textContent = text;
    problem.hidden = false;
  }

  function readFile(file) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(file);
    });
  }

  async function body() {
    const text = form.elements.text.value, file = form.elements.image.files[0];
    const content = file
      ? [{ type: "text", text }, { type: "image_url", image_url: { url: await readFile(file) } }]
      : text;
    return {
      model: form.elements.model.value, messages: [{ role: "user", content }],
      pii_substitution: form.elements.pii.checked,
    };
  }

  // One at a time: another one ends the one before.
  async function call(path, content) {
    clear();
    stop = new AbortController();
    const reply = await fetch(path, {
      method: "POST", signal: stop.signal, credentials: "omit",
      headers: { "authorization": `Bearer ${form.elements.key.value.trim()}`, "content-type": "application/json" },
      body: JSON.stringify(content),
    });
    showHeaders(reply);
    if (reply.ok) return reply;
    const said = await reply.json().catch(() => null);
    fail(`${reply.status}: ${said?.error?.message ?? reply.statusText}`);
    return null;
  }

  function showHeaders(reply) {
    const list = document.createElement("dl");
    list.className = "properties";
    for (const [name, value] of [...reply.headers].filter(([name]) => /^x-(ni|ratelimit)-/.test(name))) {
      const term = document.createElement("dt"), text = document.createElement("dd"), code = document.createElement("code");
      term.textContent = name;
      if (name === "x-ni-request-id") {
        const link = document.createElement("a");
        link.href = `/portal/requests/${encodeURIComponent(value)}`;
        link.textContent = value;
        code.append(link);
      } else {
        code.textContent = value;
      }
      text.append(code);
      list.append(term, text);
    }
    facts.replaceChildren(list);
  }

  async function showStream(reply) {
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith("data: ") || line.startsWith("data: [DONE]")) continue;
        const chunk = JSON.parse(line.slice(6));
        if (chunk.error) return fail(chunk.error.message);
        answer.append(chunk.choices?.[0]?.delta?.content ?? "");
      }
    }
  }

  async function send() {
    const content = await body();
    if (form.elements.stream.checked) content.stream = true;
    const reply = await call("/v1/chat/completions", content);
    if (!reply) return;
    if (content.stream) return showStream(reply);
    answer.textContent = (await reply.json()).choices?.[0]?.message?.content ?? "";
  }

  // Offsets count code points, and so does an array of a string.
  async function explain() {
    const reply = await call("/api/explain", { ...await body(), pii_substitution: true });
    if (!reply) return;
    const found = (await reply.json()).pii ?? {}, letters = [...form.elements.text.value];
    const spans = (found.entities ?? []).filter((one) => /^\/messages\/0\/content(\/0\/text)?$/.test(one.at));
    let end = 0;
    for (const span of spans.sort((one, other) => one.start - other.start)) {
      const mark = document.createElement("mark"), type = document.createElement("span");
      mark.textContent = letters.slice(span.start, span.end).join("");
      type.className = "aside";
      type.textContent = ` (${span.type})`;
      answer.append(letters.slice(end, span.start).join(""), mark, type);
      end = span.end;
    }
    answer.append(letters.slice(end).join(""));
    const note = document.createElement("p");
    const missed = (found.not_covered ?? []).join(", ");
    note.textContent = (spans.length === 0 ? words("Nothing would be replaced.", "Rien ne serait remplacé.") : "")
      + (missed ? words(` Not looked through: ${missed}.`, ` Non examiné : ${missed}.`) : "");
    facts.append(note);
  }

  const run = (work) => work().catch((error) => { if (error.name !== "AbortError") fail(error.message); });
  form.addEventListener("submit", (event) => { event.preventDefault(); run(send); });
  form.querySelector("[data-explain]").addEventListener("click", () => {
    if (form.reportValidity()) run(explain);
  });
});
