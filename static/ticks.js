// Rows that are ticked: the box above them ticks all of the page, Shift ticks those between two clicks, and the bar says
// how many they are. Without script they are ticked one by one.
(() => {
  const bar = document.getElementById("ticks");
  if (!bar) return;
  const every = document.querySelector("[name=all][form=ticks]");
  const all = document.querySelector("[data-all]");
  const status = bar.querySelector("[role=status]");
  const boxes = () => [...document.querySelectorAll("td.tick [name][form=ticks]")];
  let last = null;

  const tell = () => {
    const rows = boxes();
    const ticked = rows.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === rows.length;
    all.indeterminate = ticked > 0 && ticked < rows.length;
    const { one, other } = status.dataset;
    status.textContent = every?.checked ? status.dataset.every : (ticked === 1 ? one : other).replace("{n}", ticked);
  };
  if (all.checked) for (const box of boxes()) box.checked = true;
  addEventListener("click", (event) => {
    const box = event.target;
    if (!box.matches?.("[type=checkbox][form=ticks]")) return;
    if (box === all) for (const one of boxes()) one.checked = all.checked;
    else if (box !== every) {
      const rows = boxes();
      const [from, to] = [rows.indexOf(event.shiftKey && last ? last : box), rows.indexOf(box)].sort((a, b) => a - b);
      for (const one of rows.slice(from, to + 1)) one.checked = box.checked;
      last = box;
    }
    tell();
  });
  // A time that was typed in a row and not sent yet is that row's likely time.
  bar.addEventListener("submit", () => {
    for (const box of boxes()) {
      const time = box.closest("tr").querySelector("[data-clock]");
      if (time && time.value !== time.defaultValue) box.value = `${box.value.split("~")[0]}~${time.value}`;
    }
  });
  bar.addEventListener("reset", () => setTimeout(tell));
  for (const menu of bar.querySelectorAll("details")) {
    menu.addEventListener("toggle", () => { if (menu.open) menu.querySelector("input").focus(); });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
      event.preventDefault();
      bar.requestSubmit(menu.querySelector("button"));
    });
  }
  addEventListener("pageshow", tell);
})();
