listing(
  JSON.parse(document.getElementById("data").textContent).rows,
  COLUMNS,
  one => [one.severity, one.rule, one.place, one.message, one.suppressed || "", one.line || ""],
  (one, fields) =>
    (!fields.severity.value || one.severity === fields.severity.value) &&
    (!fields.rule.value || one.rule === fields.rule.value) &&
    (fields.state.value === "all" || (fields.state.value === "suppressed") === Boolean(one.suppressed)),
);
