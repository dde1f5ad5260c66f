// Times: the arrows step by a minute, with Shift by a quarter, Page Up and Page Down by an hour, over midnight into the
// next or previous day. What was typed is written as hh:mm on leaving the input, where the server reads it that way too.
const keepTime = (input) => {
  const day = input.form?.elements[`${input.name}.day`];
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
  // Typing replaces the time. One that somebody has begun to type stays.
  const select = () => { if (input.value === input.defaultValue) input.select(); };
  input.addEventListener("focus", select);
  if (input === document.activeElement) select();
  // The line of the day drawn beside the form follows what is typed.
  const drawing = input.id && document.querySelector(`[data-moves="${input.id}"]`);
  const move = () => {
    const minutes = read() === null ? NaN : read() + 1440 * (day?.value || 0);
    const { from, to } = drawing.dataset;
    const inside = minutes >= from && minutes <= to;
    const svg = drawing.querySelector(".drawn:not(.hours)");
    const line = svg.querySelector(".new") ?? svg.appendChild(document.createElementNS(svg.namespaceURI, "line"));
    const place = `${(minutes - from) / (to - from) * 100}%`;
    const at = { class: "new", x1: place, x2: place, y1: 1, y2: 35 };
    if (inside) for (const name in at) line.setAttribute(name, at[name]);
    line.style.visibility = inside ? "" : "hidden";
  };
  if (drawing) {
    input.addEventListener("input", move);
    day?.addEventListener("change", move);
  }
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
      const fold = day.closest("details");
      if (fold) fold.open = true;
      minutes -= over * 1440;
    }
    write(minutes);
  });
};
for (const input of document.querySelectorAll("input[data-clock]")) keepTime(input);

// Dates: the day in words below an input follows the input, and the buttons beside it step from it.
for (const input of document.querySelectorAll("input[data-date]")) {
  const hint = document.getElementById(`${input.id}-hint`);
  const opened = hint?.textContent ?? "";
  const { lang } = document.documentElement;
  const form = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  const words = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, form);
  const read = () => {
    const typed = input.value.trim();
    const iso = /^(\d{4})[-/](\d\d?)[-/](\d\d?)$/.exec(typed);
    const [day, month, year] = iso ? iso.slice(1).reverse() : /^(\d\d?)([-/.])(\d\d?)\2(\d{4})$/.exec(typed)?.toSpliced(2, 1).slice(1) ?? [];
    const date = new Date(Date.UTC(year, month - 1, day));
    return date.getUTCDate() === Number(day) ? date : null;
  };
  const say = () => {
    const day = read();
    if (!opened || !day) {
      if (opened) hint.textContent = "";
      return;
    }
    const thursday = new Date(day);
    thursday.setUTCDate(day.getUTCDate() + 3 - (day.getUTCDay() + 6) % 7);
    const week = Math.floor((thursday - Date.UTC(thursday.getUTCFullYear(), 0)) / 6048e5) + 1;
    hint.textContent = words.format(day).replace(",", "") + opened.slice(opened.lastIndexOf(",")).replace(/\d+$/, week);
  };
  input.addEventListener("input", () => {
    if (input.value === input.defaultValue) hint && (hint.textContent = opened);
    else say();
  });
  for (const button of input.parentElement.querySelectorAll("button[name=day]")) {
    button.addEventListener("click", (event) => {
      const day = read();
      if (!day) return; // the server reads more than this
      event.preventDefault();
      day.setUTCDate(day.getUTCDate() + Number(button.value));
      input.value = day.toISOString().slice(0, 10);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
