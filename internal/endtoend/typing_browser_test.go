//go:build browser

package endtoend

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"protime-admin/internal/browsertest"
)

// typing opens the form of clocking 8192, Jan Maes at 08:05.
func typing(t *testing.T) (*browsertest.Tab, *world) {
	t.Helper()
	w := newWorld(t)
	w.start()
	tab := browsertest.Start(t)
	enter(tab, w, "els")
	tab.Go(w.public + "/clockings/8192/edit")
	unfold(tab)
	return tab, w
}

// unfold opens the part of a form that is seldom changed.
func unfold(tab *browsertest.Tab) {
	tab.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("details.fold").open = true`))
}

func press(tab *browsertest.Tab, keys string, shift bool) {
	var options []chromedp.KeyOption
	if shift {
		options = append(options, chromedp.KeyModifiers(chromedp.ModifierShift))
	}
	tab.Do(chromedp.KeyEvent(keys, options...))
}

// pressEnter sends what a keyboard does: the character comes of the key, unless the page has taken the key. KeyEvent
// would send it in any case.
func pressEnter(tab *browsertest.Tab) {
	key := input.DispatchKeyEventParams{Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13}
	down, char, up := key, key, key
	down.Type, char.Type, up.Type = input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeChar, input.DispatchKeyEventTypeKeyUp
	char.Text = "\r"
	tab.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for _, event := range []input.DispatchKeyEventParams{down, char, up} {
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
				return err
			}
		}
		return nil
	}))
}

// retype empties an input, whatever it holds, and types into it.
func retype(tab *browsertest.Tab, selector, text string) {
	tab.Do(chromedp.Evaluate[chromedp.Void](`(() => {
		const field = document.querySelector('`+selector+`');
		field.focus();
		field.value = "";
	})()`), chromedp.SendKeys(chromedp.CSS(selector), text))
}

func value(tab *browsertest.Tab, name string) string {
	return browsertest.Ask(tab, chromedp.Value(chromedp.CSS(`[name="`+name+`"]`)))
}

// eventually waits until a script's expression is true: pickers ask the server while somebody types.
func eventually(t *testing.T, tab *browsertest.Tab, expression string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !browsertest.Ask(tab, chromedp.Evaluate[bool](expression)); {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", expression)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestTheArrowsStepATime(t *testing.T) {
	tab, _ := typing(t)
	const clock, day = "timeOfDayInMinutes", "timeOfDayInMinutes.day"
	for _, step := range []struct {
		typed, keys string
		shift       bool
		want, day   string
	}{
		{"8:05", kb.ArrowUp, false, "08:06", "0"},
		{"8:05", kb.ArrowDown, false, "08:04", "0"},
		{"8h05", kb.ArrowUp, true, "08:20", "0"},
		{"805", kb.PageUp, false, "09:05", "0"},
		{"23:59", kb.ArrowUp, false, "00:00", "1"},
		{"23:59", kb.ArrowUp, false, "23:59", "1"}, // there is no day after the next one
		{"0:00", kb.ArrowDown, false, "23:59", "0"},
		{"later", kb.ArrowUp, false, "later", "0"},
	} {
		retype(tab, `input[name="`+clock+`"]`, step.typed)
		press(tab, step.keys, step.shift)
		if got := value(tab, clock); got != step.want {
			t.Errorf("%s and a key: got %s, want %s", step.typed, got, step.want)
		}
		if got := value(tab, day); got != step.day {
			t.Errorf("%s and a key: got day %s, want %s", step.typed, got, step.day)
		}
		const hint = `document.querySelector(".hint.forced").checkVisibility()`
		if got, want := browsertest.Ask(tab, chromedp.Evaluate[bool](hint)), step.day != "0"; got != want {
			t.Errorf("day %s: the warning of another day is shown: got %v, want %v", step.day, got, want)
		}
	}
}

// Whatever a person leaves in the input: what the page writes out is what the server would have read.
func TestATimeIsWrittenOutOnLeavingIt(t *testing.T) {
	tab, _ := typing(t)
	for typed, want := range map[string]string{
		"8": "08:00", "830": "08:30", "0830": "08:30", "8.30": "08:30", "8h30": "08:30", "8u30": "08:30", "8.30 u.": "08:30",
		"24:00": "24:00", "8:3": "8:3", "25:00": "25:00", "8:60": "8:60", "half nine": "half nine", "12345": "12345",
	} {
		retype(tab, `input[name="timeOfDayInMinutes"]`, typed)
		tab.Do(chromedp.Focus(chromedp.CSS(`input[name="why.note"]`)))
		if got := value(tab, "timeOfDayInMinutes"); got != want {
			t.Errorf("%s: got %s, want %s", typed, got, want)
		}
	}
	if got := tab.Text(".save output"); !strings.Contains(got, "Time") {
		t.Errorf("the save bar says %q, want the name of what changed", got)
	}
}

func TestFieldsComeWithTheirKind(t *testing.T) {
	tab, _ := typing(t)
	shown := func(name string) bool {
		return browsertest.Ask(tab, chromedp.Evaluate[bool](`document.querySelector('[name="`+name+`"]').checkVisibility()`))
	}
	for kind, reason := range map[string]bool{"Reason": true, "InOut": false} {
		tab.Do(chromedp.SetValue(chromedp.CSS(`select[name="kind"]`), kind),
			chromedp.Evaluate[chromedp.Void](`document.querySelector('select[name="kind"]').dispatchEvent(new Event("change", {bubbles: true}))`))
		if got := shown("isOpen"); got != reason {
			t.Errorf("kind %s: the reason's fields shown: got %v, want %v", kind, got, reason)
		}
	}
}

func TestAPickerShowsWhatMatches(t *testing.T) {
	tab, w := typing(t)
	const find = `input[name="terminal.id~find"]`
	opened := value(tab, "terminal.id")
	retype(tab, find, "T")
	eventually(t, tab, `document.querySelectorAll('[name="terminal.id~find"] + ul [role=option]').length > 1`)
	eventually(t, tab, `document.querySelector("#hits").textContent !== ""`)
	tab.Accessible()
	if got := browsertest.Ask(tab, chromedp.Evaluate[string](`document.querySelector('`+find+`').ariaExpanded`)); got != "true" {
		t.Errorf("aria-expanded: got %q, want true", got)
	}
	press(tab, kb.Escape, false)
	if tab.Count(find+` + ul:not([hidden])`) != 0 {
		t.Errorf("Escape left the list open")
	}
	if got := value(tab, "terminal.id"); got != opened {
		t.Errorf("Escape chose: got terminal %s, want %s", got, opened)
	}
	retype(tab, find, "T3")
	eventually(t, tab, `document.querySelectorAll('[name="terminal.id~find"] + ul [role=option]').length === 1`)
	press(tab, kb.ArrowDown, false)
	pressEnter(tab)
	chosen := value(tab, "terminal.id")
	if chosen == opened || chosen == "" {
		t.Fatalf("Enter on a hit: got terminal %q, want another than %s", chosen, opened)
	}
	if tab.Count("h1") != 1 || len(w.tenant.Writes()) != 0 {
		t.Fatalf("Enter on a hit sent the form: %v", w.tenant.Writes())
	}
	if status := tab.Follow(`.save button.main`); status != http.StatusOK {
		t.Fatalf("after saving: got %d, want 200", status)
	}
	if record, _ := w.tenant.Get("clockings", "8192"); !strings.Contains(record, `"terminal":{"id":`+chosen+`}`) {
		t.Errorf("the record is %s, want terminal %s", record, chosen)
	}
}

// While a picker's list is open, or is about to open, Enter chooses. Nothing is saved before it is closed.
func TestEnterInAPickerChoosesAndSavesNothing(t *testing.T) {
	tab, w := typing(t)
	const find = `input[name="person.id~find"]`
	listed := func(n string) string {
		return `document.querySelectorAll('` + find + ` + ul:not([hidden]) [role=option]').length ` + n
	}
	const chosen = `document.querySelector('[name="person.id"]').value !== ""`
	tab.Go(w.public + "/clockings/new")
	for name, step := range map[string]struct {
		typed, listed string
		keys          func()
	}{
		"ArrowDown, Enter":                 {"Jan", "> 1", func() { press(tab, kb.ArrowDown, false); pressEnter(tab) }},
		"Enter with a single hit":          {"Jan Maes", "=== 1", func() { pressEnter(tab) }},
		"Enter twice with several hits":    {"Jan", "> 1", func() { pressEnter(tab); pressEnter(tab) }},
		"Enter before the list has opened": {"Jan Maes", "", func() { pressEnter(tab) }},
		"ArrowDown, ArrowUp, Enter":        {"Jan", "> 1", func() { press(tab, kb.ArrowDown, false); press(tab, kb.ArrowUp, false); pressEnter(tab) }},
	} {
		tab.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector('[name="person.id"]').value = ""`))
		retype(tab, find, step.typed)
		if step.listed != "" {
			eventually(t, tab, listed(step.listed))
		}
		step.keys()
		eventually(t, tab, chosen)
		if got := tab.Count("#problems"); got != 0 {
			t.Errorf("%s sent the form", name)
		}
	}
	retype(tab, find, "Jan")
	eventually(t, tab, listed("> 1"))
	press(tab, kb.Escape, false)
	pressEnter(tab)
	eventually(t, tab, `document.querySelector("#problems") !== null`)
	if writes := w.tenant.Writes(); len(writes) != 0 {
		t.Errorf("got the writes %v, want none", writes)
	}
}

