import { describe, expect, test } from "vitest";
import { backendPath } from "@/server/backend/backend-path";

const site = "http://localhost:30080";

describe("forwards", () => {
  test.each([
    ["/api/backend/todos", "/api/v1/todos"],
    ["/api/backend/todos?done=true&q=a%20b", "/api/v1/todos?done=true&q=a%20b"],
    ["/api/backend/todos/7a1c0c2e-6f0f-4c2d-9c5b-0f6f0d0c3a11", "/api/v1/todos/7a1c0c2e-6f0f-4c2d-9c5b-0f6f0d0c3a11"],
    ["/api/backend/auth/me", "/api/v1/auth/me"],
    ["/api/backend/auth/password", "/api/v1/auth/password"],
    ["/api/backend/auth/sessions", "/api/v1/auth/sessions"],
    ["/api/backend/auth/sessions/7a1c0c2e", "/api/v1/auth/sessions/7a1c0c2e"],
    ["/api/backend/auth/signout-everywhere", "/api/v1/auth/signout-everywhere"],
    ["/api/backend/chat/messages", "/api/v1/chat/messages"],
  ])("%s", (asked, expected) => {
    expect(backendPath(`${site}${asked}`)).toBe(expected);
  });
});

describe("refuses", () => {
  test.each([
    ["the sign-in, whose answer holds a token", "/api/backend/auth/signin"],
    ["a renewal, whose answer holds a token", "/api/backend/auth/refresh"],
    ["what is not listed", "/api/backend/metrics"],
    ["a name that only begins like a listed one", "/api/backend/todosx"],
    ["more than a listed name", "/api/backend/auth/me/x"],
    ["more than a session", "/api/backend/auth/sessions/1/x"],
    ["nothing at all", "/api/backend/"],
    ["another place", "/api/other/todos"],
    ["two dots", "/api/backend/todos/../auth/signin"],
    ["encoded dots", "/api/backend/todos/%2e%2e/auth/signin"],
    ["half encoded dots", "/api/backend/todos/.%2e/auth/signin"],
    ["twice encoded dots", "/api/backend/todos/%252e%252e/auth/signin"],
    ["dots beyond the mount", "/api/backend/../../health"],
    ["three dots", "/api/backend/todos/..."],
    ["two slashes", "/api/backend//todos"],
    ["two slashes inside", "/api/backend/todos//x"],
    ["a slash at the end", "/api/backend/todos/"],
    ["an encoded slash", "/api/backend/todos%2fx"],
    ["an encoded slash after dots", "/api/backend/todos/..%2f..%2fhealth"],
    ["a backslash", "/api/backend/todos\\..\\..\\health"],
    ["an encoded backslash", "/api/backend/todos/%5c%5cevil"],
    ["an encoded zero byte", "/api/backend/todos/%00"],
    ["an encoded line break", "/api/backend/todos/%0d%0aHost:evil"],
    ["an at sign", "/api/backend/todos/@evil.example"],
    ["a colon", "/api/backend/http://evil.example"],
    ["a semicolon", "/api/backend/todos;x=1"],
    ["a letter of another script", "/api/backend/tódos"],
    ["a very long part", `/api/backend/todos/${"a".repeat(129)}`],
    ["a very long query", `/api/backend/todos?q=${"a".repeat(5000)}`],
  ])("%s", (_name, asked) => {
    expect(backendPath(`${site}${asked}`)).toBeNull();
  });

  test("what is no address", () => {
    expect(backendPath("todos")).toBeNull();
  });
});
