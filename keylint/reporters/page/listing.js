"use strict";
// Shows the findings that stand as JSON in the page, a hundred at a time: 20,000 rows at once are slow to lay out.
// Text reaches the page through textContent alone, so that nothing in it can be markup.

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

// A finding as a line that unfolds.
function details(one) {
  const made = element("details");
  made.append(prose(element("summary"), one.message));
  if (one.suppressed) made.firstChild.append(" (suppressed)");
  if (one.line) {
    const line = element("pre"), end = one.start + one.width, text = Array.from(one.line);
    line.append(text.slice(0, one.start).join(""), element("mark", text.slice(one.start, end).join("")), text.slice(end).join(""));
    made.append(line);
  }
  const list = element("dl");
  told(list, "Why", one.why, "more");
  told(list, "Evidence", one.evidence);
  told(list, "What to do", one.remediation, "more"); // print has both once a rule
  told(list, "Also at", one.also);
  told(list, "Suppressed by", one.suppressed);
  told(list, "Commit", one.commit);
  told(list, "Facts", one.facts, "more");
  told(list, "Fingerprint", one.fingerprint, "more");
  made.append(list);
  return made;
}

// What every list of findings has: by the name of a column, what it is sorted by (`key`), what it shows (`cell`, if that
// is not the key), and whether the first click puts the greatest on top (`down`).
const SEVERITIES = ["low", "medium", "high", "critical"];
const COLUMNS = {
  severity: {
    key: one => SEVERITIES.indexOf(one.severity) - (one.suppressed ? SEVERITIES.length : 0),
    cell: one => element("td", one.severity, "severity " + one.severity),
    down: true,
  },
  rule: {
    key: one => one.rule,
    cell: one => {
      const cell = element("td"), link = element("a", one.rule);
      link.href = "#rule-" + one.rule;
      cell.append(link);
      return cell;
    },
  },
  place: { key: one => one.place, cell: one => element("td", one.place, "place") },
  message: {
    key: one => one.message,
    cell: one => {
      const cell = element("td");
      cell.append(details(one));
      return cell;
    },
  },
};

// Returns what shows the findings anew after a filter was set. `isWanted` tells of a finding whether the filters of the
// page let it through; `words` are what a search looks in.
function listing(data, columns, words, isWanted) {
  const PAGE = 100, PRINTED = 2000;
  const heads = [...document.querySelectorAll("#findings th")];
  const body = document.querySelector("#findings tbody");
  const filters = document.getElementById("filters");
  const fields = filters.elements;
  const status = document.getElementById("status");
  const [previous, next] = document.querySelectorAll("#pages button");
  const where = document.querySelector("#pages span");
  let shown = data, page = 0, sorted = heads.find(head => head.hasAttribute("aria-sort")).dataset.key, down = true;

  for (const one of data) one.words = words(one).join("\n").toLowerCase();

  function row(one) {
    const made = element("tr", undefined, one.suppressed && "suppressed");
    made.append(...heads.map(head => columns[head.dataset.key].cell(one)));
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

  function choose() {
    const sought = fields.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = data.filter(one => isWanted(one, fields) && sought.every(word => one.words.includes(word)));
    const key = columns[sorted].key, sign = down ? -1 : 1;
    const decided = shown.map((one, at) => [key(one), at, one]);
    decided.sort((a, b) => (a[0] < b[0] ? -sign : a[0] > b[0] ? sign : a[1] - b[1]));
    shown = decided.map(one => one[2]);
    turn(0);
  }

  for (const head of heads) {
    const button = element("button", head.textContent);
    button.type = "button";
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      down = sorted === head.dataset.key ? !down : Boolean(columns[head.dataset.key].down);
      sorted = head.dataset.key;
      for (const other of heads) other.removeAttribute("aria-sort");
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
  return choose;
}
