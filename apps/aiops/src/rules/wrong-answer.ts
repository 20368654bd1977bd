import { componentOf, secondsSince } from "../diagnosis/containers.ts";
import { finding } from "../diagnosis/finding.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { display, workloadsOf } from "../diagnosis/snapshot.ts";
import type { Answer, ObjectRef, Snapshot } from "../diagnosis/snapshot.ts";

/** Answers in a row that are no accident any more. */
const often = 3;

/** Seconds for which answers must have been late: much to do at once is no fault. */
const long = 60;

/** A component that answers a request like those of a browser wrongly or late, whatever its probes say. */
export const wrongAnswer = (snapshot: Snapshot): Finding[] => {
  const wrong = snapshot.answers.filter((answer) => answer.wrong >= often);
  const isSlow = ({ slow, slowSeconds }: Answer): boolean => slow >= often && slowSeconds >= long;
  // What does not answer at all is late as well, and one name is enough.
  const slow = wrong.length > 0 ? [] : snapshot.answers.filter(isSlow);
  return [
    ...firstOfComponent(wrong).flatMap((answer) =>
      about(blamed(answer, snapshot), snapshot).map((object) =>
        finding("wrong-answer", object, `${display(object)} answers wrongly: ${told(answer)}.`, {
          request: answer.request,
          status: answer.status,
          times: answer.wrong,
        }),
      ),
    ),
    ...firstOfComponent(slow).flatMap((answer) =>
      about(answer.component, snapshot)
        .filter((object) => !isGrowing(object, snapshot))
        .map((object) =>
          finding("slow-answer", object, `${display(object)} answers late, ${answer.slow} times in a row.`, {
            request: answer.request,
            milliseconds: answer.milliseconds,
            times: answer.slow,
          }),
        ),
    ),
  ];
};

/** What the backend answers comes through the frontend: while that fails itself, nothing is known of the backend. */
const firstOfComponent = (answers: Answer[]): Answer[] =>
  answers.toSorted((one, other) => (one.component > other.component ? -1 : 1)).slice(0, 1);

/** What a frontend answers that reaches no backend; 0 while it still tries. */
const notReached = [0, 502, 504];

/**
 * Which component answers wrongly. A frontend that reaches no backend, while each backend answers whoever asks it
 * directly and can use its database, is led to somewhere else.
 */
const blamed = ({ component, status }: Answer, { readiness }: Snapshot): Answer["component"] => {
  const doAnswer = readiness.length > 0 && readiness.every(({ database }) => database === "ok");
  return notReached.includes(status) && doAnswer ? "frontend" : component;
};

/** Seconds after which another pod helps, or does not. */
const warming = 120;

/** Whether an autoscaler sees the load, and still has pods to add. */
const isGrowing = ({ kind, name }: ObjectRef, snapshot: Snapshot): boolean =>
  snapshot.autoscalers.some(({ spec, status }) => {
    const { desiredReplicas = 0, currentReplicas = 0, lastScaleTime } = status ?? {};
    const isOfIt = spec.scaleTargetRef.kind === kind && spec.scaleTargetRef.name === name;
    const hasScaled = lastScaleTime !== undefined && secondsSince(lastScaleTime, snapshot) < warming;
    return isOfIt && currentReplicas < spec.maxReplicas && (desiredReplicas > currentReplicas || hasScaled);
  });

const about = (component: Answer["component"], snapshot: Snapshot): ObjectRef[] =>
  workloadsOf(snapshot)
    .filter(({ workload }) => componentOf(workload) === component)
    .map(({ ref }) => ref);

const told = ({ status, wrong }: Answer): string =>
  `${status === 0 ? "no answer" : `status ${status}`}, ${wrong} times in a row`;
