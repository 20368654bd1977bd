import { afterEach, beforeEach, expect, test, vi } from "vitest";
import AccountPage from "@/app/account/page";
import ListPage from "@/app/page";
import SignInPage from "@/app/signin/page";
import SignUpPage from "@/app/signup/page";
import { startStub } from "../support/stub-backend";

const jar = new Map<string, string>();
vi.mock("next/headers", () => ({
  headers: () => Promise.resolve(new Headers()),
  cookies: () =>
    Promise.resolve({ get: (name: string) => (jar.has(name) ? { value: jar.get(name) ?? "" } : undefined) }),
}));
vi.mock("next/navigation", () => ({
  redirect: (address: string) => {
    throw new Error(`redirect to ${address}`);
  },
}));

let status = 200;
let stub: Awaited<ReturnType<typeof startStub>>;

beforeEach(async () => {
  jar.clear();
  status = 200;
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  stub = await startStub((_request, response) => response.writeHead(status).end('{"email":"ann@example.com"}'));
  vi.stubEnv("BACKEND_URL", stub.url);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await stub.close();
});

const guarded = [
  ["the list", ListPage],
  ["the account page", AccountPage],
] as const;
const open = [
  ["sign-in", SignInPage],
  ["sign-up", SignUpPage],
] as const;

test.each(guarded)("%s asks the backend who this is, and shows itself to them", async (_name, page) => {
  jar.set("todo_session", "current");
  await expect(page()).resolves.toBeTruthy();
  expect(stub.seen).toMatchObject([{ url: "/api/v1/auth/me", headers: { authorization: "Bearer current" } }]);
});

test.each(guarded)("%s sends strangers to the sign-in page", async (_name, page) => {
  await expect(page()).rejects.toThrow("redirect to /signin");
});

test.each(guarded)("%s does not believe a cookie that the backend refuses", async (_name, page) => {
  jar.set("todo_session", "forged");
  status = 401;
  await expect(page()).rejects.toThrow("redirect to /signin");
});

test.each(guarded)("%s fails rather than show itself when the backend cannot say who this is", async (_name, page) => {
  jar.set("todo_session", "current");
  status = 503;
  await expect(page()).rejects.toThrow("503");
});

test.each(open)("%s leads to the list whoever is signed in", async (_name, page) => {
  jar.set("todo_session", "current");
  await expect(page()).rejects.toThrow("redirect to /");
});

test.each(open)("%s works while the backend is away", async (_name, page) => {
  jar.set("todo_session", "current");
  await stub.close();
  await expect(page()).resolves.toBeTruthy();
});
