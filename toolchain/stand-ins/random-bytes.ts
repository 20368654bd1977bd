import { randomBytes } from "node:crypto";
import { compare } from "./diff.ts";
import { unknown } from "../../provider/marks.ts";
import { reveal, revealAll, secret } from "./properties.ts";
import type { Properties } from "./properties.ts";
import type { Resource } from "./resource.ts";

/**
 * `random.RandomBytes`: secret bytes as `base64` and `hex`, made once and kept; any change of inputs makes new ones.
 *
 * As in the official plugin the resource's ID is the base64 text, and an ID is no secret to Pulumi.
 */
export const randomBytesResource: Resource = {
  check: (_urn, _olds, news) => {
    const length = reveal(news["length"] ?? null);
    const reason = `Attribute length value must be at least 1, got: ${JSON.stringify(length)}`;
    const valid = length === unknown || (typeof length === "number" && Number.isInteger(length) && length >= 1);
    return Promise.resolve({ inputs: news, failures: valid ? [] : [{ property: "length", reason }] });
  },

  diff: (state, inputs) => {
    const [before, wanted] = [revealAll(inputsOf(state)), revealAll(inputs)];
    const changes = compare(before, wanted, before);
    return { changes, replaces: Object.keys(changes) };
  },

  create: (_urn, inputs, preview) => {
    if (preview) return Promise.resolve({ id: "", state: { ...inputs, base64: unknown, hex: unknown } });
    const bytes = randomBytes(Number(reveal(inputs["length"] ?? 0)));
    const base64 = bytes.toString("base64");
    const state = { ...inputs, base64: secret(base64), hex: secret(bytes.toString("hex")) };
    return Promise.resolve({ id: base64, state });
  },

  read: (_urn, id, state, inputs) => Promise.resolve({ id, state, inputs }),
  update: (_urn, _state, inputs) => Promise.resolve(inputs),
  delete: () => Promise.resolve(),
};

const inputsOf = ({ length, keepers }: Properties): Properties => ({
  ...(length === undefined ? {} : { length }),
  ...(keepers === undefined ? {} : { keepers }),
});
