"use client";

import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import type { Wanted } from "@/client/todos";

const choices = { all: "All", open: "Open", done: "Done" } as const;

interface Props {
  readonly wanted: Wanted;
  readonly choose: (wanted: Wanted) => void;
}

/** Buttons and a search field that choose which todos are shown. */
export function TodoFilter({ wanted, choose }: Props) {
  const [words, setWords] = useState(wanted.words);

  useEffect(() => {
    if (words.trim() === wanted.words) return;
    // Asks once the typing pauses, not for every letter.
    const timer = setTimeout(() => {
      choose({ ...wanted, words: words.trim() });
    }, 250);
    return () => {
      clearTimeout(timer);
    };
  }, [words, wanted, choose]);

  return (
    <div className="flex flex-wrap items-center gap-2">
      <div role="group" aria-label="Show" className="flex gap-1">
        {(Object.keys(choices) as (keyof typeof choices)[]).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === wanted.show}
            onClick={() => {
              choose({ ...wanted, show: name });
            }}
            className="min-h-10 rounded-lg px-3.5 text-sm font-medium text-soft hover:text-ink aria-pressed:bg-tint aria-pressed:text-accent"
          >
            {choices[name]}
          </button>
        ))}
      </div>
      <div className="relative ml-auto min-w-40 flex-1 sm:max-w-60">
        <Search aria-hidden className="pointer-events-none absolute top-3 left-3 size-4 text-soft" />
        <input
          type="search"
          aria-label="Search"
          placeholder="Search"
          maxLength={200}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
          }}
          className="min-h-10 w-full rounded-lg border border-field bg-surface pr-2 pl-9 text-sm placeholder:text-soft"
        />
      </div>
    </div>
  );
}
