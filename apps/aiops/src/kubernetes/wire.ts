import type { V1NetworkPolicy } from "@kubernetes/client-node";

/**
 * A NetworkPolicy as the API writes it. The client calls one of its fields `_from`, which is lost when it is sent as it
 * is: the rule would then let everybody in.
 */
export const asOnTheWire = (policy: V1NetworkPolicy): V1NetworkPolicy => {
  if (policy.spec?.ingress === undefined) return policy;
  const ingress = policy.spec.ingress.map(({ _from, ...rule }) => ({
    ...rule,
    ...(_from === undefined ? {} : { from: _from }),
  }));
  return { ...policy, spec: { ...policy.spec, ingress } };
};
