// What makes the pages handier where scripts run. Each page does without.
"use strict";

const root = document.documentElement;
const kept = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
// Before anything is shown: a page would be seen in the other scheme first.
if (kept === "light" || kept === "dark") root.dataset.theme = kept;

const isDark = () =>
  root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

function addThemeSwitch() {
  const place = document.querySelector("[data-theme-label]");
  if (!place) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "theme";
  button.textContent = place.dataset.themeLabel;
  button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    root.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
    try { localStorage.setItem("theme", theme); } catch { /* The choice then holds for this page. */ }
  });
  place.append(button);
}

function copyButton(text, label, done) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = label;
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text()); } catch { return; }
    button.textContent = done;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
  return button;
}

function addCopyButtons() {
  // Browsers have a clipboard for pages that came over TLS or from the machine itself.
  if (!navigator.clipboard) return;
  const { copyLabel = "Copy", copiedLabel = "Copied" } = document.body.dataset;
  for (const block of document.querySelectorAll("main pre")) {
    const frame = document.createElement("div");
    frame.className = "copyable";
    block.replaceWith(frame);
    frame.append(block, copyButton(() => block.textContent, copyLabel, copiedLabel));
  }
  for (const code of document.querySelectorAll("code[data-copy]")) {
    code.after(" ", copyButton(() => code.textContent, copyLabel, copiedLabel));
  }
}

// A form of filters takes effect at once. The page comes from the server all the same.
function sendFilters() {
  for (const form of document.querySelectorAll("form[data-instant]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
}

// Told before it is sent: the gateway would break off in the middle of a larger one.
function weighFiles() {
  for (const input of document.querySelectorAll("input[data-most-bytes]")) {
    input.addEventListener("change", () => {
      const size = input.files[0]?.size ?? 0;
      input.setCustomValidity(size > Number(input.dataset.mostBytes) ? input.dataset.tooLarge : "");
      input.reportValidity();
    });
  }
}

document.addEventListener("DOMContentLoaded", () => {
  addThemeSwitch();
  addCopyButtons();
  sendFilters();
  weighFiles();
});
