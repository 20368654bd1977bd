import assert from "node:assert/strict";
import { demandsOf, type FileSystem, mustHaveSpace } from "../../setup/disk.ts";
import type { Step } from "../../machine/step.ts";

const step: Step = { title: "step", isDone: () => Promise.resolve(false), run: () => Promise.resolve() };
const compiler: Step = { ...step, compiles: true };
const gigabyte = 1e9;

/** File systems by the beginning of a folder's path, with what is free on them in GB. */
const disks =
  (free: Record<string, number>): FileSystem =>
  (folder) => {
    const names = Object.keys(free);
    const device = names.findIndex((name) => folder.startsWith(name));
    return Promise.resolve({ device, free: (free[names[device] ?? ""] ?? 0) * gigabyte });
  };

describe("disk space for set-up", () => {
  const both = [
    { folder: "/home/modules", bytes: 3 * gigabyte },
    { folder: "/home/compiled", bytes: 2 * gigabyte },
  ];

  it("is counted together for folders on one disk, and refused with what is needed, what is there and where", async () => {
    await assert.rejects(mustHaveSpace(both, disks({ "/home": 4.9 })), {
      name: "UserError",
      message:
        /^Set-up needs 5\.0 GB of free disk space for \/home\/modules, \/home\/compiled, and there are 4\.9 GB\.\n {2}Free some/,
    });
    await mustHaveSpace(both, disks({ "/home": 5 }));
  });

  it("is counted for each disk", async () => {
    await mustHaveSpace(both, disks({ "/home/modules": 3, "/home/compiled": 2 }));
    await assert.rejects(
      mustHaveSpace(both, disks({ "/home/modules": 9, "/home/compiled": 1 })),
      /needs 2\.0 GB of free disk space for \/home\/compiled, and there are 1\.0 GB/,
    );
  });

  it("is asked of the disk on which a folder will be", async () => {
    await mustHaveSpace([{ folder: "/tmp/does/not/exist/yet", bytes: 1 }]);
    await assert.rejects(mustHaveSpace([{ folder: "/tmp/does/not/exist/yet", bytes: 1e18 }]), {
      name: "UserError",
    });
  });

  it("is asked for where something is compiled alone, in the folders that Go uses", () => {
    assert.deepEqual(demandsOf([step]), []);
    const folders = demandsOf([step, compiler], { GOMODCACHE: "/modules", GOCACHE: "/compiled" }).map(
      ({ folder }) => folder,
    );
    assert.deepEqual(folders.slice(0, 2), ["/modules", "/compiled"]);
    const [moved] = demandsOf([compiler], { GOPATH: "/go" });
    assert.equal(moved?.folder, "/go/pkg/mod");
  });

  it("is less once some of it is compiled", () => {
    const sum = (steps: Step[]): number => demandsOf(steps).reduce((total, { bytes }) => total + bytes, 0);
    assert.ok(sum([compiler, compiler]) > sum([compiler]));
    // What was measured for six steps, and little for one, whose neighbours may be in the caches already.
    const six = sum(Array.from({ length: 6 }, () => compiler)) / gigabyte;
    assert.ok(six >= 14.5 && six < 16, `${six} GB`);
    assert.ok(sum([compiler]) / gigabyte < 3.5);
  });
});
