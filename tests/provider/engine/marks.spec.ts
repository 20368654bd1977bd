import assert from "node:assert/strict";
import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { secretSignature, signatureKey, unknown } from "../../../provider/engine/marks.ts";

describe("the marks of Pulumi's protocol", () => {
  it("are those of the SDK", () => {
    assert.deepEqual([unknown, signatureKey, secretSignature], [unknownValue, specialSigKey, specialSecretSig]);
  });
});
