"use strict";
/* Colours of the what-if page, and its charts, drawn anew without flicker: the old drawing stays until the new one is
   ready. Loaded in the head, so that the colours are right before anything is painted. */

const lotwise = {};

(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const NEAR = 300; // pixels beyond the window within which a chart is drawn at once
  const REST = 200; // ms after which the others are
  root.classList.add("js");

  // ---------------------------------------------------------------------------------------------- colours

  const colours = {
    get kept() {
      try { return localStorage.getItem("lotwise-colours") || "auto"; } catch { return "auto"; }
    },
    keep(choice) {
      try { localStorage.setItem("lotwise-colours", choice); } catch { /* a private window keeps nothing */ }
    },
    show(choice) {
      if (choice === "auto") delete root.dataset.theme;
      else root.dataset.theme = choice;
    },
    get now() { return root.dataset.theme || (dark.matches ? "dark" : "light"); },
  };
  colours.show(colours.kept);

  function watchColours() {
    for (const radio of document.querySelectorAll("input[name=theme]")) radio.checked = radio.value === colours.kept;
    document.getElementById("themes").addEventListener("change", (event) => {
      colours.keep(event.target.value);
      colours.show(event.target.value);
      drawAll(latest);
    });
    dark.addEventListener("change", () => drawAll(latest));
  }

  // ---------------------------------------------------------------------------------------------- charts

  const OPTIONS = {
    ast: true, actions: false, renderer: "svg", defaultStyle: false, hover: false, tooltip: { disableDefaultStyle: true },
  };
  const drawings = new WeakMap(); // figure -> what is drawn there, and how many times it was begun
  const approaching = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
  }, { rootMargin: `${NEAR}px 0px` });
  let latest = 0;
  let idle = 0;

  const figures = () => [...document.querySelectorAll("figure[data-chart]")];

  /** Draw what can be seen now, and the rest as soon as nothing else is to do.

      The number of the answer is left on the root element: `data-drawn` once all that is near the window is drawn,
      `data-complete` once everything is. */
  async function drawAll(number) {
    latest = number;
    clearTimeout(idle);
    for (const figure of figures()) approaching.observe(figure);
    for (const figure of figures()) if (isNear(figure)) await draw(figure);
    if (number !== latest) return;
    requestAnimationFrame(() => {
      performance.mark("drawn", { detail: number });
      root.dataset.drawn = String(number);
    });
    idle = setTimeout(async () => {
      for (const figure of figures()) if (number === latest) await draw(figure);
      if (number === latest) root.dataset.complete = String(number);
    }, REST);
  }

  function isNear(figure) {
    const { top, bottom } = figure.getBoundingClientRect();
    return bottom > -NEAR && top < innerHeight + NEAR;
  }

  async function draw(figure) {
    const text = figure.querySelector(`.chart-data[data-theme=${colours.now}]`)?.textContent;
    const before = drawings.get(figure) || { text: "", turn: 0, finalize() {} };
    if (!text || text === before.text) return;
    const turn = before.turn + 1;
    drawings.set(figure, { ...before, text, turn });
    const place = figure.querySelector(".drawing");
    const fresh = document.createElement("div");
    try {
      const { finalize } = await vegaEmbed(fresh, JSON.parse(text), OPTIONS);
      if (drawings.get(figure).turn !== turn) {
        finalize();
        return;
      }
      fresh.querySelector("svg").setAttribute("aria-hidden", "true"); // its place carries the words
      place.replaceChildren(fresh);
      before.finalize();
      drawings.set(figure, { text, turn, finalize });
    } catch (error) {
      place.textContent = "This chart cannot be drawn; the figures behind it are in the table below.";
      console.error(error);
    }
  }

  function watchPrinting() {
    addEventListener("beforeprint", () => {
      for (const figure of figures()) draw(figure);
    });
  }

  lotwise.charts = { drawAll, watchColours, watchPrinting };
})();
