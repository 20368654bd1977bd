import { useId, type ComponentProps, type ReactNode } from "react";

const box =
  "min-h-11 w-full min-w-0 rounded-xl border border-field bg-surface px-3.5 text-ellipsis placeholder:text-soft";

interface Labelled {
  readonly label: string;
  /** A short help that stays visible. */
  readonly hint?: string;
}

/** A labelled text field. */
export function Field({ label, hint, ...rest }: ComponentProps<"input"> & Labelled) {
  const id = useId();
  return (
    <Around id={id} label={label} hint={hint}>
      <input
        id={id}
        dir="auto"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className={box}
        {...rest}
      />
    </Around>
  );
}

/** A labelled text field of several lines. */
export function TextArea({ label, ...rest }: ComponentProps<"textarea"> & Labelled) {
  const id = useId();
  return (
    <Around id={id} label={label}>
      <textarea id={id} dir="auto" className={`${box} py-2.5`} {...rest} />
    </Around>
  );
}

type Options = readonly (readonly [value: string, name: string])[];

/** A labelled choice of one of several options. */
export function Select({
  label,
  options,
  ...rest
}: ComponentProps<"select"> & Labelled & { readonly options: Options }) {
  const id = useId();
  return (
    <Around id={id} label={label}>
      <select id={id} dir="auto" className={box} {...rest}>
        {options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </Around>
  );
}

interface AroundProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly children: ReactNode;
}

function Around({ id, label, hint, children }: AroundProps) {
  return (
    <div className="grid content-start gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}
