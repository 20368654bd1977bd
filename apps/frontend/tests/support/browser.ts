import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { useRouter, useSearchParams } from "./navigation";

vi.mock("next/navigation", () => ({ useRouter, useSearchParams }));

// Generous, because a busy machine is no mistake of the code.
configure({ asyncUtilTimeout: 10_000 });

// jsdom has no dialogs above a page, which give the focus to the first thing in them that can have it, scrolls nothing
// and observes no sizes.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
  this.querySelector<HTMLElement>("[tabindex], a[href], button, input, select, textarea")?.focus();
};
HTMLDialogElement.prototype.close = function () {
  if (!this.open) return;
  this.open = false;
  this.dispatchEvent(new Event("close"));
};
Element.prototype.scrollIntoView = () => undefined;
globalThis.ResizeObserver = class {
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
};

// jsdom has no canvas, which axe asks for, and says so each time.
HTMLCanvasElement.prototype.getContext = () => null;

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});
