/** What a consumer reads: one of these. */
export const sourceKeys = ["topic", "topics", "queue", "queues", "inputs"] as const;
export const queueKeys = ["prefetch", "ack", "arguments", "exclusive"];
export const logKeys = ["group", "orderedBy", "commit", "config", "shareGroup"];
/** What says how it reads, of one broker: with several inputs it stands with the one that it is for. */
export const withOneInput = [...queueKeys, ...logKeys, "onFailure"];
/** Tasks are those of one source. */
export const withOneSource = ["window", "join", "changelog"];
/** What each of several inputs may say. */
export const inputKeys: ReadonlySet<string> = new Set(
  [...sourceKeys, ...withOneInput].filter((key) => key !== "inputs"),
);

/** What a consumer does not say beside what it reads. */
export function notBeside(source: (typeof sourceKeys)[number]): readonly string[] {
  if (source === "inputs") return [...withOneInput, ...withOneSource];
  // What it sends on to a topic has Kafka's settings, whatever it reads.
  return source.startsWith("topic") ? queueKeys : logKeys.filter((key) => key !== "config");
}
