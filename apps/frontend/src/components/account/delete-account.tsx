"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { forgetUnsaved } from "@/client/kept/kept";
import { deleteAccount } from "@/client/api/own-session";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormCard, textOf } from "@/components/ui/form-card";
import { Notice } from "@/components/ui/notice";
import { useHydrated } from "@/components/page/use-hydrated";

/** The form that deletes the account. Typing the password is the confirmation. */
export function DeleteAccount({ account }: { readonly account?: string }) {
  const hydrated = useHydrated();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (password: string) =>
      deleteAccount(password, () => {
        if (account !== undefined) forgetUnsaved(client, account);
      }),
  });
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
