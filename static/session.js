// Before a session ends the page says so, and offers to stay. When it has ended, here or by a sign-out in another tab,
// the page is covered until the same person has signed in again: what was typed stays in it. Pages tell those in other
// tabs when the session ends, since each request of one moves the end for all.
(() => {
  const say = document.body.dataset;
  if (!say.ends) return;
  const person = document.querySelector(".me > summary")?.textContent ?? "";
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel(say.extend) : null;
  const { title } = document;
  let ends = Date.now() + say.ends * 1000;
  const note = document.createElement("div");
  const text = document.createElement("p");
  const stay = document.createElement("button");
  const again = document.createElement("a");
  note.className = "note warn ending";
  text.setAttribute("role", "status");
  stay.type = "button";
  stay.textContent = say.stay;
  again.className = "button";
  again.textContent = say.again;
  // Another site's frame has a session of its own, which begins in the frame: it asks before what was typed is left.
  again.href = self === top ? say.signin : location.href;
  if (self === top) again.target = "_blank";
  again.hidden = note.hidden = true;
  note.append(text, stay, again);
  document.querySelector("main").before(note);

  let focused = null; // before the page was covered
  const cover = (over) => {
    if (over === document.body.classList.contains("covered")) return;
    if (over) {
      focused = document.activeElement;
      focused?.blur();
    }
    document.body.classList.toggle("covered", over);
    for (const part of document.querySelectorAll("main, .me, .bar nav")) part.inert = over;
    document.title = over ? say.ended : title;
    again.hidden = !over;
    if (!over) focused?.focus();
  };
  let timer = 0;
  const schedule = (ms) => { timer = setTimeout(tick, ms); };
  const tick = () => {
    clearTimeout(timer);
    const left = Math.round((ends - Date.now()) / 1000);
    cover(left <= 0);
    if (left > say.warn) {
      note.hidden = true;
      schedule(Math.min((left - say.warn) * 1000, 60000)); // a machine that slept wakes up late
      return;
    }
    if (note.hidden) {
      stay.hidden = note.hidden = false;
      schedule(100); // a region that was not there yet is not read out
      return;
    }
    if (left <= 0) {
      text.textContent = say.over;
      stay.hidden = true;
      if (document.activeElement === document.body) again.focus();
      return;
    }
    // Every half minute: a reader that says every second helps nobody.
    const shown = Math.ceil(left / 30) * 30;
    const time = `${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}`;
    text.textContent = say.ending.replace("{time}", time);
    schedule((left - shown + 30) * 1000);
  };

  const tell = (until) => tabs?.postMessage({ person, ends: until });
  if (tabs) {
    tabs.onmessage = ({ data }) => {
      ends = data.person === person ? data.ends : 0;
      tick();
    };
  }
  document.querySelector("form[action$='/logout']")?.addEventListener("submit", () => tell(0));
  document.addEventListener("visibilitychange", tick);

  stay.onclick = async () => {
    try {
      const answer = await fetch(say.extend, { method: "POST", headers: { Accept: "application/json" } });
      if (answer.status === 401) ends = 0;
      if (answer.ok) {
        const { seconds } = await answer.json();
        stay.hidden = Date.now() + seconds * 1000 < ends + 5000; // the last limit of all: nothing moves it
        ends = Date.now() + seconds * 1000;
        tell(ends);
      }
    } catch {
      return; // no network: the offer stands
    }
    tick();
  };
  tell(ends);
  tick();
})();

// Sign-in in another window: the page that waits for it sends its form when the window says that it is done. In another
// site's frame the form needs the window's code, which is accepted from our own origin only. The window closes itself.
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
