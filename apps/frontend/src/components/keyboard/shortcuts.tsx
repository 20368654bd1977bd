"use client";

import { useRouter } from "next/navigation";
import { lazy, Suspense, useState } from "react";
import { isTyped } from "./key";
import { useKeys } from "./use-keys";

const KeyHelp = lazy(async () => ({ default: (await import("./key-help")).KeyHelp }));
const Palette = lazy(async () => ({ default: (await import("./palette")).Palette }));

/** What a key leads to, from wherever it is pressed but in a field of text. */
const places: Partial<Record<string, () => HTMLElement | null>> = {
  n: () => document.getElementById("new-todo"),
  "/": () => document.getElementById("search"),
  ArrowDown: () => document.querySelector<HTMLElement>("main li [type=checkbox]"),
  ArrowUp: () => document.querySelector<HTMLElement>("main li:last-child [type=checkbox]"),
};

/** The keys that work everywhere on a page: they lead to the field or to the list, open the help and the palette. */
export function Shortcuts() {
  const router = useRouter();
  const [shown, show] = useState<"help" | "palette" | null>(null);
  // The palette is loaded when it is first asked for. What is typed until it is there is for it.
  const [early, setEarly] = useState("");

  useKeys((event) => {
    if (isPaletteKey(event)) {
      setEarly("");
      show(shown === "palette" ? null : "palette");
      return true;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (shown === "palette" && document.querySelector("dialog[open]") === null) {
      if (event.key.length === 1) setEarly(early + event.key);
      if (event.key === "Escape") show(null);
      return true;
    }
    if (shown !== null || isTyped(event.target)) return false;
    if (event.key !== "?")
      return goTo(event, (address) => {
        router.push(address);
      });
    show("help");
    return true;
  });

  // A dialog tells that it was closed a moment after that. By then another key may have opened something else.
  const close = (closed: "help" | "palette") => () => {
    show((now) => (now === closed ? null : now));
  };
  return (
    <Suspense fallback={null}>
      {shown === "help" && <KeyHelp close={close("help")} />}
      {shown === "palette" && (
        <Palette
          early={early}
          close={close("palette")}
          help={() => {
            show("help");
          }}
        />
      )}
    </Suspense>
  );
}

function isPaletteKey({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === "k" && (ctrlKey || metaKey) && !shiftKey && !altKey;
}

/** Whether the key leads somewhere. An arrow that something else has a use for does not. */
function goTo({ key, target }: KeyboardEvent, open: (address: string) => void): boolean {
  const place = places[key];
  if (place === undefined || (key.startsWith("Arrow") && target !== document.body)) return false;
  const found = place();
  if (found !== null) found.focus();
  else if (key === "n" || key === "/") open("/");
  return found !== null;
}
