import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { useSearchParams } from "./navigation";

vi.mock("next/navigation", () => ({ useSearchParams }));

// Generous, because a busy machine is no mistake of the code.
configure({ asyncUtilTimeout: 10_000 });

// jsdom has no canvas, which axe asks for, and says so each time.
HTMLCanvasElement.prototype.getContext = () => null;

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});
