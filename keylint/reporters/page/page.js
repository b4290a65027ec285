"use strict";
// Shows the findings that stand as JSON in the page, a hundred at a time: 20,000 rows at once are slow to lay out.
// Text reaches the page through textContent alone, so that nothing in it can be markup.
(() => {
  const PAGE = 100, PRINTED = 2000;
  const data = JSON.parse(document.getElementById("data").textContent);
  const severities = ["low", "medium", "high", "critical"];
  const body = document.querySelector("#findings tbody");
  const filters = document.getElementById("filters");
  const fields = filters.elements;
  const status = document.getElementById("status");
  const [previous, next] = document.querySelectorAll("#pages button");
  const where = document.querySelector("#pages span");
  let shown = data, page = 0, sorted = "severity", down = true;

  for (const one of data) {
    one.rank = severities.indexOf(one.severity) - (one.suppressed ? severities.length : 0);
    one.words = [one.severity, one.rule, one.place, one.message, one.suppressed || "", one.line || ""].join("\n").toLowerCase();
  }

  function element(name, text, kind) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  // A text in which what stands in backticks is code.
  function prose(made, text) {
    const pieces = text.split("`");
    if (pieces.length % 2 === 0) made.append(text); // a backtick without its other half
    else pieces.forEach((piece, at) => made.append(at % 2 ? element("code", piece) : piece));
    return made;
  }

  function told(list, term, text, kind) {
    if (text) list.append(element("dt", term, kind), prose(element("dd", undefined, kind), text));
  }

  function row(one) {
    const made = element("tr", undefined, one.suppressed && "suppressed");
    const severity = element("td", one.severity, "severity " + one.severity);
    const rule = element("td");
    const link = element("a", one.rule);
    link.href = "#rule-" + one.rule;
    rule.append(link);
    const details = element("details");
    details.append(prose(element("summary"), one.message));
    if (one.suppressed) details.firstChild.append(" (suppressed)");
    if (one.line) {
      const line = element("pre"), end = one.start + one.width, text = Array.from(one.line);
      line.append(text.slice(0, one.start).join(""), element("mark", text.slice(one.start, end).join("")), text.slice(end).join(""));
      details.append(line);
    }
    const list = element("dl");
    told(list, "Evidence", one.evidence);
    told(list, "What to do", one.remediation, "more"); // print has it once a rule
    told(list, "Also at", one.also);
    told(list, "Suppressed by", one.suppressed);
    told(list, "Commit", one.commit);
    told(list, "Facts", one.facts, "more");
    told(list, "Fingerprint", one.fingerprint, "more");
    details.append(list);
    const message = element("td");
    message.append(details);
    made.append(severity, rule, element("td", one.place, "place"), message);
    return made;
  }

  function draw(from, count) {
    body.replaceChildren(...shown.slice(from, from + count).map(row));
  }

  function turn(to) {
    const last = Math.max(0, Math.ceil(shown.length / PAGE) - 1);
    page = Math.min(Math.max(0, to), last);
    draw(page * PAGE, PAGE);
    previous.disabled = page === 0;
    next.disabled = page === last;
    where.textContent = `Page ${page + 1} of ${last + 1}`;
    status.textContent = `${shown.length.toLocaleString("en")} of ${data.length.toLocaleString("en")} findings`;
  }

  const keys = {
    severity: one => one.rank, rule: one => one.rule, place: one => one.place, message: one => one.message,
  };

  function choose() {
    const words = fields.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = data.filter(one =>
      (!fields.severity.value || one.severity === fields.severity.value) &&
      (!fields.rule.value || one.rule === fields.rule.value) &&
      (fields.state.value === "all" || (fields.state.value === "suppressed") === Boolean(one.suppressed)) &&
      words.every(word => one.words.includes(word)));
    const key = keys[sorted], sign = down ? -1 : 1;
    const decided = shown.map((one, at) => [key(one), at, one]);
    decided.sort((a, b) => (a[0] < b[0] ? -sign : a[0] > b[0] ? sign : a[1] - b[1]));
    shown = decided.map(one => one[2]);
    turn(0);
  }

  for (const head of document.querySelectorAll("#findings th")) {
    const button = element("button", head.textContent);
    button.type = "button";
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      down = sorted === head.dataset.key ? !down : head.dataset.key === "severity";
      sorted = head.dataset.key;
      for (const other of document.querySelectorAll("#findings th")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      choose();
    });
  }
  let waiting;
  filters.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(choose, 120); });
  filters.addEventListener("submit", event => { event.preventDefault(); choose(); });
  filters.addEventListener("reset", () => setTimeout(choose));
  previous.addEventListener("click", () => turn(page - 1));
  next.addEventListener("click", () => turn(page + 1));
  window.addEventListener("beforeprint", () => {
    draw(0, PRINTED);
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  window.addEventListener("afterprint", () => turn(page));
  filters.hidden = false;
  document.getElementById("pages").hidden = false;
  choose();
})();
