// Pickers: an input that shows what matches while one types, after the combobox pattern of the ARIA practices. While the
// list is open, or what was typed is being looked up, Enter chooses and never saves: the marked record, or the only one;
// of several it marks the first. Everywhere else Enter saves.
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

  // Several records stand in one input, separated by commas: those before the last comma are chosen.
  const chosen = new Map(several && id.value ? was.value.split(", ").map((text, i) => [text, id.value.split(",")[i]]) : []);
  let timer = 0, asked = 0, at = -1;
  let pending = false; // what was typed is being looked up, or is about to be
  let entered = false; // Enter was pressed meanwhile

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
    pending = entered = false;
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
    input.dispatchEvent(new Event("input", { bubbles: true }));
    close(); // the event begins another look-up
  };
  const enter = () => {
    if (at < 0 && list.children.length > 1) mark(0);
    else choose(list.children[Math.max(at, 0)].hit);
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
    const choosing = entered && hits.length;
    pending = entered = false;
    if (choosing) enter();
  };
  const typed = () => (several ? input.value.split(",").pop() : input.value).trim();
  const findable = () => typed() !== "" && !typed().startsWith("@");
  const ask = async (all) => {
    const mine = ++asked;
    if (!all && !findable()) return close();
    pending = true;
    const text = all ? "" : typed();
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
    pending = findable();
    timer = setTimeout(ask, 150, false);
  });
  // Opened with nothing typed, a picker of few records shows all of them; for people something must be typed.
  const untouched = () => !several && (!input.value || input.value === was.value);
  input.addEventListener("click", () => { if (list.hidden && untouched()) ask(true); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const down = event.key === "ArrowDown", up = event.key === "ArrowUp";
    if (pending && event.key === "Enter") {
      entered = true;
      event.preventDefault();
      return;
    }
    if (list.hidden) {
      if (down && (event.altKey || !input.value || input.value !== was.value)) ask(untouched());
      return;
    }
    if (down || up) mark(at < 0 && up ? -1 : at + (down ? 1 : -1));
    else if (event.key === "Enter") enter();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}
