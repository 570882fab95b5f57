// Fetches the page anew when something in the lab has changed, and puts it in place of what
// is shown. Without this script the pages are the same, as of when they were loaded.
"use strict";
(() => {
  let first = true, busy = false, again = false;
  const refresh = async () => {
    if (document.querySelector("main[data-still]")) return;
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, {headers: {Accept: "text/html"}});
      const text = await answer.text();
      const fresh = new DOMParser().parseFromString(text, "text/html");
      for (const name of ["main", "header"]) {
        const from = fresh.querySelector(name), to = document.querySelector(name);
        // What somebody reads or has focused stays as it is until it differs.
        if (!from || !to || from.innerHTML === to.innerHTML) continue;
        const focused = document.activeElement && document.activeElement.getAttribute("href");
        const open = [...to.querySelectorAll("details")].map(d => d.open);
        to.innerHTML = from.innerHTML;
        to.querySelectorAll("details").forEach((d, i) => { d.open = open[i] || false; });
        if (focused) { const link = to.querySelector(`a[href="${CSS.escape(focused)}"]`); if (link) link.focus({preventScroll: true}); }
      }
    } catch { /* the lab has ended; the page stays */ }
    busy = false;
    if (again) { again = false; setTimeout(refresh, 250); }
  };
  const source = new EventSource("/console/changes");
  source.onmessage = () => { if (first) { first = false; return; } refresh(); };
})();
