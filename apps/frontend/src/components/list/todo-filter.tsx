"use client";

import { ListChecks, Search, SlidersHorizontal } from "lucide-react";
import { useEffect, useState } from "react";
import type { Choose } from "@/client/todos/use-wanted";
import { filtersSet, shows, type Wanted } from "@/client/todos/wanted";
import { FilterPanel } from "./filter-panel";

const toggle =
  "grid size-10 shrink-0 place-items-center rounded-lg text-soft hover:text-ink aria-expanded:bg-tint aria-expanded:text-accent aria-pressed:bg-tint aria-pressed:text-accent";

interface Props {
  readonly wanted: Wanted;
  readonly choose: Choose;
  /** The tags to choose from. */
  readonly tags: readonly string[];
  readonly selecting: boolean;
  readonly select: (selecting: boolean) => void;
}

/** Buttons and a search field that choose which todos are shown; filters by detail and the order fold out. */
export function TodoFilter({ wanted, choose, tags, selecting, select }: Props) {
  const set = filtersSet(wanted);
  const [open, setOpen] = useState(set > 0);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <div role="group" aria-label="Show" className="flex gap-1">
          {(Object.keys(shows) as (keyof typeof shows)[]).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === wanted.show}
              onClick={() => {
                choose({ show: name });
              }}
              className="min-h-10 rounded-lg px-3.5 text-sm font-medium text-soft hover:text-ink aria-pressed:bg-tint aria-pressed:text-accent"
            >
              {shows[name]}
            </button>
          ))}
        </div>
        <div className="flex min-w-52 flex-1 items-center justify-end gap-1">
          <SearchField wanted={wanted} choose={choose} />
          <button
            type="button"
            aria-label={set === 0 ? "Filter and sort" : `Filter and sort, ${set} set`}
            aria-expanded={open}
            onClick={() => {
              setOpen(!open);
            }}
            className={`relative ${toggle}`}
          >
            <SlidersHorizontal aria-hidden className="size-4" />
            {set > 0 && (
              <span className="absolute top-0 end-0 grid size-4 place-items-center rounded-full bg-accent text-xs text-on-accent">
                {set}
              </span>
            )}
          </button>
          <button
            id="select-several"
            type="button"
            aria-label="Select several"
            aria-pressed={selecting}
            onClick={() => {
              select(!selecting);
            }}
            className={toggle}
          >
            <ListChecks aria-hidden className="size-4" />
          </button>
        </div>
      </div>
      {open && <FilterPanel wanted={wanted} choose={choose} tags={tags} />}
    </div>
  );
}

function SearchField({ wanted, choose }: Pick<Props, "wanted" | "choose">) {
  const [words, setWords] = useState(wanted.words);
  const [asked, setAsked] = useState(wanted.words);
  const [shown, setShown] = useState(wanted.words);
  if (shown !== wanted.words) {
    setShown(wanted.words);
    setAsked(wanted.words);
    // Another view or the palette has asked for these.
    if (wanted.words !== asked) setWords(wanted.words);
  }

  useEffect(() => {
    if (words.trim() === wanted.words) return;
    // Asks once the typing pauses, not for every letter.
    const timer = setTimeout(() => {
      setAsked(words.trim());
      choose({ words: words.trim() });
    }, 250);
    return () => {
      clearTimeout(timer);
    };
  }, [words, wanted.words, choose]);

  return (
    <div className="relative min-w-28 flex-1 sm:max-w-60">
      <Search aria-hidden className="pointer-events-none absolute top-3 start-3 size-4 text-soft" />
      <input
        id="search"
        type="search"
        dir="auto"
        aria-label="Search"
        placeholder="Search"
        maxLength={200}
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
        }}
        className="min-h-10 w-full rounded-lg border border-field bg-surface px-9 text-sm placeholder:text-soft"
      />
    </div>
  );
}
