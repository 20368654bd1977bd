import assert from "node:assert/strict";
import { unknown } from "../../../../provider/engine/marks.ts";
import { objectAt, revealAll, secret, textAt } from "../../../../offline/stand-ins/properties.ts";
import type { Properties } from "../../../../offline/stand-ins/properties.ts";
import { randomPasswordResource } from "../../../../offline/stand-ins/random/random-password.ts";

const urn = "urn:pulumi:dev::p::random:index/randomPassword:RandomPassword::name";
const create = async (inputs: Properties): Promise<Properties> =>
  (await randomPasswordResource.create(urn, inputs, false, 0)).state;

describe("stand-ins: random.RandomPassword", () => {
  it("makes a secret text of the wanted length and letters, whose ID says nothing", async () => {
    const created = await randomPasswordResource.create(urn, { length: 64, special: false }, false, 0);
    assert.match(textAt(created.state, "result") ?? "", /^[a-zA-Z0-9]{64}$/);
    assert.deepEqual(created.state["result"], secret(textAt(created.state, "result") ?? ""));
    assert.equal(created.id, "none");
  });

  it("has at least as many letters of a kind as asked", async () => {
    const state = await create({ length: 8, minSpecial: 4, minNumeric: 4 });
    assert.equal((textAt(state, "result") ?? "").replaceAll(/\d/g, "").length, 4);
  });

  it("takes special letters from those it is given", async () => {
    const state = await create({ length: 20, lower: false, upper: false, numeric: false, overrideSpecial: "_" });
    assert.equal(textAt(state, "result"), "_".repeat(20));
  });

  it("is not replaced by inputs that say what the defaults say", async () => {
    const state = await create({ length: 20 });
    assert.deepEqual(randomPasswordResource.diff(state, { length: 20, special: true }).changes, {});
    assert.deepEqual(randomPasswordResource.diff(state, { length: 20, special: false }).replaces, ["special"]);
  });

  it("refuses a length that is too short for what must be in it", async () => {
    const { failures } = await randomPasswordResource.check(urn, {}, { length: 3, minLower: 4 });
    assert.match(failures?.map(({ reason }) => reason).join() ?? "", /^Attribute length value must be at least 4/);
  });

  it("knows no text in a preview", async () => {
    const { state } = await randomPasswordResource.create(urn, { length: 24 }, true, 0);
    assert.equal(revealAll(objectAt({ state }, "state"))["result"], unknown);
  });
});
