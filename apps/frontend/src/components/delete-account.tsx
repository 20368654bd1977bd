"use client";

import { useMutation } from "@tanstack/react-query";
import { deleteAccount } from "@/client/session";
import { Button } from "./button";
import { Field } from "./field";
import { FormCard, textOf } from "./form-card";
import { Notice } from "./notice";
import { useHydrated } from "./use-hydrated";

/** The form that deletes the account. Typing the password is the confirmation. */
export function DeleteAccount() {
  const hydrated = useHydrated();
  const remove = useMutation({ mutationFn: deleteAccount });
  return (
    <FormCard
      title="Delete account"
      text="Your account and all your todos are deleted at once. This cannot be undone."
      submit={(form) => {
        remove.mutate(textOf(form, "password"));
      }}
    >
      <Field
        label="Your password, to confirm"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        maxLength={128}
      />
      {remove.isError && <Notice>{remove.error.message}</Notice>}
      <Button type="submit" look="danger" className="justify-self-start" disabled={!hydrated || remove.isPending}>
        Delete account
      </Button>
    </FormCard>
  );
}
