/* The verdict at the door, by the same rule table as the server (eventweek/checkin/admission.json, served under /gate). */
const SIGNS = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

const holds = (facts, [name, sign, value]) =>
  SIGNS[sign](facts[name], value !== null && typeof value === "object" ? facts[value.fact] + (value.plus ?? 0) : value);

/* The first rule whose conditions all hold decides; an override passes over yellow rules, never over a red one. */
export const verdict = (table, facts) => {
  let overridden = "";
  for (const rule of table.rules) {
    if (!rule.when.every((condition) => holds(facts, condition))) continue;
    if (rule.colour === "previous")
      return { colour: facts.previous_colour, code: facts.previous_code, repeat: true, overridden: "" };
    if (rule.colour !== "ask" || !facts.override) return { colour: rule.colour, code: rule.code, repeat: false, overridden };
    overridden ||= rule.code;
  }
  throw new Error("the last rule of the table has no condition");
};
