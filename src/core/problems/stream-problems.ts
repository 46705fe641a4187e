import { information, warning } from "./entry.ts";
import { span } from "./words.ts";

/** What the checks of consumers that keep state say. Times are nanoseconds. */
export const streamProblems = {
  "operator-without-sends": warning(
    ({ consumer, operator }: { readonly consumer: string; readonly operator: string }) =>
      `\`${consumer}\` has a \`${operator}\` but sends nothing on after a success: nothing comes of it, and it is not simulated. Say with \`sends\` where its results go.`,
  ),
  "operator-without-key": warning(
    ({
      consumer,
      operator,
      sender,
      from,
    }: {
      readonly consumer: string;
      readonly operator: string;
      readonly sender: string;
      readonly from: string;
    }) =>
      `The \`${operator}\` of \`${consumer}\` goes by key, but ${sender} has messages without a key for \`${from}\`: they are dropped. Give them a \`key\`.`,
  ),
  "window-outlasts-run": information(
    ({
      consumer,
      first,
      duration,
    }: {
      readonly consumer: string;
      readonly first: number;
      readonly duration: number;
    }) =>
      `The first window of \`${consumer}\` closes after ${span(first)}, and the run ends after ${span(duration)}: nothing is sent on. Let the run be longer, or the windows shorter.`,
  ),
};
