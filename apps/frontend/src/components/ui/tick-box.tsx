import { Check } from "lucide-react";
import type { KeyboardEvent } from "react";

interface Props {
  readonly id?: string;
  /**
   * Only if it is not to be called like the label around it. A box with a name of its own is round, to look different.
   */
  readonly name?: string;
  readonly checked: boolean;
  readonly disabled: boolean;
  readonly tick: (checked: boolean) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** A tick box in the colours of the page. The label around it gives it a name, unless it has one. */
export function TickBox({ id, name, checked, disabled, tick, onKeyDown }: Props) {
  return (
    <span className="relative grid size-5 shrink-0">
      <input
        id={id}
        type="checkbox"
        aria-label={name}
        checked={checked}
        disabled={disabled}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          tick(event.target.checked);
        }}
        className={`peer size-5 appearance-none ${name === undefined ? "rounded-md" : "rounded-full"} border border-field checked:border-accent checked:bg-accent`}
      />
      <Check
        aria-hidden
        strokeWidth={3.5}
        className="pointer-events-none absolute inset-0 m-auto hidden size-3.5 text-on-accent peer-checked:block"
      />
    </span>
  );
}
