import { relative, resolve } from "node:path";
import { checkout } from "../../machine/paths.ts";

/** How the tests of a check went. */
export interface Results {
  passed: number;
  failed: number;
  /** The tests that failed, each by name and in further lines the beginning of why. */
  failures: string[];
  /** The tests that were skipped, by name. */
  skipped: string[];
  /** The tests that failed and passed on their second try, each by name and in further lines why it failed. */
  flaky: string[];
  /** How long the tests of each file took, in seconds, by the file's path in the checkout. */
  specs: Record<string, number>;
}

/**
 * Reads what a check says of itself. One that gives no numbers is one test; one that fails although all its tests
 * passed, say because it could not end, has failed once more.
 * @param succeeded whether its command did.
 * @param junit its results as JUnit's XML.
 * @param cwd where it ran. Its files are named relative to that.
 */
export const resultsOf = (succeeded: boolean, junit: string | undefined, cwd = checkout): Results => {
  const suites = [...(junit ?? "").matchAll(/<testsuite\s([^>]*)>/g)].map(([, attributes = ""]) => attributes);
  // Mocha says "-1 skipped" of a hook that failed, which it counts as a failure, but not as a test.
  const sum = (name: string): number =>
    suites.reduce((total, suite) => total + Number(new RegExp(`\\b${name}="(-?\\d+)"`).exec(suite)?.[1] ?? 0), 0);
  const failed = sum("failures") + sum("errors");
  const passed = sum("tests") - failed - sum("skipped");
  const cases = testCasesIn(junit ?? "");
  const skipped = cases.filter(({ content }) => content.includes("<skipped")).map(({ name }) => name);
  const withReasons = (elements: string): string[] =>
    cases.flatMap(({ name, content }) => reasonIn(content, elements).map((why) => `${name}${why}`));
  return {
    ...(suites.length === 0
      ? { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1 }
      : { passed, failed: succeeded ? failed : Math.max(failed, 1) }),
    failures: withReasons("failure|error"),
    skipped,
    flaky: withReasons("flakyFailure"),
    specs: secondsByFile(cases, cwd),
  };
};

interface TestCase {
  /** The titles around the test, and its own. */
  name: string;
  /** The file, or what stands for it where a runner does not name files. */
  file: string;
  seconds: number;
  content: string;
}

const testCase = /<testcase((?:\s+[\w.:-]+="[^"]*")*)\s*(?:\/>|>([^]*?)<\/testcase>)/g;

const testCasesIn = (junit: string): TestCase[] =>
  [...junit.matchAll(testCase)].map(([, attributes = "", content = ""]) => {
    const attribute = (name: string): string | undefined => {
      const value = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1];
      return value === undefined ? undefined : decode(value);
    };
    const [group = "", title = ""] = [attribute("classname"), attribute("name")];
    return {
      name: `${group} ${title}`.trim(),
      file: attribute("file") ?? group,
      seconds: Number(attribute("time") ?? 0),
      content,
    };
  });

/** As much of a failure as a summary has room for. The whole stands where the test ran. */
const linesOfFailure = 12;

/** Why a test failed: one text, or none if it did not. Some runners say it in an attribute, others in the element. */
const reasonIn = (content: string, elements: string): string[] => {
  const element = new RegExp(`<(?:${elements})((?:\\s+[\\w.:-]+="[^"]*")*)\\s*(?:/>|>([^]*?)</)`).exec(content);
  if (element === null) return [];
  const [, attributes = "", text = ""] = element;
  const message = /\smessage="([^"]*)"/.exec(attributes)?.[1] ?? text.replace(/^<!\[CDATA\[/, "").replace(/\]\]>$/, "");
  const lines = decode(message)
    .split("\n")
    .filter((line) => line.trim() !== "");
  return [
    lines
      .slice(0, linesOfFailure)
      .map((line) => `\n    ${line}`)
      .join(""),
  ];
};

const secondsByFile = (cases: TestCase[], cwd: string): Record<string, number> => {
  const seconds = new Map<string, number>();
  for (const each of cases) {
    const file = relative(checkout, resolve(cwd, each.file));
    seconds.set(file, (seconds.get(file) ?? 0) + each.seconds);
  }
  return Object.fromEntries(seconds);
};

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const decode = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name = "") => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal === undefined ? (entities[String(name)] ?? whole) : String.fromCodePoint(Number(decimal));
  });
