(() => {
  const { rows, rules } = JSON.parse(document.getElementById("data").textContent);
  const fields = document.getElementById("filters").elements;
  const named = new Set(rows.map(one => one.repository));

  for (const one of rows) {
    one.why = rules[one.rule].why;
    one.remediation ??= rules[one.rule].remediation;
  }

  const columns = {
    ...COLUMNS,
    severity: {
      ...COLUMNS.severity,
      cell: one => {
        const cell = COLUMNS.severity.cell(one);
        if (one.new) cell.append(" ", element("span", "new", "badge"));
        return cell;
      },
    },
    days: {
      key: one => one.days,
      cell: one => {
        const cell = element("td", `${one.days.toLocaleString("en")} d`, "days");
        cell.title = "since " + one.since;
        return cell;
      },
      down: true,
    },
    where: {
      key: one => one.repository + "\n" + one.place,
      cell: one => {
        const cell = element("td", undefined, "where");
        cell.append(element("b", one.repository), element("span", one.place, "place"), element("span", one.owner, "dim"));
        return cell;
      },
    },
    message: {
      key: one => one.message,
      cell: one => {
        const cell = COLUMNS.message.cell(one), list = cell.querySelector("dl");
        list.prepend(element("dt", "Exposed since"), element("dd", one.since));
        return cell;
      },
    },
  };

  // A whole name picks that repository, a piece of one all that hold it.
  function isOf(repository, sought) {
    return !sought || (named.has(sought) ? repository === sought : repository.toLowerCase().includes(sought.toLowerCase()));
  }

  const choose = listing(
    rows,
    columns,
    one => [one.severity, one.rule, one.repository, one.owner, one.place, one.message, one.suppressed || "", one.line || ""],
    (one, { severity, rule, owner, repository, fresh, state }) =>
      (!severity.value || one.severity === severity.value) &&
      (!rule.value || one.rule === rule.value) &&
      (!owner.value || one.owner === owner.value) &&
      isOf(one.repository, repository.value.trim()) &&
      (!fresh.checked || one.new) &&
      (state.value === "all" || (state.value === "suppressed") === Boolean(one.suppressed)),
  );

  // The names of the tables pick what the findings are filtered by.
  for (const cell of document.querySelectorAll("[data-field]")) {
    const button = element("button", cell.textContent, "pick");
    button.type = "button";
    cell.replaceChildren(button);
    button.addEventListener("click", () => {
      document.getElementById("filters").reset();
      fields[cell.dataset.field].value = button.textContent;
      choose();
      document.getElementById("findings-title").scrollIntoView();
      document.getElementById("status").focus({ preventScroll: true });
    });
  }
})();
