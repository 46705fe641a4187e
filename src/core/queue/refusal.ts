/** Why the broker refuses an operation: the reply code and name of AMQP 0-9-1. */
export interface Refusal {
  readonly code: number;
  readonly name: string;
  /** What it closes: the channel, unless the error is the connection's. */
  readonly scope?: "connection";
}

export const accessRefused: Refusal = { code: 403, name: "ACCESS_REFUSED" };
export const notFound: Refusal = { code: 404, name: "NOT_FOUND" };
export const resourceLocked: Refusal = { code: 405, name: "RESOURCE_LOCKED" };
export const preconditionFailed: Refusal = { code: 406, name: "PRECONDITION_FAILED" };
export const commandInvalid: Refusal = { code: 503, name: "COMMAND_INVALID", scope: "connection" };
export const notAllowed: Refusal = { code: 530, name: "NOT_ALLOWED", scope: "connection" };
export const internalError: Refusal = { code: 541, name: "INTERNAL_ERROR", scope: "connection" };
export const notImplemented: Refusal = { code: 540, name: "NOT_IMPLEMENTED", scope: "connection" };
