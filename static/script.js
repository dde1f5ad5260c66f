"use strict";

// Sign-in and the end of a session.
//
// A page that waits for a sign-in in a window of its own goes on by sending its form. In another site's frame it needs
// the window's code, which comes from our own origin or not at all; elsewhere it is enough to hear that it is done.
(() => {
  const waiting = document.querySelector("form[data-waits]");
  const done = document.querySelector("[data-signed-in]");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("protime-admin") : null;
  if (waiting?.dataset.waits === "window" && channel) {
    channel.onmessage = () => waiting.submit();
  }
  if (waiting?.dataset.waits === "code") {
    addEventListener("message", (event) => {
      if (event.origin !== location.origin || typeof event.data?.signedIn !== "string") return;
      waiting.elements.code.value = event.data.signedIn;
      waiting.submit();
    });
  }
  if (done) {
    const code = done.dataset.signedIn;
    if (!code) channel?.postMessage("signed in");
    if (code && opener) opener.postMessage({ signedIn: code }, location.origin);
    if (!code || opener) close();
  }
})();

// Before a session ends the page says so, and offers to stay. The text of what is typed is safe either way.
(() => {
  const say = document.body.dataset;
  if (!say.ends) return;
  let ends = Date.now() + say.ends * 1000;
  const note = document.createElement("div");
  const text = document.createElement("p");
  const stay = document.createElement("button");
  note.className = "note warn ending";
  text.setAttribute("role", "status");
  stay.type = "button";
  stay.textContent = say.stay;
  note.hidden = true;
  note.append(text, stay);
  document.querySelector("main").before(note);

  let timer = 0;
  const wake = (ms) => { timer = setTimeout(tick, ms); };
  const tick = () => {
    clearTimeout(timer);
    const left = Math.round((ends - Date.now()) / 1000);
    if (left > say.warn) {
      note.hidden = true;
      wake(Math.min((left - say.warn) * 1000, 60000)); // a machine that slept wakes up late
      return;
    }
    if (note.hidden) {
      stay.hidden = note.hidden = false;
      wake(100); // a region that was not there yet is not read out
      return;
    }
    if (left <= 0) {
      text.textContent = say.over;
      stay.hidden = true;
      return;
    }
    // Every half minute: a reader that says every second helps nobody.
    const shown = Math.ceil(left / 30) * 30;
    const time = `${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}`;
    text.textContent = say.ending.replace("{time}", time);
    wake((left - shown + 30) * 1000);
  };

  stay.onclick = async () => {
    try {
      const answer = await fetch(say.extend, { method: "POST", headers: { Accept: "application/json" } });
      if (answer.status === 401) ends = 0;
      if (answer.ok) {
        const { seconds } = await answer.json();
        stay.hidden = Date.now() + seconds * 1000 < ends + 5000; // the last limit of all: nothing moves it
        ends = Date.now() + seconds * 1000;
      }
    } catch {
      return; // no network: the offer stands
    }
    tick();
  };
  tick();
})();

// Forms: every page works without what follows. It spares keystrokes and warns; the server decides.
document.documentElement.classList.add("js");

