import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { deviceName } from "@/client/api/device";
import { OwnData } from "@/components/account/own-data";
import { Sessions } from "@/components/account/sessions";
import { TimeZone } from "@/components/page/time-zone";
import { show } from "../support/show";

const fetcher = vi.fn<(address: string, init?: RequestInit) => Promise<Response>>();
const assign = vi.fn();
const answers = new Map<string, unknown>();
const json = (body: unknown, status = 200) => Promise.resolve(Response.json(body, { status }));
const asked = (method: string) => fetcher.mock.calls.filter(([, init]) => init?.method === method);

/** So many todos, of ten thousand letters each. */
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `id-${index}`, title: "Buy milk", notes: "x".repeat(10_000) }));
const idsIn = (text: string) => text.match(/id-\d+/g) ?? [];

beforeEach(() => {
  fetcher.mockReset();
  assign.mockReset();
  answers.clear();
  fetcher.mockImplementation((address, init) => {
    const answer = answers.get(`${init?.method ?? "GET"} ${address}`);
    return answer === undefined ? Promise.resolve(new Response(null, { status: 204 })) : json(answer);
  });
  vi.stubGlobal("fetch", fetcher);
});

describe("sessions", () => {
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1";

  beforeEach(async () => {
    vi.stubGlobal("location", { assign });
    const time = "2030-01-01T12:00:00Z";
    answers.set("GET /api/backend/auth/sessions", [
      { id: "1", current: true, device: firefox, refreshed_at: time, expires_at: time },
      { id: "2", current: false, device: iphone, refreshed_at: time, expires_at: time },
    ]);
    show(<Sessions />);
    await screen.findByText("Firefox on Linux");
  });

  test("are named as people name them, and another one is ended", async () => {
    expect(screen.getAllByRole("button", { name: /^Sign out / }).map((button) => button.ariaLabel)).toEqual([
      "Sign out Safari on iPhone",
      null,
    ]);
    await userEvent.click(screen.getByRole("button", { name: "Sign out Safari on iPhone" }));
    await waitFor(() => {
      expect(asked("DELETE").map(([address]) => address)).toEqual(["/api/backend/auth/sessions/2"]);
    });
  });

  test.each([
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/150.0.0.0 Safari/537.36",
      "Headless Chrome on Linux",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64) Ubuntu Chromium/80.0 Safari/537.36", "Chromium on Linux"],
    ["Mozilla/5.0 (Windows NT 10.0) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0", "Edge on Windows"],
    [
      "Mozilla/5.0 (Linux; Android 16) SamsungBrowser/30.0 Chrome/140.0.0.0 Mobile Safari/537.36",
      "Samsung Internet on Android",
    ],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15", "Safari on macOS"],
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 Safari/605.1.15", "Linux"],
    ["curl/8.5.0", "curl/8.5.0"],
  ])("are named by what the browser is, not by what it says it is like: %s", (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });

  test("are all ended at once, this one too", async () => {
    await userEvent.click(screen.getByRole("button", { name: "Sign out everywhere" }));
    await waitFor(() => {
      expect(assign).toHaveBeenCalledWith("/signin");
    });
    expect(asked("POST").map(([address]) => address)).toEqual(["/api/backend/auth/signout-everywhere"]);
    expect(asked("DELETE").map(([address]) => address)).toEqual(["/api/session"]);
  });
});

