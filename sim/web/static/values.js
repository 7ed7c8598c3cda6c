"use strict";
/* The values that move: a box and its slider in step, what differs from the scenario, and the query that says it. */

(() => {
  const by = (id) => document.getElementById(id);

  const form = () => by("values");
  const fields = () => form().querySelectorAll(".field");
  const plans = () => [...form().querySelectorAll("input[name=plan]")];

  /** The input element that holds the text of a field: of a pair, the one that is chosen. */
  function holder(field) {
    if (field.dataset.kind === "switch") return field.querySelector("input:checked") || field.querySelector("input");
    return field.querySelector(".typed, select, input[type=date]");
  }

  /** A typed number without thousands marks; NaN for what is none. */
  function numberOf(text) {
    const plain = text.trim().replace(/%$/, "").replace(/(\d),(?=\d{3}(\D|$))/g, "$1").replace("\u2212", "-");
    return plain.trim() === "" ? NaN : Number(plain);
  }

  function differs(field) {
    const text = holder(field).value.trim();
    const own = field.dataset.own;
    if (text === own) return false;
    return !(field.querySelector(".typed") && numberOf(text) === numberOf(own));
  }

  /** Write a text into a field, and bring its slider in step. */
  function fill(field, text) {
    if (field.dataset.kind === "switch") {
      for (const radio of field.querySelectorAll("input")) radio.checked = radio.value === text;
    } else {
      holder(field).value = text;
    }
    follow(field);
  }

  /** The slider goes where the box says; an empty box stands for as much as possible. */
  function follow(field) {
    const slider = field.querySelector(".slider");
    if (slider) {
      const text = field.querySelector(".typed").value;
      const value = numberOf(text);
      if (text.trim() === "") slider.value = slider.max;
      else if (!Number.isNaN(value)) slider.value = value;
      tell(slider, field);
    }
    mark(field);
  }

  /** Say the slider's value with its unit, and colour its track up to there. */
  function tell(slider, field) {
    const box = field.querySelector(".typed");
    const unit = field.dataset.unit;
    slider.setAttribute("aria-valuetext", `${box.value || box.placeholder} ${unit}`.trim());
    const share = (slider.value - slider.min) / (slider.max - slider.min || 1);
    slider.style.setProperty("--filled", `${(share * 100).toFixed(2)}%`);
  }

  function mark(field) {
    field.classList.toggle("changed", differs(field));
  }

  function count() {
    let all = 0;
    for (const group of form().querySelectorAll(".group")) {
      const changed = group.querySelectorAll(".field.changed").length;
      all += changed;
      if (group.id !== "group-plans") group.querySelector(".group-count").textContent = changed ? `${changed} changed` : "";
    }
    const ticked = plans().filter((plan) => plan.checked).length;
    by("plan-count").textContent = `${ticked || "all"} of ${plans().length}`;
    by("count").textContent = all === 0 ? "nothing changed" : all === 1 ? "1 value changed" : `${all} values changed`;
    form().classList.toggle("touched", all > 0 || (ticked > 0 && ticked < plans().length));
  }

  /** On a phone only what matters most is unfolded at first. */
  function folded() {
    for (const group of [...form().querySelectorAll(".group")].slice(1)) {
      if (!group.querySelector(".field.changed, .field.wrong")) group.open = false;
    }
  }

  /** What the form asks: everything that differs from the scenario, in the order of the page. */
  function question() {
    const query = new URLSearchParams({ scenario: form().elements.scenario.value });
    for (const field of fields()) if (differs(field)) query.append(field.dataset.name, holder(field).value.trim());
    const ticked = plans().filter((plan) => plan.checked);
    if (ticked.length < plans().length) for (const plan of ticked) query.append("plan", plan.value);
    return query.toString();
  }

  /** Fill the form in from the query of an address. */
  function restore(search) {
    const query = new URLSearchParams(search);
    for (const field of fields()) {
      const text = query.get(field.dataset.name);
      fill(field, text === null ? field.dataset.own : text);
    }
    const ticked = query.getAll("plan");
    for (const plan of plans()) plan.checked = ticked.length === 0 || ticked.includes(plan.value);
    count();
  }

  /** Arrow keys step a box as they step its slider. */
  function stepped(event) {
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const box = event.target;
    if (!up || !box.matches(".typed[data-step]")) return;
    const value = numberOf(box.value);
    if (Number.isNaN(value)) return;
    event.preventDefault();
    const step = Number(box.dataset.step);
    const decimals = (box.dataset.step.split(".")[1] || "").length;
    const least = "least" in box.dataset ? Number(box.dataset.least) : -Infinity;
    const most = "most" in box.dataset ? Number(box.dataset.most) : Infinity;
    const exact = Math.max(decimals, (String(value).split(".")[1] || "").length);
    box.value = String(Number(Math.min(Math.max(value + up * step, least), most).toFixed(exact)));
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  lotwise.values = { count, fields, fill, folded, follow, form, holder, mark, question, restore, stepped, tell };
})();
