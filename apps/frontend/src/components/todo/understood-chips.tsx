import { CalendarDays, Flag, Repeat, Tag, X } from "lucide-react";
import { chipsOf, type Understood } from "@/client/todos/quick-add";

const icons = { due: CalendarDays, recurrence: Repeat, tag: Tag, priority: Flag } as const;

interface Props {
  readonly text: string;
  readonly understood: Understood;
  /** Leaves these words of the text in the title. */
  readonly remove: (words: string) => void;
}

/** What was understood of a text, part by part. A click on a part leaves its words in the title instead. */
export function UnderstoodChips({ text, understood, remove }: Props) {
  const chips = chipsOf(text, understood);
  return (
    <div aria-live="polite">
      {chips.length > 0 && (
        <ul aria-label="Understood" className="flex flex-wrap gap-2 text-sm">
          {chips.map(({ kind, label, words, start }) => {
            const Icon = icons[kind];
            return (
              <li key={start}>
                <button
                  type="button"
                  title={`Leave “${words}” in the title`}
                  aria-label={`${label}. Leave “${words}” in the title`}
                  className="inline-flex min-h-9 items-center gap-1.5 rounded-lg bg-tint px-2.5 text-accent hover:underline"
                  onClick={() => {
                    remove(words);
                  }}
                >
                  <Icon aria-hidden className="size-3.5" />
                  <bdi>{label}</bdi>
                  <X aria-hidden className="size-3.5" />
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
