/** Why the broker refuses an operation: the reply code and name of AMQP 0-9-1, which close the channel. */
export interface Refusal {
  readonly code: number;
  readonly name: string;
}

export const accessRefused: Refusal = { code: 403, name: "ACCESS_REFUSED" };
export const notFound: Refusal = { code: 404, name: "NOT_FOUND" };
export const preconditionFailed: Refusal = { code: 406, name: "PRECONDITION_FAILED" };
