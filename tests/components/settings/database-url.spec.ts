import assert from "node:assert/strict";
import { problemOfDatabaseUrl } from "../../../components/settings/database-url.ts";
import { egressTo } from "../../../components/settings/egress.ts";

const problem = (url: string): string => problemOfDatabaseUrl(url) ?? assert.fail("it must be refused");

describe("the URL of a database outside", () => {
  for (const [character, encoding] of [
    ["%", "% as %25"],
    ["%zz", "% as %25"],
    ["%4", "% as %25"],
    ["@", "@ as %40"],
    ["#", "# as %23"],
    ["/", "/ as %2F"],
    ["?", "? as %3F"],
    [":", ": as %3A"],
    ["[", "[ as %5B"],
    ["]", "] as %5D"],
    [" ", "a space as %20"],
    ["\u00A0", "a space as %C2%A0"],
  ] as const) {
    it(`C6: is refused with a raw ${JSON.stringify(character)} in its password, which is not shown`, () => {
      for (const password of [`hush${character}hush`, `${character}hush`, `hush${character}`]) {
        const text = problem(`postgresql://me:${password}@db.example.com:5432/todo?sslmode=require`);
        assert.match(text, /^must write what is special in user and password, which is everything before the last @: /);
        assert.ok(text.endsWith(encoding), text);
        assert.doesNotMatch(text, /hush/);
      }
    });

    it(`C6: is refused with a raw ${JSON.stringify(character)} in its user`, () => {
      // What follows the first colon is the password.
      if (character === ":") return;
      const text = problem(`postgres://hush${character}me:secret@db.example.com/todo`);
      assert.ok(text.endsWith(encoding), text);
      assert.doesNotMatch(text, /hush|secret/);
    });
  }

  it("C6: is told of everything that is to be encoded at once", () => {
    assert.match(problem("postgresql://me:a/b?c#d@e@db/todo"), /: \/ as %2F, \? as %3F, # as %23, @ as %40$/);
  });

  const refusals: [string, RegExp][] = [
    ["hush", /^is no URL; it must be one such as postgresql:/],
    ["host=db.example.com user=me password=hush", /^is no URL; it must be/],
    ["mysql://me:hush@db/todo", /^is no URL of a PostgreSQL/],
    ["POSTGRESQL://me:hush@db/todo", /^is no URL of a PostgreSQL/],
    ["postgresql+asyncpg://me:hush@db/todo", /^is no URL of a PostgreSQL/],
    ["postgresql:/me:hush@db/todo", /^is no URL/],
    ["postgresql://", /^names no host$/],
    ["postgresql:///todo", /^names no host$/],
    ["postgresql://me:hush@/todo", /^names no host$/],
    ["postgresql://me:hush@:5432/todo", /^names no host$/],
    ["postgresql://me:hush", /^names a port that is no number/],
    ["postgresql://me:hush@db:/todo", /^names a port that is no number/],
    ["postgresql://me:hush@db:0/todo", /^names a port/],
    ["postgresql://me:hush@db:65536/todo", /^names a port/],
    ["postgresql://me:hush@one:5432,two:5432/todo", /^names several hosts/],
    ["postgresql://me:hush@one,two/todo", /^names several hosts/],
    ["postgresql://me:hush@%2Fvar%2Frun/todo", /^names a socket/],
    ["postgresql://me:hush@localhost/todo", /^names localhost/],
    ["postgresql://me:hush@LOCALHOST./todo", /^names localhost/],
    ["postgresql://me:hush@127.0.0.1/todo", /^names localhost/],
    ["postgresql://me:hush@[::1]/todo", /^names localhost/],
    ["postgresql://me:hush@[2001:db8::1]:5432/todo", /^names an IPv6 address/],
    ["postgresql://me:hush@d%62/todo", /^names a host that is neither/],
    ["postgresql://me:hush@ex ample/todo", /^names a host that is neither/],
    ["postgresql://me:hush@db/todo?password=hush", /^holds password behind the \?/],
    ["postgresql://me@db/todo?sslmode=require&host=other", /^holds host behind the \?/],
    ["postgresql://me@db/todo?%70assword=hush", /^holds password behind the \?/],
    ["postgresql://me@db/todo?PASSWORD=hush", /^holds password behind the \?/],
    ["postgresql://me@db/todo?%68ost=hush", /^holds host behind the \?/],
    ["postgresql://db/todo?user=hush", /^holds user behind the \?/],
    ["postgresql://me@db?dbname=host%3Dhush", /^holds dbname behind the \?/],
    ["postgresql://me@db/todo?hush", /^must write what is behind the \? as option=value/],
    ["postgresql://me@db/todo?sslmode=require&", /^must write what is behind the \? as option=value/],
    ["postgresql://me@db/todo?", /^must write what is behind the \? as option=value/],
    ["postgresql://me@db/todo?sslmode=require=hush", /^must write what is behind the \? as option=value/],
    ["postgresql://me@db/todo?autocommit=hush", /^holds an option behind the \? that/],
    ["postgresql://me@db/todo?hush=1", /^holds an option behind the \? that/],
    ["postgresql://me@db/todo?sslmode=hush&sslmode=hush", /^holds sslmode twice behind the \?/],
    ["postgresql://me@db/todo?sslmode=%ff", /^encodes in what is behind the \? what is not UTF-8/],
    ["postgresql://me@db/todo?options=-c hush", /^must write behind the host a space as %20/],
    ["postgresql://me:hush@dätabank/todo", /^names a host that is neither/],
    ["postgresql://me:hush@[db]/todo", /^names (an IPv6 address|a host)/],
    ["postgresql://me:hush@db/to#do", /^must write behind the host # as %23$/],
    ["postgresql://me:hush@db/to%do", /^must write behind the host % as %25$/],
    ["postgresql://me:hush%00@db/todo", /^holds %00 in its user or password/],
    ["postgresql://me:hush%ff@db/todo", /^encodes in its user or password what is not UTF-8$/],
    ["postgresql://me:hush@db/todo\n", /^holds a line break \(U\+000A\)/],
    ["postgresql://me:hu\rsh@db/todo", /^holds a line break \(U\+000D\)/],
    ["postgresql://me:hush\0@db/todo", /^holds a character that cannot be seen \(U\+0000\)/],
    ["postgresql://me:hush\u200B@db/todo", /^holds a character that cannot be seen \(U\+200B\)/],
    [" postgresql://me:hush@db/todo", /^holds a space at its beginning or end/],
  ];
  for (const [url, message] of refusals) {
    it(`C6: is refused, and not shown, as ${JSON.stringify(url.replaceAll("hush", "…"))}`, () => {
      assert.match(problem(url), message);
      assert.doesNotMatch(problem(url), /hush/);
    });
  }

  for (const url of [
    "postgresql://db.example.com",
    "postgres://me@db.example.com/todo",
    "postgresql://me:@db/todo",
    "postgresql://me@db?sslmode=verify-full&sslrootcert=system&connect_timeout=5&application_name=todo%20stack",
    "postgresql://me:hush@db/t%C3%B6do",
    "postgresql://me:a%25b%40c%23d%2Fe%3Ff%3Ag%5Bh%20i@db.example.com:6432/todo?sslmode=require&options=-c%20x%3Dy",
    "postgresql://me:pässwörd-買牛奶-🎉@db/todo",
    "postgresql://me:!$&'()*+,;=-._~\"<>\\^`{|}@192.0.2.9/todo",
  ]) {
    it(`C6: is taken as ${url}, and its server is found`, () => {
      assert.equal(problemOfDatabaseUrl(url), undefined);
      assert.ok(egressTo(url).port > 0);
    });
  }
});
