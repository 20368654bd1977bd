import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import AccountPage from "@/app/account/page";
import ListPage from "@/app/page";
import TrashPage from "@/app/trash/page";
import SignInPage from "@/app/signin/page";
import SignUpPage from "@/app/signup/page";
import { firstList } from "@/server/backend/first-list";
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

const todos = [{ id: "1", title: "Buy milk" }];
let status = 200;
let listStatus = 200;
let stub: Awaited<ReturnType<typeof startStub>>;

beforeEach(async () => {
  jar.clear();
  status = 200;
  listStatus = 200;
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  stub = await startStub(({ url }, response) => {
    const list = url?.startsWith("/api/v1/todos") === true;
    response.writeHead(list ? listStatus : status, list ? { "x-next-cursor": "next" } : {});
    response.end(JSON.stringify(list ? todos : { email: "ann@example.com" }));
  });
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
  ["the trash", TrashPage],
] as const;
const open = [
  ["sign-in", SignInPage],
  ["sign-up", SignUpPage],
] as const;

test.each(guarded)("%s asks the backend who this is, and shows itself to them", async (_name, page) => {
  jar.set("todo_session", "current");
  await expect(page({})).resolves.toBeTruthy();
  expect(stub.seen).toContainEqual(
    expect.objectContaining({
      url: "/api/v1/auth/me",
      headers: expect.objectContaining({ authorization: "Bearer current" }) as unknown,
    }),
  );
});

test.each(guarded)("%s sends strangers to the sign-in page", async (_name, page) => {
  await expect(page({})).rejects.toThrow("redirect to /signin");
});

test.each(guarded)("%s does not believe a cookie that the backend refuses", async (_name, page) => {
  jar.set("todo_session", "forged");
  status = 401;
  await expect(page({})).rejects.toThrow("redirect to /signin");
});

test.each(guarded)("%s fails rather than show itself when the backend cannot say who this is", async (_name, page) => {
  jar.set("todo_session", "current");
  status = 503;
  await expect(page({})).rejects.toThrow("503");
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

describe("the todos that come with the list", () => {
  const first = (query: string) => {
    jar.set("todo_session", "current");
    return firstList(new URLSearchParams(query));
  };

  test("are those that the address asks for, in the name of whoever it is", async () => {
    expect(await first("show=open&q=milk")).toMatchObject({
      wanted: { show: "open", words: "milk" },
      page: { todos, next: "next" },
    });
    expect(stub.seen).toMatchObject([
      { url: "/api/v1/todos?done=false&q=milk", headers: { authorization: "Bearer current" } },
    ]);
  });

  test.each(["view=today", "due=week"])("are left to the browser, which knows the day: %s", async (query) => {
    expect(await first(query)).toBeUndefined();
    expect(stub.seen).toEqual([]);
  });

  test("are left out when the backend refuses them", async () => {
    listStatus = 503;
    expect(await first("")).toBeUndefined();
  });

  test("are asked for by nobody who is not signed in", async () => {
    expect(await firstList(new URLSearchParams())).toBeUndefined();
    expect(stub.seen).toEqual([]);
  });
});
