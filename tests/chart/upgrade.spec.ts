import assert from "node:assert/strict";
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { CHART, pick, refusal, render } from "./support/render.ts";

const MOVE = ["postgres.image.tag=18.1-trixie", "postgres.folder=pgdata-18", "postgres.upgrade.image=postgres:17.6-trixie"]; // prettier-ignore

/** Stands for each of PostgreSQL's programs: leaves what the scripts look at, and fails when it is told to. */
const PROGRAM = `#!/bin/sh
name=$(basename "$0")
echo "$name $*" >>"$CALLS"
[ "$name" != "$FAILS" ] || exit 1
for argument; do
  case $argument in
    --pgdata=*) [ "$name" != initdb ] || { mkdir -p "\${argument#*=}"; echo 18 >"\${argument#*=}/PG_VERSION"; } ;;
    --file=*) echo data >"\${argument#*=}" ;;
  esac
done
`;

describe("chart: from one major version of PostgreSQL to the next", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "upgrade-"));
    await mkdir(join(folder, "bin"));
    for (const program of ["pg_ctl", "pg_dump", "initdb", "createdb", "pg_restore", "vacuumdb"]) {
      await writeFile(join(folder, "bin", program), PROGRAM);
      await chmod(join(folder, "bin", program), 0o755);
    }
    await mkdir(join(folder, "pgdata"));
    await writeFile(join(folder, "pgdata/PG_VERSION"), "17\n");
    await writeFile(join(folder, "calls"), "");
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("the data are dumped by the old image and restored by the new one, before the password is set", async () => {
    const { spec } = pick(await render({ set: MOVE }), "StatefulSet", "todo-postgres").spec["template"];
    assert.deepEqual(
      spec.initContainers.map(({ name, image }: { name: string; image: string }) => [name, image]),
      [
        ["dump-old", "postgres:17.6-trixie"],
        ["restore-new", "postgres:18.1-trixie"],
        ["set-password", "postgres:18.1-trixie"],
      ],
    );
    for (const { env } of [...spec.initContainers, ...spec.containers]) {
      const data = env.find(({ name }: { name: string }) => name === "PGDATA");
      assert.equal(data.value, "/var/lib/postgresql/data/pgdata-18");
    }
    assert.equal(spec.initContainers[0].command[2].trim(), (await scriptOf("dump-old")).trim());
  });

  it("nothing is moved unless asked for, and the folders must differ", async () => {
    const { initContainers } = pick(await render(), "StatefulSet", "todo-postgres").spec["template"].spec;
    assert.deepEqual(initContainers.map(({ name }: { name: string }) => name), ["set-password"]); // prettier-ignore
    assert.match(await refusal({ set: ["postgres.upgrade.image=postgres:17.6-trixie"] }), /both pgdata, but the new version needs a folder of its own/); // prettier-ignore
  });

  it("the new database has its name once it is complete; the old one stays; the dump goes", async () => {
    await run("dump-old");
    await run("restore-new");
    assert.equal(await readFile(join(folder, "pgdata-18/PG_VERSION"), "utf8"), "18\n");
    assert.match(await readFile(join(folder, "pgdata-18/pg_hba.conf"), "utf8"), /^host all all all scram-sha-256$/m);
    assert.equal(await readFile(join(folder, "pgdata/PG_VERSION"), "utf8"), "17\n");
    for (const left of ["upgrade.dump", "upgrade.dump.part", "pgdata-18.part"]) await assert.rejects(access(join(folder, left)), left); // prettier-ignore
  });

  it("a second run does nothing, so a pod that restarts later keeps what was written since", async () => {
    await run("dump-old");
    await run("restore-new");
    await writeFile(join(folder, "calls"), "");
    await run("dump-old");
    await run("restore-new");
    assert.equal(await readFile(join(folder, "calls"), "utf8"), "");
  });

  for (const fails of ["pg_dump", "initdb", "pg_restore", "vacuumdb"]) {
    it(`when ${fails} fails, no new database is there, and the next try succeeds`, async () => {
      const both = async (failing?: string) => {
        await run("dump-old", failing);
        await run("restore-new", failing);
      };
      await assert.rejects(both(fails));
      await assert.rejects(access(join(folder, "pgdata-18")), "an incomplete database must not be taken for one");
      await both();
      await access(join(folder, "pgdata-18/PG_VERSION"));
    });
  }

  it("a folder without a database is no reason to start with an empty one", async () => {
    await rm(join(folder, "pgdata/PG_VERSION"));
    await assert.rejects(
      run("dump-old"),
      /There is no database in .*pgdata, so there is nothing to move\. Set postgres\.upgrade/,
    );
  });

  async function run(script: string, fails = ""): Promise<void> {
    await execa("sh", ["-euc", await scriptOf(script)], {
      env: {
        PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
        FROM: join(folder, "pgdata"),
        PGDATA: join(folder, "pgdata-18"),
        DUMP: join(folder, "upgrade.dump"),
        POSTGRES_PASSWORD_FILE: join(folder, "password"),
        CALLS: join(folder, "calls"),
        FAILS: fails,
      },
    });
  }
});

function scriptOf(name: string): Promise<string> {
  return readFile(`${CHART}files/postgres/${name}.sh`, "utf8");
}
