import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Package {
  readonly optionalDependencies?: Record<string, string>;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

const text = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
const { packages } = JSON.parse(text) as { packages: Record<string, Package> };

test("every native package of every platform is locked, so that `npm ci` works on all of them", () => {
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${place}/node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
});

test.each(["@next/swc-linux-x64", "@tailwindcss/oxide-linux-x64", "lightningcss-linux-x64"])(
  "%s is locked for both C libraries of Linux",
  (name) => {
    expect(Object.keys(packages)).toEqual(
      expect.arrayContaining([`node_modules/${name}-gnu`, `node_modules/${name}-musl`]),
    );
  },
);

test("the lock holds no address, so that it works with any registry or mirror", () => {
  expect(Object.values(packages).filter((entry) => entry.resolved !== undefined)).toEqual([]);
});

test("all that an image can be built from is locked by the hash of its content, so that a changed one is refused", () => {
  const fitsImage = ({ os = ["linux"], cpu = ["x64"] }: Package) =>
    os.includes("linux") && (cpu.includes("x64") || cpu.includes("arm64"));
  const without = Object.entries(packages).filter(
    ([place, entry]) => place !== "" && !entry.integrity && fitsImage(entry),
  );
  expect(without.map(([place]) => place)).toEqual([]);
});