// The reading below a date never names another day than the input holds.
func TestADateIsReadOutAsItIsChosen(t *testing.T) {
	tab, _ := typing(t)
	for date, want := range map[string]string{
		"2026-11-24": "Tuesday 24 November 2026, week 48",
		"2027-01-03": "Sunday 3 January 2027, week 53",
		"2024-12-30": "Monday 30 December 2024, week 1",
		"":           "",
	} {
		tab.Do(chromedp.Evaluate[chromedp.Void](`(() => {
			const input = document.querySelector("[name=date]");
			input.value = "` + date + `";
			input.dispatchEvent(new Event("input", {bubbles: true}));
		})()`))
		if got := browsertest.Ask(tab, chromedp.Evaluate[string](`document.querySelector("#i-date-hint").textContent`)); got != want {
			t.Errorf("%s: got %q, want %q", date, got, want)
		}
	}
}

// Escape on a page that asks is its Cancel.
func TestEscapeLeavesAConfirmation(t *testing.T) {
	tab, w := typing(t)
	tab.Go(w.public + "/clockings/8192/delete")
	press(tab, kb.Escape, false)
	eventually(t, tab, `!location.pathname.endsWith("/delete")`)
	if n := len(w.tenant.Writes()); n != 0 {
		t.Errorf("writes: got %d, want none", n)
	}
}
