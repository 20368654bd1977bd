import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { applications } from "../../components/lib/development.ts";
import { checkout } from "../../machine/paths.ts";

interface Stage {
  base: string;
  name: string | undefined;
  /** Instructions, one a line. */
  text: string;
}

const read = (app: string, file: string): string => readFileSync(join(checkout, "apps", app, file), "utf8");

const stagesOf = (app: string): Stage[] =>
  read(app, "Dockerfile")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\s*\\\n\s*/g, " ")
    .split(/^(?=FROM )/m)
    .filter((text) => text.startsWith("FROM "))
    .map((text) => {
      const [, base = "", name] = /^FROM (\S+)(?: AS (\S+))?/.exec(text) ?? [];
      return { base, name, text };
    });

/** The stages that the image of production is made from, and its own. */
const production = (app: string): Stage[] => {
  const stages = stagesOf(app);
  const reached = new Set([stages.at(-1)]);
  for (const stage of reached) {
    const copied = [...(stage?.text ?? "").matchAll(/(?:^COPY --from=|--mount=type=bind,from=)([^\s,]+)/gm)].map(
      ([, name]) => name,
    );
    for (const each of stages) if (copied.includes(each.name)) reached.add(each);
  }
  return stages.filter((stage) => reached.has(stage));
};

/** The image that a stage begins with, through stages that it begins with itself. */
const imageOf = (app: string, { base }: Stage): string => {
  const stage = stagesOf(app).find(({ name }) => name === base);
  return stage === undefined ? base : imageOf(app, stage);
};

const last = (app: string): Stage => stagesOf(app).at(-1) ?? { base: "", name: undefined, text: "" };

describe("the Dockerfiles", () => {
  it("I1: build the frontend in three stages on Alpine, and keep standalone, static and public alone", () => {
    const stages = production("frontend");
    assert.deepEqual(
      stages.map(({ name }) => name),
      ["deps", "builder", "runner"],
    );
    for (const stage of stages) assert.match(imageOf("frontend", stage), /^node:[0-9.]+-alpine$/);
    assert.match(read("frontend", "next.config.ts"), /output: "standalone"/);
    const copied = [...last("frontend").text.matchAll(/^(?:COPY|ADD) (.*) \S+$/gm)].map(([, what]) => what);
    const parts = [".next/standalone", ".next/static", "public"];
    assert.deepEqual(
      copied,
      parts.map((part) => `--from=builder /app/${part}`),
    );
  });

  it("build an edit of the frontend without copying packages, and compile only what has changed", () => {
    const [deps, builder] = production("frontend");
    assert.match(deps?.text ?? "", /npm ci --omit=dev /, "what only tests the frontend need not be installed");
    assert.doesNotMatch(builder?.text ?? "", /COPY .*node_modules/);
    assert.match(builder?.text ?? "", /--mount=type=bind,from=deps,source=\/app\/node_modules,.* npm run build /);
    assert.match(builder?.text ?? "", /--mount=type=cache,target=\/app\/\.next\/cache,.* npm run build /);
  });

  it("name the frontend's build after the same files, whichever client sends its Dockerfile along", () => {
    const builder = production("frontend").find(({ name }) => name === "builder")?.text ?? "";
    assert.match(builder, /COPY \. \.\nRUN rm -f Dockerfile \.dockerignore Dockerfile\.dockerignore && find \. /);
  });

  it("I2: build the backend in two stages on Debian's slim Python, dependencies by the lock file before the code", () => {
    const stages = production("backend");
    assert.equal(stages.length, 2);
    for (const stage of stages) assert.match(imageOf("backend", stage), /^python:[0-9.]+-slim-[a-z]+$/);
    const [builder] = stages;
    const order = ["COPY pyproject.toml uv.lock", "uv sync --locked", "COPY src"];
    const places = order.map((text) => builder?.text.indexOf(text) ?? -1);
    assert.ok(!places.includes(-1), `the builder must have ${order.join(", ")}`);
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
      "an edit of the code would install everything anew",
    );
  });

  for (const app of ["backend", "frontend"] as const) {
    it(`I3: pin the ${app}'s bases, let in by name alone, and run it as 65532 with a health check`, () => {
      for (const stage of stagesOf(app)) {
        assert.match(imageOf(app, stage), /:\d+\.\d+\.\d+-/, `${stage.base} is no exact version`);
      }
      const rules = read(app, ".dockerignore").split("\n");
      assert.equal(
        rules.find((rule) => rule !== "" && !rule.startsWith("#")),
        "*",
      );
      assert.match(last(app).text, /^USER 65532:65532$/m);
      assert.match(last(app).text, /^HEALTHCHECK .*CMD \[/m);
      // Debian's own image has such programs; one that stands in for it has none.
      assert.match(
        last(app).text,
        /^RUN .*find \/ -xdev -type f -perm \/6000 -exec chmod a-s/m,
        "su would stay setuid",
      );
    });

    it(`have a target for development of the ${app} without any of its code, and with the same user`, () => {
      const stage = stagesOf(app).find(({ name }) => name === "development");
      const { code } = applications[app];
      const from = stagesOf(app).find(({ name }) => name === stage?.base);
      const copied = [from, stage].flatMap((each) => [...(each?.text ?? "").matchAll(/^(?:COPY|ADD) (.*) \S+$/gm)]);
      const files = copied.flatMap(([, what = ""]) => what.split(" "));
      assert.ok(files.length > 0, "what it copies was not found");
      assert.deepEqual(
        files.filter((file) => [".", ...code].includes(file) || file.startsWith("--from")),
        [],
      );
      assert.match(stage?.text ?? "", /^USER 65532:65532$/m);
      assert.ok(!production(app).some(({ name }) => name === "development"), "production must have nothing of it");
    });

    it(`let another user read what the ${app}'s images copy, whatever umask it was checked out with`, () => {
      const development = stagesOf(app).find(({ name }) => name === "development")?.text ?? "";
      const copies = development.lastIndexOf("\nCOPY ");
      const opens = development.search(/\nRUN chmod (-R u=rwX,go=rX|go=r) /);
      assert.ok(copies !== -1 && opens > copies, "development: chmod must come after what is copied");
      const builder = production(app).find(({ name }) => name === "builder");
      assert.match(last(app).text, /^COPY --from=builder /m);
      assert.match(builder?.text ?? "", / chmod -R u=rwX,go=rX /);
    });

    it(`keep what the ${app} downloads in a cache, and ask nobody for an unchanged lock file`, () => {
      const text = stagesOf(app).map((stage) => stage.text);
      const installs = text.flatMap((stage) => stage.match(/^RUN .*(npm ci|uv sync|pip install).*$/gm) ?? []);
      assert.ok(installs.length > 0, "no installation was found");
      for (const install of installs) assert.match(install, /--mount=type=cache,target=/);
    });
  }
});