describe("one's own data", () => {
  beforeEach(() => {
    answers.set("GET /api/backend/todos/feed", { active: false, created_at: null });
  });

  test("are downloaded in three formats", () => {
    show(<OwnData />);
    expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual(
      ["json", "csv", "ics"].map((format) => `/api/backend/todos/export?format=${format}`),
    );
  });

  test("come in from a file, and what could not be read is named", async () => {
    const problems = [{ line: 3, message: "no title" }];
    answers.set("POST /api/backend/todos/import", { added: 2, skipped: 1, problems });
    show(<OwnData />);
    const content = "title\nBuy milk\n".repeat(4000);
    await userEvent.upload(screen.getByLabelText("Import a file"), new File([content], "My.CSV"));
    expect(await screen.findByText("Added 2, 1 were there already.")).toBeVisible();
    expect(screen.getByText(/Line 3/)).toHaveTextContent("Line 3: no title");
    const init = asked("POST")[0]?.[1];
    expect(JSON.parse(init?.body as string)).toEqual({ format: "csv", content });
    expect(init?.keepalive).toBe(false);
  });

  test("come in from a file that is too large for one request, and what was added is added up", async () => {
    answers.set("POST /api/backend/todos/import", {
      added: 2,
      skipped: 1,
      problems: [{ line: 1, message: "no title" }],
    });
    show(<OwnData />);
    const todos = numbered(600);
    await userEvent.upload(screen.getByLabelText("Import a file"), new File([JSON.stringify({ todos })], "todos.json"));
    const requests = () => asked("POST").map(([, init]) => init?.body as string);
    await waitFor(() => {
      expect(requests().flatMap((body) => idsIn(body))).toEqual(todos.map(({ id }) => id));
    });
    for (const body of requests()) expect(body.length).toBeLessThan(5 * 1024 * 1024);
    const count = requests().length;
    expect(await screen.findByText(`Added ${2 * count}, ${count} were there already.`)).toBeVisible();
    const first = idsIn(requests()[0] ?? "").length;
    expect(screen.getByText(/^Line 1:/)).toBeVisible();
    expect(screen.getByText(new RegExp(`^Line ${first + 1}:`))).toBeVisible();
  });

  test("say how far a large file got when the rest is refused, and that it can be imported again", async () => {
    show(<OwnData />);
    await screen.findByRole("button", { name: "Make an address" });
    fetcher.mockImplementationOnce(() => json({ added: 2, skipped: 0, problems: [] }));
    fetcher.mockImplementationOnce(() => json({ detail: "An account holds at most 3 todos." }, 409));
    const file = new File([JSON.stringify(numbered(600))], "todos.json");
    await userEvent.upload(screen.getByLabelText("Import a file"), file);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("Only a part of the file was imported");
    expect(alert).toHaveTextContent("An account holds at most 3 todos. Import the file again for the rest");
    expect(screen.getByText(/% of the file: Added 2, 0 were there already\./)).toBeVisible();
  });

  test("wait for a server that is busy with other imports", async () => {
    show(<OwnData />);
    await screen.findByRole("button", { name: "Make an address" });
    fetcher.mockImplementationOnce(() =>
      Promise.resolve(Response.json({ detail: "Busy." }, { status: 503, headers: { "retry-after": "0" } })),
    );
    answers.set("POST /api/backend/todos/import", { added: 1, skipped: 0, problems: [] });
    await userEvent.upload(screen.getByLabelText("Import a file"), new File(["[]"], "todos.json"));
    expect(await screen.findByText("Added 1, 0 were there already.")).toBeVisible();
  });

  test("a file that is refused is announced", async () => {
    show(<OwnData />);
    await screen.findByRole("button", { name: "Make an address" });
    fetcher.mockImplementationOnce(() => json({ detail: "This is no JSON." }, 422));
    await userEvent.upload(screen.getByLabelText("Import a file"), new File(["{"], "todos.json"));
    expect(await screen.findByRole("alert")).toHaveTextContent("This is no JSON.");
  });

  test("the address for a calendar is shown, and ended", async () => {
    answers.set("POST /api/backend/todos/feed", { path: "/feeds/secret.ics" });
    show(<OwnData />);
    await screen.findByRole("button", { name: "Make an address" });
    answers.set("GET /api/backend/todos/feed", { active: true });
    await userEvent.click(screen.getByRole("button", { name: "Make an address" }));
    expect(await screen.findByLabelText("Address for your calendar")).toHaveValue(
      `${window.location.origin}/feeds/secret.ics`,
    );
    await userEvent.click(await screen.findByRole("button", { name: "End the address" }));
    await waitFor(() => {
      expect(screen.queryByLabelText("Address for your calendar")).not.toBeInTheDocument();
    });
    expect(asked("DELETE").map(([address]) => address)).toEqual(["/api/backend/todos/feed"]);
  });
});

describe("the time zone", () => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

  test.each([
    ["is told where the backend knows another", "Asia/Kathmandu", 1],
    ["is not told again", here, 0],
  ])("%s", (_name, known, times) => {
    show(<TimeZone known={known} />);
    expect(asked("PATCH").map(([, init]) => init?.body)).toEqual(
      Array.from({ length: times }, () => JSON.stringify({ time_zone: here })),
    );
  });
});
