import assert from "node:assert/strict";
import { redact } from "../../../provider/processes/redact.ts";

describe("what is shown of what programs say", () => {
  for (const [text, shown] of [
    ["at postgresql://todo:hush@db.example.com/todo", "at postgresql://[hidden]@db.example.com/todo"],
    ["postgresql+psycopg://todo:hu%40sh@db:5432/todo?x=y", "postgresql+psycopg://[hidden]@db:5432/todo?x=y"],
    // As somebody may have written it who does not know that these have to be encoded.
    ["postgres://todo:hu@sh@db/todo", "postgres://[hidden]@db/todo"],
    ["postgres://todo:hu/sh@db/todo", "postgres://[hidden]@db/todo"],
    ["postgres://todo:hu:sh?x#y@db/todo", "postgres://[hidden]@db/todo"],
    ["postgres://todo:hu sh@db/todo", "postgres://[hidden]@db/todo"],
    ["postgresql+psycopg://todo:80/hush@db/todo", "postgresql+psycopg://[hidden]@db/todo"],
    [
      "postgres://todo:hush@db:5432 is away, ask ann@example.com",
      "postgres://[hidden]@db:5432 is away, ask ann@example.com",
    ],
    ["https://hush@example.com/", "https://[hidden]@example.com/"],
    ["http://me:hush@proxy:3128", "http://[hidden]@proxy:3128"],
    ["?user=me&password=hush&x=y", "?user=me&password=[hidden]&x=y"],
    ["host=db password='hu sh' user=me", "host=db password=[hidden] user=me"],
    ['invalid percent-encoded token: "hu%sh"', "invalid percent-encoded token: [hidden]"],
    ["Authorization: Bearer hush-hush-hush", "Authorization: Bearer [hidden]"],
    ["Authorization: Basic aHVzaDpodXNo", "Authorization: Basic [hidden]"],
    ["PGPASSWORD=hush psql", "PGPASSWORD=[hidden] psql"],
    ["POSTGRES_PASSWORD='hu sh' psql", "POSTGRES_PASSWORD=[hidden] psql"],
    ["PULUMI_CONFIG_PASSPHRASE=hush pulumi up", "PULUMI_CONFIG_PASSPHRASE=[hidden] pulumi up"],
    ["JWT_SECRET='hu sh' uvicorn", "JWT_SECRET=[hidden] uvicorn"],
    ["helm --token=hush --debug", "helm --token=[hidden] --debug"],
    ["https://example.com/?token=hush&x=y", "https://example.com/?token=[hidden]&x=y"],
    ["user: me\n  password: hush\nhost: db", "user: me\n  password: [hidden]\nhost: db"],
    ['password: "hu sh"', "password: [hidden]"],
    ['{"password": "hu\\"sh", "user": "me"}', '{"password": [hidden], "user": "me"}'],
    ["//registry.example/:_authToken=hush-hush", "//registry.example/:_authToken=[hidden]"],
    ["key github_pat_hush_hush_hush_hush", "key [hidden]"],
    ["key sk-hush-hush-hush-hush", "key [hidden]"],
  ] as const) {
    it(`is ${shown}`, () => {
      assert.equal(redact(text), shown);
      assert.doesNotMatch(redact(text), /hush|hu[^i]/);
    });
  }

  for (const text of [
    "https://packages.example:443/@scope/package",
    "https://packages.example/@scope/package",
    "see http://localhost:30080 and ann@example.com",
    "waiting for postgres:5432 (3 s)",
    "cannot fetch https://packages.example:443 now, ask ann@example.com",
    "cannot fetch https://packages.example: ask ann@example.com",
    "password: String should have at least 12 characters",
    "unexpected token = in line 3",
    "databasePasswordGeneration: 2, and a password that nobody knows",
  ]) {
    it(`is all of "${text}"`, () => assert.equal(redact(text), text));
  }

  it("takes no time to speak of, whatever is said", () => {
    const long = `${"a://".repeat(2_000)}${"b:".repeat(5_000)}`;
    assert.equal(typeof redact(long), "string");
  });
});
