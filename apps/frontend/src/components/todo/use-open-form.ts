import { useEffect, useEffectEvent, useRef, type RefObject } from "react";
import { isEscape } from "@/components/keyboard/key";

interface Options {
  /** Whether the focus goes to the title when the form opens: to all of its text, say, or to its end. */
  readonly focus: "text" | "end" | "none";
  readonly giveUp: () => void;
}

/** The form of a todo: where the focus goes when it opens, and what Escape in it does. */
export function useOpenForm({ focus, giveUp }: Options): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  const begin = useEffectEvent((title: HTMLInputElement) => {
    if (focus !== "none") title.focus();
    if (focus === "text") title.select();
  });
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (isEscape(event)) giveUp();
  });

  useEffect(() => {
    const element = form.current;
    const title = element?.elements.namedItem("title");
    if (title instanceof HTMLInputElement) begin(title);
    const listener = (event: KeyboardEvent) => {
      onKeyDown(event);
    };
    element?.addEventListener("keydown", listener);
    return () => {
      element?.removeEventListener("keydown", listener);
    };
  }, []);

  return form;
}
