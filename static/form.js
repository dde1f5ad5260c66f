// Unsaved changes: the save bar names the fields that changed, and leaving the page asks first.
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
    const label = input.closest(".field")?.querySelector("label, .label") ?? input.closest("fieldset")?.querySelector("legend");
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
  // The link that adds a deleted record again takes what was typed along.
  document.querySelector('.ways a[href*="/new?"]')?.addEventListener("click", (event) => {
    sending = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  });
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

// A link to a folded input opens its part of the form.
for (const link of document.querySelectorAll("a[data-unfold]")) {
  link.addEventListener("click", (event) => {
    const input = document.getElementById(link.hash.slice(1));
    event.preventDefault();
    input.closest("details").open = true;
    input.focus();
  });
}
