// Whether a conditional question is shown: walks the nested lists that grantengine.form.visible.browser_rule makes.
// Three values as in SQL: true, false, and null where an answer is missing; only true shows.
"use strict";

function grantengineTruth(rule, answers) {
  const op = rule[0];
  if (op === "value") return rule[1];
  if (op === "and" || op === "or") {
    const parts = rule.slice(1).map((part) => grantengineTruth(part, answers));
    const decisive = op === "or";
    if (parts.includes(decisive)) return decisive;
    return parts.includes(null) ? null : !decisive;
  }
  if (op === "not") {
    const inner = grantengineTruth(rule[1], answers);
    return inner === null ? null : !inner;
  }
  const answer = Object.hasOwn(answers, rule[1]) ? answers[rule[1]] : null;
  if (op === "is null") return answer === null;
  if (answer === null) return null;
  if (op === "in") {
    if (rule[2].includes(answer)) return true;
    return rule[2].includes(null) ? null : false;
  }
  const value = rule[2];
  if (value === null) return null;
  switch (op) {
    case "=": return answer === value;
    case "!=": return answer !== value;
    case "<": return answer < value;
    case "<=": return answer <= value;
    case ">": return answer > value;
    case ">=": return answer >= value;
    default: throw new Error("unknown operator " + op);
  }
}

function grantengineIsShown(rule, answers) {
  return grantengineTruth(rule, answers) === true;
}
