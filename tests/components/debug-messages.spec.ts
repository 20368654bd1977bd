import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import log from "@pulumi/pulumi/log/index.js";
import { hideAnswersFromDebugMessages } from "../../components/lib/debug-messages.ts";
import { MockEngine } from "../helpers/pretended/mocks.ts";

const secret = "4dabf18193072939515e22adb298388d";
const type = "random:index/randomPassword:RandomPassword";

class Password extends pulumi.CustomResource {
  constructor(name: string) {
    super(type, name, { length: 32, result: undefined });
  }
}

describe("what Pulumi's --debug prints", () => {
  const { debug } = log;
  let said: string[];

  beforeEach(() => {
    said = [];
    const record: typeof debug = (message) => {
      said.push(message);
      return Promise.resolve();
    };
    Object.assign(log, { debug: record });
  });

  afterEach(() => Object.assign(log, { debug }));

  const register = async (): Promise<string[]> => {
    const engine = await MockEngine.start({ [type]: { result: secret } });
    new Password("password");
    await engine.settle();
    return said.filter((message) => message.startsWith("RegisterResource RPC finished: "));
  };

  it("holds secrets, so that the next test shows something", async () => {
    assert.ok(
      (await register()).some((message) => message.includes(secret)),
      said.join("\n"),
    );
  });

  it("says that the engine has answered, and leaves out what", async () => {
    hideAnswersFromDebugMessages();
    const answers = await register();
    assert.ok(
      answers.some((message) => /password.*err: null, resp: \[hidden\]$/.test(message)),
      said.join("\n"),
    );
    assert.deepEqual(said.filter((message) => message.includes(secret)), []); // prettier-ignore
  });
});
