import type { Name } from "../text/span.ts";
import { utf8 } from "../text/utf8.ts";
import type { ReadContext } from "./read-context.ts";
import { predeclared } from "../model/predeclared.ts";
import { at, entriesOf, shortened, textOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

const topicName = /^[\w.-]{1,249}$/u;
/** A short string of AMQP. */
const bytesMax = 255;

/** What Kafka takes for a topic's name. (`Topic.validate`) */
export function checkTopicName({ text, span }: Name, context: ReadContext): void {
  if (topicName.test(text) && text !== "." && text !== "..") return;
  context.rule(
    span,
    `Kafka refuses a topic named \`${shortened(text)}\`: a name has letters, digits, \`.\`, \`_\` and \`-\`, at most 249 of them.`,
  );
}

/** What RabbitMQ takes for names of queues and exchanges that are to be declared. */
export function checkDeclaredNames(vhost: Tree, context: ReadContext): void {
  for (const { key } of entriesOf(at(vhost, "queues"))) {
    if (key.text.startsWith("amq."))
      context.rule(
        key.span,
        `Names that begin with \`amq.\` are the broker's own; it refuses to declare queue \`${shortened(key.text)}\` (403). Give it another name.`,
      );
    checkLength(key, context);
  }
  for (const { key, value } of entriesOf(at(vhost, "exchanges"))) {
    checkLength(key, context);
    if (!key.text.startsWith("amq.") || key.text.startsWith("amq.rabbitmq.")) continue;
    const own = predeclared.get(key.text);
    const type = at(value, "type");
    if (own === undefined)
      context.rule(
        key.span,
        `Names that begin with \`amq.\` are the broker's own; it refuses to declare exchange \`${shortened(key.text)}\` (403). Give it another name.`,
      );
    else if ((textOf(type) ?? "direct") !== own)
      context.rule(
        type?.span ?? key.span,
        `The broker has exchange \`${key.text}\`, of type ${own}, and refuses to declare it with another (406). Take it out, or name another exchange.`,
      );
  }
}

function checkLength({ text, span }: Name, context: ReadContext): void {
  // No text has less bytes than UTF-16 units.
  const { length } = text.length > bytesMax ? text : utf8(text);
  if (length > bytesMax)
    context.rule(
      span,
      `The name has more than ${bytesMax} bytes, which AMQP cannot carry. Give it a shorter one.`,
    );
}