// The icon comes with the script, in time before it is fetched: as a file it is one more request of every first visit.
document.querySelector("link[rel=icon]").href = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0a5aa8"/>' +
  '<path d="M16 6.5a9.5 9.5 0 1 0 .01 0M16 10.5V16l4 2.6" fill="none" stroke="#fff" stroke-width="2.6"/></svg>')}`;

// Unsaved work: the save bar names what changed, and leaving asks first, as long as there is something to lose.
(() => {
  const form = document.querySelector("form[data-guard]");
  if (!form) return;
  const bar = form.querySelector("output[data-changed]");
  let sending = false;

  const changed = (input) => {
    if (!input.name || input.type === "hidden" || input.localName === "button") return false;
    if (input.type === "radio" || input.type === "checkbox") return input.checked !== input.defaultChecked;
    if (input.options) {
      // Without a selected option in the page the first one is shown.
      const options = [...input.options];
      const opened = options.find((option) => option.defaultSelected) ?? options[0];
      return input.selectedOptions[0] !== opened;
    }
    return input.value !== input.defaultValue;
  };
  const nameOf = (input) => {
    const label = input.closest(".field")?.querySelector("label, .label");
    return label?.firstChild.textContent.trim() ?? "";
  };
  const show = () => {
    const names = new Set([...form.elements].filter(changed).map(nameOf));
    names.delete("");
    if (bar) bar.textContent = names.size ? `${bar.dataset.changed} ${[...names].join(", ")}` : "";
  };
  const dirty = () => !sending && ("typed" in form.dataset || [...form.elements].some(changed));

  form.addEventListener("input", show);
  form.addEventListener("change", show);
  form.addEventListener("submit", () => { sending = true; });
  addEventListener("beforeunload", (event) => { if (dirty()) event.preventDefault(); });
  addEventListener("pageshow", () => { sending = false; show(); });
})();

// Fields of one kind of record are shown with that kind. One with a problem stays, whatever the kind.
for (const part of document.querySelectorAll("[data-when]")) {
  const rules = part.dataset.when.split(";").map((rule) => rule.split("="));
  const form = part.closest("form");
  const show = () => {
    part.hidden = !part.querySelector("[aria-invalid=true]") && rules.some(([name, values]) => {
      const input = form.elements[name];
      return input && !values.split(",").includes(input.value);
    });
  };
  for (const [name] of rules) form.elements[name]?.addEventListener?.("change", show);
  addEventListener("pageshow", show);
  show();
}

// Times: the arrows step by a minute, with Shift by a quarter, Page Up and Page Down by an hour, over midnight into the
// day beside it. What is typed is written out on leaving, where the server would read it in just that way.
for (const input of document.querySelectorAll("input[data-clock]")) {
  const day = input.parentElement.querySelector("select");
  const read = () => {
    const typed = input.value.trim().toLowerCase();
    const found = /^(\d{1,2})(\d\d)?$/.exec(typed.padStart(typed.length === 3 ? 4 : 0, "0")) ??
      /^(\d{1,2})\s*[:.,;]\s*(\d\d)(?:\s*[hu]\.?)?$/.exec(typed) ?? /^(\d{1,2})\s*[hu]\.?\s*(\d\d)?$/.exec(typed);
    const [hours, minutes] = found ? [Number(found[1]), Number(found[2] ?? 0)] : [99, 0];
    return minutes < 60 && hours * 60 + minutes <= 1440 ? hours * 60 + minutes : null;
  };
  const write = (minutes) => {
    input.value = [minutes / 60, minutes % 60].map((n) => String(Math.floor(n)).padStart(2, "0")).join(":");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  input.addEventListener("blur", () => { if (read() !== null) write(read()); });
  input.addEventListener("keydown", (event) => {
    const hour = { PageUp: 60, PageDown: -60 }[event.key];
    const step = hour ?? { ArrowUp: 1, ArrowDown: -1 }[event.key] * (event.shiftKey ? 15 : 1);
    if (!step || read() === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    let minutes = read() + step;
    const over = Math.floor(minutes / 1440);
    if (over) {
      const option = day && [...day.options].find((each) => each.value === String(Number(day.value || 0) + over));
      if (!option) return;
      option.selected = true;
      minutes -= over * 1440;
    }
    write(minutes);
  });
}

// Dates: the reading below an input follows what is chosen, so that it never names another day.
for (const input of document.querySelectorAll("input[type=date][aria-describedby]")) {
  const hint = document.getElementById(`${input.id}-hint`);
  if (!hint?.textContent.includes(input.defaultValue.slice(0, 4) || "-")) continue;
  const opened = hint.textContent;
  const { lang } = document.documentElement;
  const form = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  const words = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, form);
  input.addEventListener("input", () => {
    const day = input.valueAsDate;
    if (!day || input.value === input.defaultValue) {
      hint.textContent = day ? opened : "";
      return;
    }
    const thursday = new Date(day);
    thursday.setUTCDate(day.getUTCDate() + 3 - (day.getUTCDay() + 6) % 7);
    const week = Math.floor((thursday - Date.UTC(thursday.getUTCFullYear(), 0)) / 6048e5) + 1;
    hint.textContent = words.format(day).replace(",", "") + opened.slice(opened.lastIndexOf(",")).replace(/\d+$/, week);
  });
}

// Pickers: an input that shows what matches while one types, after the combobox pattern of the ARIA practices. Enter
// chooses only while something in the open list is marked; everywhere else it saves.
for (const input of document.querySelectorAll("input[data-picker]")) {
  const name = input.name.replace(/~find$/, "");
  const id = input.form.elements[name];
  const was = input.form.elements[`${name}~was`];
  const words = document.getElementById("hits");
  const several = "several" in input.dataset;
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.role = "listbox";
  list.hidden = true;
  list.ariaLabel = input.labels[0]?.firstChild.textContent.trim();
  input.after(list);
  input.role = "combobox";
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.ariaExpanded = "false";

  // Several records stand in one input with commas between: those before the last comma are chosen already.
  const chosen = new Map(several && id.value ? was.value.split(", ").map((text, i) => [text, id.value.split(",")[i]]) : []);
  let timer = 0, asked = 0, at = -1;

  const mark = (index) => {
    const options = [...list.children];
    at = (index + options.length) % options.length;
    options.forEach((option, i) => { option.ariaSelected = String(i === at); });
    input.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    clearTimeout(timer);
    asked++;
    at = -1;
    list.hidden = true;
    input.ariaExpanded = "false";
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (hit) => {
    const text = hit.detail && !several ? `${hit.label} · ${hit.detail}` : hit.label;
    const names = several ? input.value.split(",").slice(0, -1).map((each) => each.trim()).filter((each) => chosen.has(each)) : [];
    chosen.set(text, hit.id);
    names.push(text);
    id.value = several ? names.map((each) => chosen.get(each)).join(",") : hit.id;
    input.value = was.value = names.join(", ");
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(timer);
  };
  const draw = (hits) => {
    list.replaceChildren(...hits.map((hit, i) => {
      const option = document.createElement("li");
      const detail = document.createElement("span");
      option.id = `${list.id}-${i}`;
      option.role = "option";
      option.ariaSelected = "false";
      detail.className = "soft";
      detail.textContent = hit.detail ?? "";
      option.append(hit.label, " ", detail);
      option.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the input's focus
      option.addEventListener("click", () => choose(hit));
      option.hit = hit;
      return option;
    }));
    at = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !hits.length;
    input.ariaExpanded = String(!!hits.length);
    if (words) {
      const say = words.dataset;
      words.textContent = (hits.length > 1 ? say.some : hits.length ? say.one : say.none).replace("{count}", hits.length);
    }
    if (hits.length) list.scrollIntoView({ block: "nearest" });
  };
  const ask = async (all) => {
    const text = all ? "" : (several ? input.value.split(",").pop() : input.value).trim();
    const mine = ++asked;
    if (!text && !all || text.startsWith("@")) return close();
    try {
      const answer = await fetch(`${input.dataset.picker}&q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
      const hits = answer.ok && !answer.redirected ? await answer.json() : [];
      if (mine === asked && input === document.activeElement) draw(hits);
    } catch {
      close(); // the server looks it up when the form is sent
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150, false);
  });
  // Opened without a word, a picker of few records shows them all; who looks for a person has to type.
  const untouched = () => !several && (!input.value || input.value === was.value);
  input.addEventListener("click", () => { if (list.hidden && untouched()) ask(true); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const down = event.key === "ArrowDown", up = event.key === "ArrowUp";
    if (list.hidden) {
      if (down && (event.altKey || !input.value || input.value !== was.value)) ask(untouched());
      return;
    }
    if (down || up) mark(at < 0 && up ? -1 : at + (down ? 1 : -1));
    else if (event.key === "Enter" && at >= 0) choose(list.children[at].hit);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}

// One press is one request, which the server sees to; here the second press of a double click is swallowed and the
// form shows that it is on its way.
for (const form of document.querySelectorAll("form[method=post]")) {
  let sent = 0;
  form.addEventListener("submit", (event) => {
    if (Date.now() - sent < 2000) return event.preventDefault();
    sent = Date.now();
    form.ariaBusy = "true";
  });
  addEventListener("pageshow", () => {
    sent = 0;
    form.removeAttribute("aria-busy");
  });
}

// A table that fits its sheet needs no scrolling of its own: then its header can stay in sight.
(() => {
  const fit = new ResizeObserver((seen) => {
    for (const { target } of seen) {
      target.classList.toggle("fits", target.querySelector("table").offsetWidth <= target.clientWidth);
    }
  });
  for (const sheet of document.querySelectorAll(".sheet:has(> table)")) fit.observe(sheet);
})();

// Escape leaves a page that asks a question, and folds the menu in.
(() => {
  const menu = document.querySelector("details.me");
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (menu?.open) {
      menu.open = false;
      menu.firstElementChild.focus();
    } else if (!event.target.closest("input, select, textarea")) document.querySelector("[data-escape]")?.click();
  });
  addEventListener("click", (event) => { if (menu && !menu.contains(event.target)) menu.open = false; });

  // A summary of problems may have lost its focus to a page that came back from another one.
  const summary = document.querySelector("main [autofocus]");
  if (summary && document.activeElement === document.body) summary.focus();
})();
