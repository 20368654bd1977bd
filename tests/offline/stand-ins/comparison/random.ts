import { unknown } from "../../../../provider/engine/marks.ts";
import { isSecret, objectAt, secret } from "../../../../offline/stand-ins/properties.ts";
import type { Properties } from "../../../../offline/stand-ins/properties.ts";
import { plain, stateIn } from "./case.ts";
import type { Case } from "./case.ts";

const password = "random:index/randomPassword:RandomPassword";

const all = {
  lower: true,
  minLower: 0,
  minNumeric: 0,
  minSpecial: 0,
  minUpper: 0,
  number: true,
  numeric: true,
  upper: true,
};
/** What the official plugin keeps of a password, as it was recorded from it. */
const officialPassword: Properties = {
  __meta: '{"schema_version":"3"}',
  bcryptHash: secret("$2a$10$HsFvLK4wI7aLBcqPQiJ8DOGYyeymRSM.MNTWUbd/Q3.SykJ/ukpBi"),
  id: "none",
  length: 24,
  result: secret("Qp7aaaodTqSa5abSQp7aaaod"),
  special: false,
  ...all,
};
/** What the stand-in keeps of one. */
const standInsPassword: Properties = { length: 24, special: false, result: secret("Qp7aaaodTqSa5abSQp7aaaod"), ...all };

/** What a plugin for random is asked, by the one type that this stack uses. */
export const random = (): Case[] => [
  {
    title: "is configured",
    ask: (plugin) => plugin.configure({}),
    answer: { acceptsSecrets: false, previews: true },
  },
  {
    title: "checks a password",
    ask: (plugin) => plugin.check(password, { length: 24, special: false }),
    answer: { length: 24, special: false },
  },
  {
    title: "checks a password of a length that is not known yet",
    ask: (plugin) => plugin.check(password, { length: unknown, special: false }),
    answer: { length: unknown, special: false },
  },
  {
    title: "refuses a password without a letter",
    ask: (plugin) => plugin.check(password, { length: 0 }),
    // It names no input, but in its reason.
    answer: { faults: [""] },
  },
  {
    title: "knows no password in a preview",
    ask: async (plugin) => {
      const state = stateIn(await plugin.create(password, { length: 24, special: false }, true));
      return [state["length"], state["special"], plain(state["result"])];
    },
    answer: [24, false, unknown],
  },
  {
    title: "makes a password, which is secret and not the ID",
    ask: async (plugin) => {
      const made = (await plugin.create(password, { length: 24, special: false })) as Properties;
      const state = objectAt(made, "state");
      const inputs = Object.fromEntries(
        Object.keys({ length: 0, special: false, ...all }).map((key) => [key, state[key]]),
      );
      return [made["id"], isSecret(state["result"]), /^[a-zA-Z0-9]{24}$/.test(plain(state["result"])), inputs];
    },
    answer: ["none", true, true, { length: 24, special: false, ...all }],
  },
  ...Object.entries({ "the official plugin": officialPassword, "the stand-in": standInsPassword }).flatMap(
    ([maker, state]): Case[] => [
      {
        title: `keeps a password that ${maker} has made`,
        ask: (plugin) => plugin.diff(password, state, { length: 24, special: false }, { length: 24, special: false }),
        answer: { changes: false, replaces: [] },
      },
      {
        title: `replaces a password that ${maker} has made by a longer one`,
        ask: (plugin) => plugin.diff(password, state, { length: 25, special: false }, { length: 24, special: false }),
        answer: { changes: true, replaces: ["length"] },
      },
    ],
  ),
  {
    title: "reads the password that is in the state",
    ask: async (plugin) => {
      const state = stateIn(await plugin.read(password, "none", officialPassword, { length: 24, special: false }));
      return [state["length"], plain(state["result"])];
    },
    answer: [24, plain(officialPassword["result"])],
  },
  { title: "deletes a password", ask: (plugin) => plugin.delete(password, "none", officialPassword), answer: {} },
  { title: "is cancelled", ask: (plugin) => plugin.cancel(), answer: {} },
];
