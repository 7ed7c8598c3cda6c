"use strict";
/* The what-if page in the browser: one question at a time, its answer put into the page, and the address in step.

   The server finds the answers; values.js knows the form, charts.js draws. */

(() => {
  const PATIENCE = 1000; // ms that a first look may take before a newer question takes its place
  const ADDRESS_PAUSE = 150; // ms between two changes of the address: browsers stop pages that write it too often
  const SPOKEN_PAUSE = 800; // ms of rest before the verdict is read aloud
  const MOST_AGAIN = 3;
  const RESIZE_PAUSE = 250;
  const COPIED_SHOWN = 2000;
  const FIRST_WIDTH = 640; // of the charts that come with the page
  const WIDTH_STEP = 40;
  const NARROW = "(max-width: 899.98px)"; // as in page.css
  const UNREACHED = 599; // stands for the status of an answer that never came
  const root = document.documentElement;
  const by = (id) => document.getElementById(id);
  const { count, fields, fill, folded, follow, form, holder, mark, question, restore, stepped, tell } = lotwise.values;

  // ---------------------------------------------------------------------------------------------- what is moved

  function watchForm() {
    form().addEventListener("input", (event) => {
      const field = event.target.closest(".field");
      if (event.target.matches(".slider")) {
        field.querySelector(".typed").value = event.target.value;
        tell(event.target, field);
        mark(field);
      } else if (field) {
        follow(field);
      }
      count();
      moved();
    });
    form().addEventListener("change", finished);
    form().addEventListener("keydown", stepped);
    form().addEventListener("submit", (event) => {
      event.preventDefault();
      finished();
    });
    form().addEventListener("click", (event) => {
      const field = event.target.closest(".field");
      if (event.target.matches(".about")) {
        const told = field.classList.toggle("told");
        event.target.setAttribute("aria-expanded", String(told));
      } else if (event.target.matches(".back")) {
        fill(field, field.dataset.own);
        holder(field).focus();
        count();
        moved();
        finished();
      } else if (event.target.matches("#reset")) {
        event.preventDefault();
        restore("");
        moved();
        finished();
        by("count").focus();
      }
    });
  }

  // ---------------------------------------------------------------------------------------------- the address

  const address = { moving: false, due: 0, timer: 0 };

  /** A value moves: the first step is a new entry of the history, those that follow change it. */
  function moved() {
    ask();
    if (!address.moving) {
      if (`?${question()}` === location.search) return;
      address.moving = true;
      history.pushState(null, "", `/?${question()}`);
      address.due = performance.now() + ADDRESS_PAUSE;
    } else {
      clearTimeout(address.timer);
      address.timer = setTimeout(written, Math.max(0, address.due - performance.now()));
    }
  }

  function written() {
    clearTimeout(address.timer);
    address.due = performance.now() + ADDRESS_PAUSE;
    if (`?${question()}` !== location.search) history.replaceState(null, "", `/?${question()}`);
  }

  /** A value has come to rest: the next step is another entry of the history. */
  function finished() {
    ask(true);
    if (address.moving) written();
    address.moving = false;
  }

  function watchAddress() {
    if (!new URLSearchParams(location.search).has("scenario")) history.replaceState(null, "", `/?${question()}`);
    addEventListener("popstate", () => {
      const scenario = new URLSearchParams(location.search).get("scenario");
      if (scenario !== form().elements.scenario.value) return location.reload();
      address.moving = false;
      clearTimeout(address.timer);
      restore(location.search);
      ask(true);
    });
  }

  // ---------------------------------------------------------------------------------------------- questions

  const asked = { wanted: "", running: null, waiting: false, again: 0 };

  /** Room for a chart, in pixels. */
  function width() {
    const room = by("answer").clientWidth - 2 * parseFloat(getComputedStyle(root).getPropertyValue("--sheet-pad")) + 24;
    return Math.max(320, Math.min(800, Math.floor(room / WIDTH_STEP) * WIDTH_STEP));
  }

  /** Ask for the answer to the present values: at once, or as soon as the question that runs is answered. */
  function ask(last = false) {
    const query = `${question()}&w=${width()}`;
    const running = asked.running;
    if (query === asked.wanted && !(last && asked.waiting)) return;
    asked.wanted = query;
    if (!running) return send();
    asked.waiting = true;
    if (running.closer || last || performance.now() - running.since > PATIENCE) drop();
  }

  function send() {
    asked.waiting = false;
    performance.mark("asked");
    const url = `/answer?${asked.wanted}&tab=${encodeURIComponent(by("tab").value)}`;
    htmx.ajax("GET", url, { source: "#answer", target: "#answer", swap: "innerMorph" });
  }

  /** Give the running question up; the one that waits is sent. */
  function drop() {
    const { ctx } = asked.running;
    asked.running = null;
    ctx.dropped = true;
    ctx.request.abort();
    if (asked.waiting) send();
  }

  /** Fetch that ends quietly where it is given up. */
  async function quiet(ctx, url, options) {
    try {
      const response = await fetch(url, options);
      const text = await response.text();
      return new Response(text || null, { status: response.status, headers: response.headers });
    } catch (error) {
      if (ctx.dropped) return new Response("", { status: 200 });
      failed("The server does not answer. Is it still running? Move any value to ask again.");
      return new Response("", { status: UNREACHED });
    }
  }

  function failed(text) {
    by("trouble").textContent = text;
    by("trouble").hidden = !text;
    if (text) asked.wanted = "";
  }

  function watchQuestions() {
    const ours = (event) => event.detail.ctx?.target?.id === "answer";
    document.addEventListener("htmx:before:request", (event) => {
      if (!ours(event)) return;
      const { ctx } = event.detail;
      const closer = ctx.sourceElement.id !== "answer";
      if (closer && (asked.waiting || asked.running?.closer === false && asked.running.swapped !== true)) {
        return event.preventDefault();
      }
      ctx.fetch = (url, options) => quiet(ctx, url, options);
      asked.running = { ctx, closer, since: performance.now(), swapped: false };
      if (!closer) by("answer").setAttribute("aria-busy", "true");
    });
    document.addEventListener("htmx:before:response", (event) => {
      if (event.detail.ctx.dropped) event.preventDefault();
    });
    document.addEventListener("htmx:before:swap", (event) => {
      if (!ours(event)) return;
      const { ctx, tasks } = event.detail;
      const said = tasks[0]?.fragment.querySelector("#said");
      const gone = ctx.dropped || ctx.response.status === 204; // a newer question took its place
      if (!gone && !said && ctx.response.status !== UNREACHED) failed("The server could not answer this question.");
      if (gone || !said || said.dataset.state === "stopped") {
        // Given up by the server though nothing newer is asked here: once or twice that may happen by itself.
        if (asked.running?.ctx === ctx && !asked.running.closer && asked.again < MOST_AGAIN && gone && !ctx.dropped) {
          asked.again += 1;
          asked.waiting = true;
        }
        return event.preventDefault();
      }
      failed("");
      asked.again = 0;
      if (asked.running?.ctx === ctx) asked.running.swapped = true;
    });
    document.addEventListener("htmx:after:swap", (event) => {
      if (ours(event)) answered();
    });
    document.addEventListener("htmx:finally:request", (event) => {
      if (asked.running?.ctx !== event.detail.ctx) return;
      asked.running = null;
      by("answer").removeAttribute("aria-busy");
      if (asked.waiting) send();
    });
  }

  // ---------------------------------------------------------------------------------------------- the answer

  let number = 0;
  let spoken = 0;
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) root.classList.toggle("card-seen", entry.isIntersecting);
  });

  /** A new answer stands in the page. */
  function answered() {
    number += 1;
    root.dataset.answer = String(number);
    performance.mark("answered");
    by("answer").removeAttribute("aria-busy"); // a closer look may run, but what stands there is an answer
    clearTimeout(spoken);
    spoken = setTimeout(() => say(by("said").dataset.status), SPOKEN_PAUSE);
    const link = by("link");
    if (link) link.value = new URL(link.value, location.href).href;
    doubted();
    seen.observe(by("card"));
    lotwise.charts.drawAll(number);
  }

  function say(text) {
    if (by("status").textContent !== text) by("status").textContent = text;
  }

  /** What cannot be used as typed is said beside its field. */
  function doubted() {
    const wrong = new Map();
    for (const link of document.querySelectorAll("#wrongs [data-wrong]")) {
      wrong.set(link.dataset.wrong, link.nextElementSibling.textContent);
    }
    for (const field of fields()) {
      const problem = wrong.get(field.dataset.name) || "";
      field.classList.toggle("wrong", problem !== "");
      field.querySelector(".problem").textContent = problem;
      const box = holder(field);
      if (problem) box.setAttribute("aria-invalid", "true");
      else box.removeAttribute("aria-invalid");
    }
  }

  function watchAnswer() {
    by("answer").addEventListener("click", async (event) => {
      const link = event.target.closest("[data-wrong]");
      const copy = event.target.closest(".copy");
      if (link) {
        event.preventDefault();
        const target = by(link.hash.slice(1));
        target.closest("details").open = true;
        target.focus();
      } else if (copy) {
        const source = by(copy.dataset.copies);
        const done = await copied(source);
        say(done ? "Copied." : "Copy it from the field.");
        copy.classList.toggle("copied", done);
        setTimeout(() => copy.classList.remove("copied"), COPIED_SHOWN);
      }
    });
  }

  async function copied(source) {
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      return true;
    } catch {
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      return document.execCommand("copy");
    }
  }

  function watchSize() {
    let timer = 0;
    addEventListener("resize", () => {
      clearTimeout(timer);
      timer = setTimeout(() => ask(true), RESIZE_PAUSE);
    });
  }

  // ---------------------------------------------------------------------------------------------- start

  document.addEventListener("DOMContentLoaded", () => {
    if (!by("values")) return;
    lotwise.charts.watchColours();
    lotwise.charts.watchPrinting();
    for (const field of fields()) follow(field);
    count();
    if (matchMedia(NARROW).matches) folded();
    watchForm();
    watchAddress();
    watchQuestions();
    watchAnswer();
    watchSize();
    asked.wanted = `${question()}&w=${FIRST_WIDTH}`;
    if (by("said").dataset.state in { refused: 0, busy: 0 } || width() === FIRST_WIDTH) answered();
    else {
      // Charts for this window are asked for at once; what follows the answer follows that one.
      for (const asking of document.querySelectorAll("#answer [hx-trigger^=load]")) asking.remove();
      ask();
    }
  });
})();
