import { Check, Pencil, Trash2, X } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { BulkChanges } from "@/client/changes/change";
import { Button } from "@/components/ui/button";
import { ChangeSelected } from "./change-selected";
import { isEscape } from "@/components/keyboard/key";
import { IconButton } from "@/components/ui/icon-button";
import type { Selection } from "./use-selection";

interface Props {
  readonly selection: Selection;
  readonly shown: number;
  readonly complete: () => void;
  readonly change: (changes: BulkChanges) => void;
  readonly remove: () => void;
  readonly stop: () => void;
}

/** What can be done with the selected todos. It stays in view while the list scrolls. Escape in the list stops. */
export function SelectionBar({ selection, shown, complete, change, remove, stop }: Props) {
  const count = selection.chosen.length;
  const [changing, setChanging] = useState(false);
  const bar = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const list = bar.current?.parentElement;
    const giveUp = (event: KeyboardEvent) => {
      if (isEscape(event)) stop();
    };
    list?.addEventListener("keydown", giveUp);
    return () => {
      list?.removeEventListener("keydown", giveUp);
    };
  }, [stop]);

  return (
    <div
      ref={bar}
      role="group"
      aria-label="Selected todos"
      className="sticky top-2 z-10 grid gap-3 rounded-2xl border border-line bg-surface py-1.5 pe-1.5 ps-3 text-sm shadow-sm sm:ps-4 has-[form]:pb-4"
    >
      <div className="flex min-w-0 items-center gap-1 sm:gap-2">
        <label className="flex min-h-10 cursor-pointer items-center gap-3">
          <input
            ref={(box) => {
              if (box !== null) box.indeterminate = count > 0 && count < shown;
            }}
            type="checkbox"
            aria-label="Select all shown"
            checked={count > 0 && count === shown}
            onChange={() => {
              selection.setAll(count < shown);
            }}
            className="size-5 accent-accent"
          />
          All
        </label>
        <span role="status" className="me-auto truncate text-soft">
          {count} selected
        </span>
        <Act name="Complete" icon={<Check aria-hidden className="size-4" />} act={complete} disabled={count === 0} />
        <Act
          name="Change"
          icon={<Pencil aria-hidden className="size-4" />}
          act={() => {
            setChanging(!changing);
          }}
          disabled={count === 0}
          expanded={changing}
        />
        <Act
          name="Delete"
          icon={<Trash2 aria-hidden className="size-4" />}
          act={remove}
          disabled={count === 0}
          danger
        />
        <IconButton name="Stop selecting" onClick={stop}>
          <X aria-hidden className="size-5" />
        </IconButton>
      </div>
      {changing && <ChangeSelected count={count} change={change} />}
    </div>
  );
}

interface ActProps {
  readonly name: string;
  readonly icon: ReactNode;
  readonly act: () => void;
  readonly disabled: boolean;
  readonly danger?: boolean;
  /** Whether what it folds out is shown. */
  readonly expanded?: boolean;
}

function Act({ name, icon, act, disabled, danger = false, expanded }: ActProps) {
  return (
    <Button
      look={danger ? "danger" : "plain"}
      aria-label={`${name} selected`}
      aria-expanded={expanded}
      disabled={disabled}
      className="max-sm:px-3 aria-expanded:bg-tint"
      onClick={act}
    >
      {icon}
      <span className="max-sm:sr-only">{name}</span>
    </Button>
  );
}
