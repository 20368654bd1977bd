import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { display, pasted } from "../../machine/paths.ts";
import { minikubeToType } from "../../provider/cluster/minikube/minikube.ts";

const home = homedir();

describe("a path in a message", () => {
  for (const [path, shown] of [
    [home, "~"],
    [join(home, "a folder", "x"), "~/a folder/x"],
    [`${home}ling/x`, `${home}ling/x`],
    ["/mnt", "/mnt"],
    [join("/mnt", home, "x"), join("/mnt", home, "x")],
    [".state/x", ".state/x"],
  ] as const) {
    it(`is short only where the shell makes the same of it: ${shown}`, () => assert.equal(display(path), shown));
  }

  for (const [path, shown] of [
    [join(home, "x"), "~/x"],
    [join(home, "a folder"), `'${home}/a folder'`],
    ["/mnt/it's $HOME", "'/mnt/it'\\''s $HOME'"],
    ["/mnt/x", "/mnt/x"],
  ] as const) {
    it(`can be pasted into a command: ${shown}`, () => assert.equal(pasted(path), shown));
  }
});

describe("a command of Minikube to paste", () => {
  it("keeps a home with spaces in one word", () => {
    const typed = minikubeToType({ home: "/home/a b/.minikube", profile: "todo" }, "delete");
    assert.equal(typed, "MINIKUBE_HOME='/home/a b/.minikube' minikube -p todo delete");
  });
});
