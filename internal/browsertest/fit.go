package browsertest

import "github.com/chromedp/chromedp"

// measureFit lists what does not fit the window or a person's eye and finger. Text that is only read out does not count.
// A link within a sentence has no size of its own: axe-core measures the distance to others.
const measureFit = `(() => {
	const found = new Set();
	const touch = matchMedia("(pointer: coarse)").matches;
	const name = (e) => e.localName + (e.id && "#" + e.id) + (e.className?.trim ? "." + e.className.trim().replaceAll(" ", ".") : "");
	const place = (e) => [e.parentElement?.parentElement, e.parentElement, e].filter(Boolean).map(name).join(" > ");
	const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".unseen, [inert]");
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let text; (text = texts.nextNode());) {
		const e = text.parentElement;
		if (!text.data.trim() || e.closest("script, style, noscript, option") || !shown(e)) continue;
		const size = parseFloat(getComputedStyle(e).fontSize);
		if (size < 14) found.add("text of " + size + " px: " + place(e));
	}
	const root = document.documentElement;
	if (root.scrollWidth > root.clientWidth) {
		found.add("the page is " + root.scrollWidth + " px wide in " + root.clientWidth);
		for (const e of document.querySelectorAll("body *")) {
			const out = (one) => one.getBoundingClientRect().right > root.clientWidth + 0.5;
			if (shown(e) && out(e) && !out(e.parentElement)) found.add("too wide: " + place(e));
		}
	}
	if (!touch) return [...found];
	for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea, button, .button, summary, nav a, .menu a, .punch, .tabs a")) {
		if (!shown(e) || e.offsetWidth <= 1) continue; // one that is shown with the focus only
		const box = (e.closest("label") ?? e).getBoundingClientRect();
		if (box.height < 43.5) found.add("a target " + box.height.toFixed(1) + " px high: " + place(e));
		const size = parseFloat(getComputedStyle(e).fontSize);
		if (e.matches("input, select, textarea") && size < 16) found.add("an input with text of " + size + " px: " + place(e));
	}
	return [...found];
})()`

// Misfits lists text below 14 px, what is wider than the window and, with Look.Touch, inputs whose text is below 16 px
// and targets below 44 px.
func (tab *Tab) Misfits() []string {
	tab.t.Helper()
	return Ask(tab, chromedp.Evaluate[[]string](measureFit))
}
