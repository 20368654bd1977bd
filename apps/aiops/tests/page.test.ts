import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isByForwardedPort } from "../src/controller/doors.ts";
import { incidentOf } from "../src/incidents/incident.ts";
import type { Incident } from "../src/incidents/incident.ts";
import { pageOf } from "../src/controller/telling/page.ts";
import { finding } from "../src/diagnosis/finding.ts";
import { control, count } from "./support/controlling.ts";
import type { Controlled } from "./support/controlling.ts";
import { named } from "./support/stack.ts";

const place = { namespace: "todo", mode: "act" };
const backend = { kind: "Deployment", name: "todo-backend" } as const;

const incident = (summary: string, at: string): Incident =>
  incidentOf(finding("crash-loop", backend, summary, { container: summary }), Date.parse(at));

describe("the page of incidents", () => {
  it("shows the newest first, how many are open, and the report of each", () => {
    const first = incident("the first", "2026-01-01T10:00:00Z");
    first.state = "repaired";
    const page = pageOf([first, incident("the second", "2026-01-02T10:00:00Z")], place);
    expect(page).toContain("1 incident is open.");
    expect(page).toMatch(/2026-01-02 10:00:00 UTC[\s\S]+is looked at[\s\S]+2026-01-01 10:00:00 UTC[\s\S]+repaired/);
    expect(page).toMatch(/the second[\s\S]+## Evidence[\s\S]+the first[\s\S]+## Evidence/);
    expect(pageOf([], place)).toContain("No incident is open.");
  });

  it("shows text of programs as text, never as markup", () => {
    const page = pageOf([incident(`<img src=x onerror="alert(1)">&lt;`, "2026-01-01T10:00:00Z")], place);
    expect(page).not.toContain("<img");
    expect(page).toContain("&lt;img");
    expect(page).toContain("&amp;lt;");
  });

  it("has a person type nothing but a code", () => {
    const asking = incident("asks", "2026-01-01T10:00:00Z");
    asking.question = { code: "K7QF-2M9X", what: "scale <it>", hash: "", at: "" };
    expect(pageOf([asking], place)).toContain("npm run aiops -- approve K7QF-2M9X");
    asking.question.code = "K7QF; curl example.com";
    expect(pageOf([asking], place)).not.toContain("curl");
  });

  it("is for forwarded ports alone, by a name of the own machine", () => {
    const visit = (remoteAddress: string, host: string): boolean =>
      isByForwardedPort({ socket: { remoteAddress }, headers: { host } });
    for (const own of ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
      for (const host of ["localhost:8080", "127.0.0.1:9999", "[::1]:8080", "localhost"])
        expect(visit(own, host), `${own} ${host}`).toBe(true);
    for (const other of ["10.244.0.7", "::ffff:10.244.0.7", "fd00::1", "::ffff:1.127.0.1", ""])
      expect(visit(other, "localhost"), other).toBe(false);
    for (const host of ["example.com", "localhost.example.com", "127.0.0.1.example.com:80", ""])
      expect(visit("127.0.0.1", host), host).toBe(false);
  });

  describe("of a controller", () => {
    let running: Controlled;

    beforeEach(async () => {
      running = await control();
    });

    afterEach(async () => running.stop());

    it("shows what it has found, and lets nothing in from elsewhere", async () => {
      const { server } = await running.controller("watch");
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const deployment = named(running.api.objects.deployments, "todo-backend");
      deployment.spec.replicas = 0;
      count(deployment);
      running.api.onChange(deployment);
      const look = async (): Promise<void> =>
        expect(await (await fetch(url)).text()).toContain("scaled-to-zero of Deployment/todo-backend");
      await vi.waitFor(look, { timeout: 60_000, interval: 50 });
      const { headers } = await fetch(url);
      expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(headers.get("cache-control")).toBe("no-store");
    });
  });
});
