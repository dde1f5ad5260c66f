// Times: the arrows step by a minute, with Shift by a quarter, Page Up and Page Down by an hour, over midnight into the
// next or previous day. What was typed is written as hh:mm on leaving the input, where the server reads it that way too.
const keepTime = (input) => {
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
};
for (const input of document.querySelectorAll("input[data-clock]")) keepTime(input);

// Dates: the day in words below an input follows the input.
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
