import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { Readable } from "node:stream";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import { extract } from "tar-stream";
import { filesIn } from "../../../components/build-context/content-hash.ts";
import { ignoreRules } from "../../../components/build-context/dockerignore.ts";
import { userEnvironment } from "../../../provider/processes/user-environment.ts";
import { cliWithBuildKit } from "../../../offline/stand-ins/docker/docker-daemon.ts";
import { drawContext, writeContext } from "../../helpers/build-context.ts";
import type { BuildContext } from "../../helpers/build-context.ts";

const groups = 10;
const contextsInGroup = 50;

/**
 * The whole way of a build context through `docker build`, which leaves no image behind. What the newest BuildKit makes
 * of more contexts is in tests/components/build-context/dockerignore-answers.txt.
 */
describe("a .dockerignore, in docker build", function () {
  this.timeout("10m");

  let docker: string;
  let seeds: number[];

  before(async () => {
    docker = await cliWithBuildKit(AbortSignal.timeout(60_000));
    const { stdout } = await execa(docker, ["--version"]);
    const isEarly = Number(/version (\d+)\./.exec(stdout)?.[1]) < 23;
    const all = Array.from({ length: 10_000 }, (_, index) => index + 1);
    seeds = all.filter((seed) => !isEarly || isReadAsEver(drawContext(seed))).slice(0, groups * contextsInGroup);
    assert.equal(seeds.length, 500);
  });

  for (let group = 0; group < groups; group += 1) {
    it(`leaves out what is left out here, in ${contextsInGroup} drawn contexts: ${group + 1} of ${groups}`, async () => {
      for (const seed of seeds.slice(group * contextsInGroup, (group + 1) * contextsInGroup)) {
        await using folder = await createFixture();
        const context = drawContext(seed);
        await writeContext(folder.path, context);
        await writeFile(folder.getPath("Dockerfile"), "FROM scratch\nCOPY . /context/\n");
        const built = await build(docker, folder.path);
        const here = filesIn(folder.path, ignoreRules(folder.path));
        assert.deepEqual(here.toSorted(), built.toSorted(), `seed ${seed}: ${JSON.stringify(context)}`);
      }
    });
  }
});

/**
 * Whether Docker before 23 reads the rules as Docker does since. Before, it took more characters for those of an
 * expression and `**` before a part of a name for a folder, and found exceptions by plain names alone, where `*` had
 * left all out.
 */
function isReadAsEver({ rules }: BuildContext): boolean {
  const differs = /[+(){}|]|(?<!\[)\^|\*\*[^/\r\n]/;
  const exceptionThatDiffers = /^\s*!.*[*?[\]\\]/m;
  return Object.values(rules).every((text) => {
    if (differs.test(text) || exceptionThatDiffers.test(text)) return false;
    return !/^\s*!/m.test(text) || (/^\uFEFF?\*\r?\n/.test(text) && !text.includes("**"));
  });
}

/** The files and links that a build copies out of a context, as they are in its result. */
async function build(docker: string, context: string): Promise<string[]> {
  const { stdout } = await execa(docker, ["build", "--output", "type=tar,dest=-", context], {
    env: { ...userEnvironment(process.env), DOCKER_BUILDKIT: "1", BUILDX_BUILDER: "default" },
    extendEnv: false,
    encoding: "buffer",
    stdin: "ignore",
  });
  const archive = extract();
  Readable.from([stdout]).pipe(archive);
  const paths: string[] = [];
  for await (const entry of archive) {
    const { name, type } = entry.header;
    if (type !== "directory" && name.startsWith("context/")) paths.push(name.slice("context/".length));
    entry.resume();
  }
  return paths;
}
