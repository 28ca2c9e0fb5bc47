// The console's only script of its own: the keyboard, and what htmx leaves to us. Pages work without it.
"use strict";

// ---- every partial request carries the token of the session
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf"]');
  if (token) event.detail.headers["X-CSRF-Token"] = token.content;
});

// a refusal or a field that is wrong comes as a part of the page, so it is shown, never swallowed
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400 && event.detail.xhr.status < 600) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:sendError", () => announce(document.body.dataset.offline || "No connection: nothing was sent"));

// after a send or a save, focus goes to what it became; a form that comes into a dialog has it in its first field
document.addEventListener("htmx:afterSettle", (event) => {
  const told = event.target.querySelector ? event.target.querySelector("[data-focus]") : null;
  const first = told || event.target.querySelector && event.target.closest("dialog[open]") && firstField(event.target);
  if (first) first.focus();
  markBusy(null);
});

function firstField(root) {
  return root.querySelector("form :is(input:not([type=hidden]), select, textarea, button)");
}

document.addEventListener("submit", (event) => markBusy(event.submitter));

let busy = null;
function markBusy(button) {
  if (busy) busy.removeAttribute("aria-busy");
  busy = button;
  if (busy) busy.setAttribute("aria-busy", "true");
}

function announce(text) {
  const place = document.getElementById("toast");
  if (place) place.textContent = text;
}

// ---- drafts: what somebody typed survives an expired session and a reload of the page
const DRAFT = "draft:";
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form && event.target.name && event.target.type !== "password") {
    sessionStorage.setItem(DRAFT + form.dataset.draft, JSON.stringify(Object.fromEntries(typed(form))));
  }
});
function typed(form) {
  return Array.from(form.elements)
    .filter((field) => field.matches("textarea, input[type=text], input[type=date], input[type=time], input[type=number], select"))
    .map((field) => [field.name, field.value]);
}
function restoreDrafts(root) {
  root.querySelectorAll("form[data-draft]").forEach((form) => {
    const kept = sessionStorage.getItem(DRAFT + form.dataset.draft);
    if (!kept) return;
    Object.entries(JSON.parse(kept)).forEach(([name, value]) => {
      const field = form.elements.namedItem(name);
      if (field && "value" in field && !field.value && value) field.value = value;
    });
  });
}
document.addEventListener("draft-kept", (event) => sessionStorage.removeItem(DRAFT + event.detail.value));

// ---- keyboard: single keys only outside fields, and only where the reader wants them
function isTyping(target) {
  return target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}
function visible(selector) {
  return Array.from(document.querySelectorAll(selector)).find((node) => node.offsetParent !== null);
}
function press(node) {
  if (!node) return false;
  node.focus();
  if (!node.matches("input, select, textarea")) node.click();
  return true;
}
function rows() {
  return Array.from(document.querySelectorAll("[data-row] a[href]:first-of-type, a[data-row]"));
}
function move(step) {
  const all = rows();
  const at = all.indexOf(document.activeElement.closest("a"));
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
  if (next) next.focus();
  return Boolean(next);
}
function choose(number) {
  // while a call runs, numbers say how it ended
  const ending = document.querySelector("[data-number-keys]");
  const points = ending ? ending.querySelectorAll('input[type="radio"]') : document.querySelectorAll('input[type="radio"][name="contact_point"]');
  const point = points[number - 1];
  if (!point) return false;
  point.focus();
  point.click();
  return true;
}
function openWhy() {
  const details = visible("details.why");
  if (!details) return false;
  details.open = !details.open;
  details.querySelector("summary").focus();
  return true;
}
const ACTIONS = {
  "/": () => press(document.querySelector('.search input[name="q"]')),
  "?": () => press(document.querySelector("[data-all-keys]")),
  w: openWhy,
  j: () => press(visible('a[aria-keyshortcuts~="j"]')) || move(1),
  k: () => press(visible('a[aria-keyshortcuts~="k"]')) || move(-1),
};
let goes = false;
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return saveForm(event);
  if (event.key === "Escape") return leave(event);
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return undefined;
  // a key means what is in front: behind an open dialog nothing is chosen, opened or left
  if (document.body.dataset.keys !== "on" || document.querySelector("dialog[open]")) return undefined;
  if (act(event.key)) event.preventDefault();
  return undefined;
});
function act(key) {
  if (goes) {
    goes = false;
    return press(document.querySelector(`[data-go="${CSS.escape(key)}"]`));
  }
  if (key === "g") {
    goes = true;
    setTimeout(() => { goes = false; }, 1500);
    return true;
  }
  if (key >= "1" && key <= "9" && choose(Number(key))) return true;
  const marked = visible(`[aria-keyshortcuts~="${CSS.escape(key)}"]:not(input:not([data-key-field]))`);
  if (ACTIONS[key]) return ACTIONS[key]();
  return key.length === 1 && press(marked);
}
function saveForm(event) {
  // never the form behind an open dialog: that would send a text where a stop was about to be recorded
  const form = event.target.closest("form") || document.querySelector("dialog[open] form, body:not(:has(dialog[open])) form[data-main]");
  const button = form && form.querySelector('button[type="submit"]:not([aria-disabled="true"]), button:not([type])');
  if (button) {
    event.preventDefault();
    // a click, so that htmx sees which button it was and where that one leads
    button.click();
  }
}
function leave(event) {
  const open = document.querySelector("dialog[open]");
  if (open) return open.close();
  if (isTyping(event.target)) event.target.blur();
  return undefined;
}

// ---- dialogs and choices that change the page
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    const menu = opener.closest("[popover]");
    if (menu) menu.hidePopover();
    // what it showed before must be neither read nor saved while the new form is on its way
    const place = dialog && opener.getAttribute("hx-target") && dialog.querySelector(opener.getAttribute("hx-target"));
    if (place) place.replaceChildren();
    if (dialog) dialog.showModal();
  }
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog").close();
});
document.addEventListener("record-done", () => document.querySelectorAll("dialog[open]").forEach((one) => one.close()));
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});
// ---- days: browsers write them in an order of their own, so the chosen one is written out in the reader's language
function sayDay(field) {
  const place = document.querySelector(`output[data-day-of="${CSS.escape(field.id)}"]`);
  if (!place) return;
  if (!place.dataset.empty) place.dataset.empty = place.textContent;
  place.textContent = field.value ? inWords(field.value) : place.dataset.empty;
}
function inWords(day) {
  const at = new Date(day + "T00:00:00Z");
  const part = (locale, form) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...form }).format(at);
  if (document.documentElement.lang === "zh") return `${day} ${part("zh-CN", { weekday: "short" })}`;
  return `${part("en-GB", { weekday: "short" })} ${part("en-GB", { day: "numeric", month: "short", year: "numeric" })}`;
}
function sayDays(root) {
  root.querySelectorAll("input[type=date]").forEach(sayDay);
}
document.addEventListener("input", (event) => { if (event.target.matches("input[type=date]")) sayDay(event.target); });

restoreDrafts(document);
sayDays(document);
document.addEventListener("htmx:load", (event) => {
  restoreDrafts(event.target);
  sayDays(event.target);
});
