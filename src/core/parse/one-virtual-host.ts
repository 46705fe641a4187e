import type { Consumer, Producer, RabbitMq } from "../model/topology.ts";
import type { Name } from "../text/span.ts";
import type { ReadContext } from "./read-context.ts";

/** An application has one connection, and that is in one virtual host. */
export function checkVirtualHosts(
  { vhosts, exchanges, queues }: RabbitMq,
  producers: Iterable<Producer>,
  consumers: Iterable<Consumer>,
  context: ReadContext,
): void {
  if (vhosts.length === 0) return;
  const vhostOf = ({ text }: Name, of: ReadonlyMap<string, { readonly vhost: string }>): string =>
    of.get(text)?.vhost ?? vhosts.find((vhost) => text.startsWith(`${vhost}/amq.`)) ?? "";
  const one = (who: string, places: readonly (readonly [Name, string])[]): void => {
    const [first] = places;
    const other = places.find(([, vhost]) => vhost !== first![1]);
    if (first === undefined || other === undefined) return;
    context.rule(
      other[0].span,
      `${who} is connected to ${inWords(first[1])}, and \`${other[0].text}\` is in ${inWords(other[1])}: a connection is in one virtual host. Describe an application for each.`,
    );
  };
  for (const { name, flows } of producers)
    one(
      `Producer \`${name.text}\``,
      flows.flatMap(({ to, requests }) => [
        ...(to.kind === "topic"
          ? []
          : [[to.name, vhostOf(to.name, to.kind === "queue" ? queues : exchanges)] as const]),
        ...(requests?.replyTo === undefined
          ? []
          : [[requests.replyTo, vhostOf(requests.replyTo, queues)] as const]),
      ]),
    );
  for (const { name, from } of consumers)
    if (from.kind === "queue")
      one(
        `Consumer \`${name.text}\``,
        from.queues.map((queue) => [queue, vhostOf(queue, queues)]),
      );
}

function inWords(vhost: string): string {
  return vhost === "" ? "the default virtual host" : `the virtual host \`${vhost}\``;
}
