import { randomInt } from "node:crypto";
import { compare } from "../diff.ts";
import { unknown } from "../../../provider/engine/marks.ts";
import { hasUnknowns, reveal, revealAll, secret } from "../properties.ts";
import type { Properties } from "../properties.ts";
import type { Resource } from "../resource-type.ts";

const defaults: Properties = {
  ...{ lower: true, upper: true, numeric: true, number: true, special: true },
  ...{ minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 },
};

const inputNames = ["length", "keepers", "overrideSpecial", ...Object.keys(defaults)];

/** What a password is made of, by the input that allows it and the one that asks for a number of them. */
const alphabets = [
  { allowed: "lower", least: "minLower", letters: "abcdefghijklmnopqrstuvwxyz" },
  { allowed: "upper", least: "minUpper", letters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
  { allowed: "numeric", least: "minNumeric", letters: "0123456789" },
  { allowed: "special", least: "minSpecial", letters: "!@#$%&*()-_=+[]{}<>:?" },
];

/**
 * `random.RandomPassword`: a secret text, made once and kept as `result`; any change of inputs makes a new one. Its ID
 * is `none`. Of the official plugin's outputs `bcryptHash` is missing.
 */
export const randomPasswordResource: Resource = {
  check: (_urn, _olds, news) => {
    const { length, ...rest } = { ...defaults, ...revealAll(news) };
    if (hasUnknowns(news)) return Promise.resolve({ inputs: news });
    const least = alphabets.reduce((sum, alphabet) => sum + Number(rest[alphabet.least]), 0);
    const tooShort = !(typeof length === "number" && length >= Math.max(1, least));
    const reason = `Attribute length value must be at least ${Math.max(1, least)}, got: ${JSON.stringify(length)}`;
    const empty = alphabets.every((alphabet) => rest[alphabet.allowed] !== true);
    return Promise.resolve({
      inputs: news,
      failures: [
        // As in the official plugin, the input is named by the reason alone.
        ...(tooShort ? [{ property: "", reason }] : []),
        ...(empty ? [{ property: "", reason: "At least one kind of character must be allowed" }] : []),
      ],
    });
  },

  diff: (state, inputs) => {
    // The official plugin keeps more of one, which is no input of anybody's: a hash, and its own notes.
    const known = Object.entries(revealAll(state)).filter(([key]) => inputNames.includes(key));
    const before: Properties = Object.fromEntries(known);
    const changes = compare(before, { ...defaults, ...revealAll(inputs) }, before);
    return { changes, replaces: Object.keys(changes) };
  },

  create: (_urn, inputs, preview) => {
    const state = { ...defaults, ...inputs };
    if (preview) return Promise.resolve({ id: "", state: { ...state, result: unknown } });
    return Promise.resolve({ id: "none", state: { ...state, result: secret(password(revealAll(state))) } });
  },

  read: (_urn, id, state, inputs) => Promise.resolve({ id, state, inputs }),
  update: (_urn, _state, inputs) => Promise.resolve(inputs),
  delete: () => Promise.resolve(),
};

function password(inputs: Properties): string {
  const override = reveal(inputs["overrideSpecial"] ?? null);
  const special = typeof override === "string" ? override : undefined;
  const lettersOf = (alphabet: (typeof alphabets)[number]): string =>
    alphabet.allowed === "special" ? (special ?? alphabet.letters) : alphabet.letters;
  const allowed = alphabets.filter((alphabet) => inputs[alphabet.allowed] === true);
  const all = allowed.map(lettersOf).join("");

  const letters = alphabets.flatMap((alphabet) => some(Number(inputs[alphabet.least]), lettersOf(alphabet)));
  letters.push(...some(Number(inputs["length"]) - letters.length, all));
  return shuffled(letters).join("");
}

const some = (count: number, letters: string): string[] =>
  Array.from({ length: count }, () => letters.charAt(randomInt(letters.length)));

function shuffled(letters: string[]): string[] {
  const result = [...letters];
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] ?? "", result[last] ?? ""];
  }
  return result;
}
